using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Granary.Benchmarks.Api;

/// <summary>Fifty clients that read ten times a second each and submit a small batch every ten seconds, while large batches run.</summary>
internal sealed class ClientLoad(ServerProcess server, LimitChecks limits)
{
    private const int Clients = 50;
    private static readonly TimeSpan BetweenReads = TimeSpan.FromMilliseconds(100), BetweenBatches = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<double>> _times = [];
    private readonly List<string> _batches = [], _errors = [];

    public async Task RunAsync(TimeSpan length)
    {
        using var http = server.Connect();
        var before = server.Memory;
        // Large batches follow one another, so that one runs all the time.
        for (var i = 0; i < Math.Max(1, (int)(length.TotalSeconds / 20)); i++)
            await SubmitAsync(http, $"large{i}", Enumerable.Range(2, 40), Enumerable.Range(50, 40));
        var until = Stopwatch.GetTimestamp() + (long)(length.TotalSeconds * Stopwatch.Frequency);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(n => Task.Run(() => ClientAsync(n, until))));
        var peak = server.Memory;
        List<double> all = [.. _times.Values.SelectMany(t => t)];
        limits.Check($"{Clients} clients for {length.TotalSeconds:0} s without an error", _errors.Count == 0,
            $"{_batches.Count} batches, {_errors.Count} errors {string.Join(", ", _errors.Take(3))}");
        limits.Check("p99 of reads at the clients below 50 ms", LimitChecks.Quantile(all, 0.99) < 50, LimitChecks.Text(all));
        foreach (var (path, times) in _times.OrderBy(t => t.Key, StringComparer.Ordinal)) Console.WriteLine(
            $"       {path}: {LimitChecks.Text(times)}");
        Console.WriteLine($"       at the server {await AtServerAsync(http)}");
        await UntilIdleAsync(http);
        await Task.Delay(TimeSpan.FromMinutes(1));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"       memory under load {peak:0} MB"));
        limits.CheckMemory("one minute after the last batch", before, server.Memory);
    }

    private async Task ClientAsync(int number, long until)
    {
        using var http = server.Connect();
        var random = new Random(number);
        var submitAt = Stopwatch.GetTimestamp() + (long)(random.NextDouble() * BetweenBatches.TotalSeconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < until)
        {
            if (Stopwatch.GetTimestamp() > submitAt)
            {
                await SubmitAsync(http, $"small{number}", [5 + number % 20], [60]);
                submitAt = Stopwatch.GetTimestamp() + (long)(BetweenBatches.TotalSeconds * Stopwatch.Frequency);
            }
            else await ReadAsync(http, random);
            await Task.Delay(BetweenReads);
        }
    }

    private async Task SubmitAsync(HttpClient http, string name, IEnumerable<int> fast, IEnumerable<int> slow)
    {
        using var body = new StringContent(ServerProcess.Batch(name, fast, slow), Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync("api/v1/batches", body);
        var text = await answer.Content.ReadAsStringAsync();
        lock (_gate)
        {
            if (answer.StatusCode == HttpStatusCode.Accepted) _batches.Add(
                JsonDocument.Parse(text).RootElement.GetProperty("id").GetString()!);
            else _errors.Add($"{(int)answer.StatusCode} {text}");
        }
    }

    private async Task ReadAsync(HttpClient http, Random random)
    {
        string batch;
        lock (_gate) batch = _batches[random.Next(_batches.Count)];
        var path = random.Next(5) switch
        {
            0 => "batches?limit=20",
            1 => "runs?limit=20",
            2 => "catalogue/strategies",
            3 => "health/ready",
            _ => "batches/ID",
        };
        var started = Stopwatch.GetTimestamp();
        using var answer = await http.GetAsync("api/v1/" + path.Replace("ID", batch, StringComparison.Ordinal));
        await answer.Content.ReadAsByteArrayAsync();
        var milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        lock (_gate)
        {
            if (answer.StatusCode != HttpStatusCode.OK) _errors.Add($"{(int)answer.StatusCode} {path}");
            if (!_times.TryGetValue(path, out var times)) _times[path] = times = [];
            times.Add(milliseconds);
        }
    }

    /// <summary>The 99th percentile of all GET requests without event streams: the upper bound of the histogram's bucket.</summary>
    private static async Task<string> AtServerAsync(HttpClient http)
    {
        var counts = new SortedDictionary<double, double>();
        foreach (var line in (await http.GetStringAsync("metrics")).Split('\n'))
        {
            if (!line.StartsWith("http_server_request_duration_seconds_bucket{", StringComparison.Ordinal)
                || !line.Contains("method=\"GET\"", StringComparison.Ordinal)
                || line.Contains("/events", StringComparison.Ordinal)) continue;
            var word = Regex.Match(line, "le=\"([^\"]+)\"").Groups[1].Value;
            var bound = word == "+Inf" ? double.PositiveInfinity : double.Parse(word, CultureInfo.InvariantCulture);
            counts[bound] = counts.GetValueOrDefault(bound)
                + double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
        }
        var total = counts[double.PositiveInfinity];
        return string.Create(CultureInfo.InvariantCulture,
            $"p99 <= {1000 * counts.First(c => c.Value >= 0.99 * total).Key:0.#} ms of {total:0} requests");
    }

    private static async Task UntilIdleAsync(HttpClient http)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(10))
        {
            var queued = await http.GetStringAsync("api/v1/batches?limit=1&state=queued");
            var running = await http.GetStringAsync("api/v1/batches?limit=1&state=running");
            if (queued == "[]" && running == "[]") return;
            await Task.Delay(1000);
        }
        throw new TimeoutException("batches still run ten minutes after the last read");
    }
}
