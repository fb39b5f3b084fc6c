using System.Diagnostics;
using System.Text.Json;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>
/// <c>granary serve</c> as a process that is killed: its session trades through the broker of samples/Plugin, and the next process
/// continues it.
/// </summary>
public sealed class ServedSessionsTests : IDisposable
{
    private static string Bars => Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");

    private readonly TestFolder _folder = new();
    private readonly List<Process> _started = [];
    private readonly string _plugins;

    public ServedSessionsTests()
    {
        _plugins = Directory.CreateDirectory(_folder.At("plugins")).FullName;
        File.Copy(Path.Combine(AppContext.BaseDirectory, "SampleDataPlugin.dll"), Path.Combine(_plugins, "SampleDataPlugin.dll"));
    }

    // A test that fails leaves no process behind.
    public void Dispose()
    {
        foreach (var process in _started)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
        _folder.Dispose();
    }

    private Process Start(params string[] arguments)
    {
        var process = GranaryProcess.Start(_folder.Path, [.. arguments, "--plugins", _plugins]);
        _started.Add(process);
        return process;
    }

    private async Task<(Process Process, string Url)> ServeAsync()
    {
        var process = Start("serve", "--urls", "http://127.0.0.1:0", "--runs", _folder.At("served"));
        return (process, await ListeningServer.AddressAsync(process));
    }

    private async Task<GranaryProcess> GranaryAsync(params string[] arguments)
    {
        var call = await GranaryCall.RunAsync([.. arguments, "--plugins", _plugins]);
        call.ExitCode.ShouldBe(0, call.Error);
        return call;
    }

    // The session as the server shows it; null before it is known.
    private static async Task<JsonElement?> ViewAsync(HttpClient http, string session)
    {
        using var answer = await http.GetAsync("/api/v1/sessions/" + session);
        return answer.IsSuccessStatusCode ? JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement : null;
    }

    private static async Task UntilAsync(string url, string session, Func<JsonElement, bool> so)
    {
        using var http = new HttpClient { BaseAddress = new Uri(url) };
        await Eventually.HoldsAsync(async () => await ViewAsync(http, session) is { } view
            && view.GetProperty("status") is { ValueKind: JsonValueKind.Object } status && so(status));
    }

    private static async Task UntilEndAsync(string url, string session)
    {
        using var http = new HttpClient { BaseAddress = new Uri(url) };
        await Eventually.HoldsAsync(async () => (await ViewAsync(http, session))!.Value.GetProperty("phase").GetString() != "running");
    }

    [Fact]
    public async Task A_server_killed_with_SIGKILL_continues_its_sessions_of_a_plugin_broker_to_the_same_end()
    {
        var batch = _folder.Write("batch.json", $$"""
            { "name": "dies",
              "data": { "source": "csv:{{Bars}}", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h", "to": "2022-01-11" },
              "strategies": [
                { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 30] }, "size": { "percentOfEquity": 20 }, "stopLossPercent": 2 }
              ],
              "portfolio": { "weights": "equal" } }
            """);
        await GranaryAsync("backtest", batch, "--out", _folder.At("backtest"), "--quiet", "--no-guards");
        string[] live = ["live", _folder.At("backtest/prod.json"), "--feed", "csv:" + Bars, "--to", "2022-01-11", "--without-evidence",
            "--broker", "practice", "--broker-options", "failEvery=7"];
        var undisturbed = JsonDocument.Parse((await GranaryAsync([.. live, "--out", _folder.At("undisturbed"),
            "--state", _folder.At("undisturbed-state"), "--json"])).Output)
            .RootElement;

        var (first, url) = await ServeAsync();
        // The client watches; the session is the server's.
        Start([.. live, "--pace", "fixed:50ms", "--host", url, "--quiet"]);
        await UntilAsync(url, "dies", status => status.GetProperty("fills").GetInt32() > 5);
        first.Kill();
        await first.WaitForExitAsync();

        var (_, again) = await ServeAsync();
        // A session that waits an hour for each bar is commanded while the other one ends.
        var watching = Start([.. live, "--pace", "realtime", "--account", "held", "--host", again, "--out", _folder.At("held"),
            "--quiet"]);
        await UntilAsync(again, "held", status => status.GetProperty("bars").GetInt64() > 0);
        const string Strategy = "SmaCross(fast=5,slow=20)@COINUSDT:1h";
        var shown = JsonDocument.Parse((await GranaryAsync("session", "held", "strategy", Strategy, "--host", again, "--json")).Output)
            .RootElement;
        (shown.GetProperty("id").GetString(), shown.GetProperty("enabled").GetBoolean()).ShouldBe((Strategy, true));
        (await GranaryAsync("session", "held", "strategy", Strategy, "--host", again)).Output.ShouldContain("entries enabled");
        (await GranaryCall.RunAsync("session", "held", "strategy", "none", "--host", again)).Error
            .ShouldContain("no session of held runs, or it has no strategy none");
        (await GranaryCall.RunAsync("session", "held", "strategy", Strategy)).Error.ShouldContain("name it with --host");
        (await GranaryAsync("session", "held", "pause", "--why", "lunch", "--host", again)).Output.ShouldStartWith("Paused at ");
        (await GranaryAsync("session", "held", "stop", "--host", again)).Output.ShouldMatch("^Stopp(ed|ing) at ");
        await watching.WaitForExitAsync().WaitAsync(Eventually.LongestWork);
        File.Exists(_folder.At("held/account.json")).ShouldBeTrue(await watching.StandardError.ReadToEndAsync());

        await UntilEndAsync(again, "dies");
        var end = JsonDocument.Parse((await GranaryAsync("session", "dies", "status", "--host", again, "--json")).Output).RootElement;
        end.GetProperty("phase").GetString().ShouldBe("done", end.GetProperty("fault").GetString());
        end.GetProperty("restarts").GetInt32().ShouldBe(1);
        end.GetProperty("digest").GetString().ShouldBe(undisturbed.GetProperty("digest").GetString());
        // Fills that were found by a query are booked later: the sum has another order.
        end.GetProperty("status").GetProperty("accountEquity").GetDouble()
            .ShouldBe(undisturbed.GetProperty("accountEquity").GetDouble(), 1e-6);
        end.GetProperty("status").GetProperty("fills").GetInt32().ShouldBe(undisturbed.GetProperty("fills").GetInt32());
        var journal = await GranaryAsync("session", _folder.At("served/.accounts/dies"), "journal", "--kind", "SessionStarted", "--json");
        var starts = journal.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        starts.Length.ShouldBe(2, "each process writes that it traded: " + journal.Output);
        starts.ShouldAllBe(s => s.Contains("practice", StringComparison.Ordinal));
    }
}
