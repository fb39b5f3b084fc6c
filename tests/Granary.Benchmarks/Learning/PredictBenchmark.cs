using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Granary.Benchmarks.Api;
using Granary.Engine.Numerics;
using Granary.Learning.ModelFiles;
using Granary.Learning.Registry;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Benchmarks.Learning;

/// <summary>
/// Single predictions by <c>granary serve</c> over loopback: clients on sockets that send the next request when the answer is there. Build
/// Granary.Cli first.
/// </summary>
internal static class PredictBenchmark
{
    private const int Features = 10, Clients = 8, DefaultSeconds = 10;
    private const double LeastPerCore = 5_000, MostMilliseconds = 5;

    /// <param name="arguments">Seconds (10).</param>
    /// <returns>1 where a limit is missed.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var seconds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : DefaultSeconds;
        var folder = Directory.CreateTempSubdirectory("granary-models-").FullName;
        try
        {
            var row = Register(folder);
            await using var server = await ServerProcess.StartAsync("--models", folder);
            // The first requests compile.
            await LoadAsync(server, row, TimeSpan.FromSeconds(Math.Max(5, seconds / 2)));
            var before = server.CpuTime;
            var latencies = await LoadAsync(server, row, TimeSpan.FromSeconds(seconds));
            var cpu = (server.CpuTime - before).TotalSeconds;
            latencies.Sort();
            double At(double share) => latencies[(int)(share * (latencies.Count - 1))];
            var perCore = latencies.Count / cpu;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{latencies.Count:N0} single predictions by {Clients} clients in {seconds} s: "
                + $"{latencies.Count / (double)seconds:N0} a second, {perCore:N0} for each second of a core of the server; "
                + $"latency {At(0.5):0.00} ms in the middle, {At(0.99):0.00} ms at the 99th percentile, "
                + $"{At(0.999):0.00} ms at the 99.9th"));
            return perCore >= LeastPerCore && At(0.99) < MostMilliseconds ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // A hundred trees over ten features, and the body of a request for one row.
    private static string Register(string folder)
    {
        const int Rows = 2_000;
        var random = new PortableRandom(1);
        var values = new double[Rows * Features];
        for (var i = 0; i < values.Length; i++) values[i] = random.NextGaussian();
        string[] names = [.. Enumerable.Range(0, Features).Select(f => $"f{f}")];
        var table = new TrainingTable(names, values, [.. Enumerable.Range(0, Rows).Select(r => values[r * Features] > 0 ? 1.0 : 0)]);
        var model = TrainerCatalogue.BuiltIn.Create("gradient-boosting", ("trees", 100)).Train(table.All(), new TrainingOptions());
        var registry = new ModelRegistry(new FileModelStore(folder), ModelKindCatalogue.BuiltIn);
        registry.Add("gate", model, new ModelLineage
        {
            DataHash = table.Hash(),
            Data = "SYN:1h",
            From = DateTime.UnixEpoch,
            To = DateTime.UnixEpoch.AddDays(1),
            Samples = Rows,
            Features = names,
            Label = "y",
            Trainer = "gradient-boosting",
            Seed = 1,
            InSample = new Dictionary<string, double>(),
            OutOfSample = new Dictionary<string, double>(),
            CreatedAt = DateTime.UnixEpoch,
        });
        registry.Promote("gate", 1);
        var row = names.Select((n, f) => string.Create(CultureInfo.InvariantCulture, $"\"{n}\":{0.1 * f}"));
        return $"{{\"rows\":[{{{string.Join(',', row)}}}]}}";
    }

    private static async Task<List<double>> LoadAsync(ServerProcess server, string row, TimeSpan time)
    {
        var request = Encoding.ASCII.GetBytes("POST /api/v1/models/gate/predict HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {row.Length}\r\n\r\n{row}");
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var all = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(() => ClientAsync(server.Port, request, end))));
        return [.. all.SelectMany(l => l)];
    }

    private static async Task<List<double>> ClientAsync(int port, byte[] request, long end)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var (latencies, buffer) = (new List<double>(), new byte[16_384]);
        while (true)
        {
            var started = Stopwatch.GetTimestamp();
            if (started >= end) return latencies;
            await socket.SendAsync(request);
            var length = 0;
            while (!IsWhole(buffer.AsSpan(0, length)))
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(length));
                if (read == 0) throw new InvalidOperationException("the server closed a connection");
                length += read;
            }
            if (!buffer.AsSpan(0, length).StartsWith("HTTP/1.1 200"u8))
                throw new InvalidOperationException("the server answered " + Encoding.UTF8.GetString(buffer, 0, length));
            latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    // By its length, or by the last chunk.
    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0) return false;
        var at = answer.IndexOf("Content-Length: "u8);
        if (at < 0 || at > head) return answer.EndsWith("0\r\n\r\n"u8);
        var number = answer[(at + "Content-Length: ".Length)..];
        return answer.Length >= head + 4 + int.Parse(number[..number.IndexOf("\r\n"u8)], CultureInfo.InvariantCulture);
    }
}
