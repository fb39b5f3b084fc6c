using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Granary.Testing;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>
/// A real Prometheus with the alert rules of the repository, and a real Alertmanager where it is installed. It scrapes each second, and the
/// rules wait for seconds where they wait for minutes in production.
/// </summary>
/// <remarks>With GRANARY_ALERTS_RECORD, a line for each alert that fired is added to that file (tests/alerts.sh).</remarks>
internal sealed partial class Prometheus : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-prometheus-").FullName;
    private readonly Process _process;
    private readonly HttpClient _client;
    private readonly Alertmanager? _alertmanager;
    private readonly Stopwatch _running = Stopwatch.StartNew();

    /// <param name="ports">Of the servers on loopback whose metrics are scraped.</param>
    private Prometheus(int[] ports, Alertmanager? alertmanager)
    {
        _alertmanager = alertmanager;
        var port = FreePorts.Take(1)[0];
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = Eventually.Longest };
        File.WriteAllText(Path.Combine(_folder, "granary.yml"), Shortened(Rules));
        var managers = alertmanager is null ? "" : $"{{ static_configs: [ {{ targets: ['127.0.0.1:{alertmanager.Port}'] }} ] }}";
        File.WriteAllText(Path.Combine(_folder, "prometheus.yml"), $$"""
            global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 500ms }
            rule_files: [ granary.yml ]
            alerting: { alertmanagers: [ {{managers}} ] }
            scrape_configs:
              - { job_name: granary, static_configs: [ { targets: [ {{string.Join(", ", ports.Select(p => $"'127.0.0.1:{p}'"))}} ] } ] }
            """);
        var start = new ProcessStartInfo("prometheus", [$"--config.file={_folder}/prometheus.yml", $"--storage.tsdb.path={_folder}/data",
            string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"), "--log.level=error"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.BeginErrorReadLine();
    }

    /// <summary>The names of the alerts.</summary>
    public static IReadOnlyList<string> Alerts => [.. Alert().Matches(Rules).Select(m => m.Groups["name"].Value)];

    private static string Rules => File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "deploy", "alerts", "granary.yml"));

    /// <summary>Starts one that scrapes these servers, or skips the test.</summary>
    public static async Task<Prometheus> StartAsync(params int[] ports)
    {
        Prometheus started;
        var alertmanager = await Alertmanager.TryStartAsync();
        try
        {
            started = new Prometheus(ports, alertmanager);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            if (alertmanager is not null) await alertmanager.DisposeAsync();
            Assert.Skip("needs prometheus, which this machine does not have; on Debian: apt-get install prometheus");
            throw;
        }
        await Eventually.HoldsAsync(() => started.IsReadyAsync(ports.Length));
        return started;
    }

    /// <summary>The alerts that fire now.</summary>
    public async Task<IReadOnlySet<string>> FiringAsync()
    {
        var answer = (await _client.GetFromJsonAsync<JsonObject>("/api/v1/alerts"))!;
        return answer["data"]!["alerts"]!.AsArray().Where(a => (string?)a!["state"] == "firing")
            .Select(a => (string)a!["labels"]!["alertname"]!).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>
    /// Waits until the alerts fire and Alertmanager has delivered them, runs the commands of their pages, and looks for what the pages say
    /// in the answers.
    /// </summary>
    public async Task FiresAsync(RunbookPage commands, params CausedAlert[] alerts)
    {
        foreach (var alert in alerts) Alerts.ShouldContain(alert.Name);
        var since = _running.Elapsed;
        await Eventually.IsAsync(async () => string.Join(' ', alerts.Select(a => a.Name).Except(await FiringAsync())),
            missing => missing.Length == 0, Eventually.LongestWork, $"fires: {string.Join(", ", alerts.Select(a => a.Name))}");
        foreach (var alert in alerts)
        {
            if (_alertmanager is null) continue;
            var (summary, page) = await _alertmanager.DeliveredAsync(alert.Name);
            var took = _running.Elapsed - since;
            summary.ShouldNotContain("{{");
            var ran = await commands.RunAsync(page, alert.Account);
            var answers = string.Join('\n', ran.Select(r => r.Answer));
            if (ran.Count > 0 && (TestEffort.IsLong || !RunbookPage.HasCommandLine(page)))
                foreach (var text in alert.Shown) answers.ShouldContain(text, Case.Sensitive, $"{page}\n{answers}");
            await RecordAsync(alert, summary, page, took, ran);
        }
    }

    /// <summary>Waits until the alert does not fire.</summary>
    public Task EndsAsync(string alert) =>
        Eventually.HoldsAsync(async () => !(await FiringAsync()).Contains(alert), text: $"ends: {alert}");

    private static async Task RecordAsync(CausedAlert alert, string summary, string page, TimeSpan took,
        IReadOnlyList<(string Command, string Answer)> commands)
    {
        if (Environment.GetEnvironmentVariable("GRANARY_ALERTS_RECORD") is not { Length: > 0 } file) return;
        var ran = string.Join(", ", commands.Select(c => $"`{c.Command.Replace("|", "\\|", StringComparison.Ordinal)}`"));
        await File.AppendAllTextAsync(file, string.Create(CultureInfo.InvariantCulture,
            $"| {alert.Name} | {alert.Cause} | {summary} | {took.TotalSeconds:0} | {page} | {ran} |\n"));
        await File.AppendAllLinesAsync(file + ".answers", commands.Select(c => $"## {alert.Name}: {c.Command}\n{c.Answer}"));
    }

    /// <summary>The result of a query now: its series, each with labels and a value.</summary>
    public async Task<JsonArray> QueryAsync(string query)
    {
        using var answer = await _client.GetAsync("/api/v1/query?query=" + WebUtility.UrlEncode(query));
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        answer.IsSuccessStatusCode.ShouldBeTrue($"{query}: {body["error"]}");
        return body["data"]!["result"]!.AsArray();
    }

    // Every target has been scraped, so that a counter has its value from before the cause of an alert.
    private async Task<bool> IsReadyAsync(int targets) =>
        await Answering.IsReadyAsync(_client, "/-/ready") && (await QueryAsync("up == 1")).Count == targets;

    // "for" and the limits in seconds are a second or two; ranges stay, since a range may be longer than the data.
    private static string Shortened(string rules) => Limit().Replace(For().Replace(rules, "for: 1s"), "_seconds) > 2");

    [GeneratedRegex(@"\bfor: \d+m", RegexOptions.ExplicitCapture)]
    private static partial Regex For();

    [GeneratedRegex(@"_seconds\) > [69]00", RegexOptions.ExplicitCapture)]
    private static partial Regex Limit();

    [GeneratedRegex(@"- alert: (?<name>\w+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Alert();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _client.Dispose();
        if (_alertmanager is not null) await _alertmanager.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
