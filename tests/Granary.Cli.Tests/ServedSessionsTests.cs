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
    private readonly string _plugins;

    public ServedSessionsTests()
    {
        _plugins = Directory.CreateDirectory(_folder.At("plugins")).FullName;
        File.Copy(Path.Combine(AppContext.BaseDirectory, "SamplePlugin.dll"), Path.Combine(_plugins, "SamplePlugin.dll"));
    }

    public void Dispose() => _folder.Dispose();

    private async Task<(Process Process, string Url)> ServeAsync()
    {
        var process = GranaryProcess.Start(_folder.Path, "serve", "--urls", "http://127.0.0.1:0", "--runs", _folder.At("served"),
            "--plugins", _plugins);
        const string listens = "Granary listens on ";
        var line = await process.StandardOutput.ReadLineAsync();
        while (line is not null && !line.StartsWith(listens, StringComparison.Ordinal)) line = await process.StandardOutput.ReadLineAsync();
        line.ShouldNotBeNull(process.HasExited ? await process.StandardError.ReadToEndAsync() : "");
        return (process, line[listens.Length..line.IndexOf(';', StringComparison.Ordinal)]);
    }

    private async Task<GranaryProcess> GranaryAsync(params string[] arguments)
    {
        var call = await GranaryProcess.RunInAsync(_folder.Path, [.. arguments, "--plugins", _plugins]);
        call.ExitCode.ShouldBe(0, call.Error);
        return call;
    }

    private async Task<JsonElement> StatusAsync(string url) =>
        JsonDocument.Parse((await GranaryAsync("session", "dies", "status", "--host", url, "--json")).Output).RootElement;

    [Fact]
    public async Task A_server_killed_with_SIGKILL_continues_its_sessions_of_a_plugin_broker_to_the_same_end()
    {
        var batch = _folder.Write("batch.json", $$"""
            { "name": "dies", "data": { "source": "csv:{{Bars}}", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h", "to": "2022-01-11" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 30] }, "size": { "percentOfEquity": 20 }, "stopLossPercent": 2 } ], "portfolio": { "weights": "equal" } }
            """);
        await GranaryAsync("backtest", batch, "--out", _folder.At("backtest"), "--quiet");
        string[] live = ["live", _folder.At("backtest/prod.json"), "--feed", "csv:" + Bars, "--to", "2022-01-11", "--without-evidence",
            "--broker", "practice", "--broker-options", "failEvery=7"];
        var undisturbed = JsonDocument.Parse((await GranaryAsync([.. live, "--out", _folder.At("undisturbed"), "--json"])).Output)
            .RootElement;

        var (first, url) = await ServeAsync();
        using (first)
        {
            // The client watches; the session is the server's.
            using var watching = GranaryProcess.Start(_folder.Path,
                [.. live, "--pace", "fixed:20ms", "--host", url, "--plugins", _plugins, "--quiet"]);
            using var http = new HttpClient { BaseAddress = new Uri(url) };
            await Eventually.HoldsAsync(async () =>
            {
                using var answer = await http.GetAsync("/api/v1/sessions/dies");
                if (!answer.IsSuccessStatusCode) return false;
                using var view = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
                return view.RootElement.GetProperty("status") is { ValueKind: JsonValueKind.Object } status
                    && status.GetProperty("fills").GetInt32() > 5;
            });
            // A command that changes nothing of the account.
            (await GranaryAsync("session", "dies", "disable", "--symbol", "NOSUCH", "--why", "lunch", "--host", url)).Output
                .ShouldContain("nothing was disabled: this configuration has no symbol NOSUCH");
            watching.Kill();
            first.Kill();
            await first.WaitForExitAsync();
        }

        var (second, again) = await ServeAsync();
        using (second)
        {
            var end = await Eventually.IsAsync(() => StatusAsync(again), view => view.GetProperty("phase").GetString() != "running");
            end.GetProperty("phase").GetString().ShouldBe("done", end.GetProperty("fault").GetString());
            end.GetProperty("restarts").GetInt32().ShouldBe(1);
            end.GetProperty("digest").GetString().ShouldBe(undisturbed.GetProperty("digest").GetString());
            end.GetProperty("status").GetProperty("accountEquity").GetDouble()
                .ShouldBe(undisturbed.GetProperty("accountEquity").GetDouble());
            end.GetProperty("status").GetProperty("fills").GetInt32().ShouldBe(undisturbed.GetProperty("fills").GetInt32());
            second.Kill();
            await second.WaitForExitAsync();
        }
        var journal = await GranaryAsync("session", _folder.At("served/.accounts/dies"), "journal", "--kind", "SessionStarted", "--json");
        var starts = journal.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        starts.Length.ShouldBe(2, "each process writes that it traded: " + journal.Output);
        starts.ShouldAllBe(s => s.Contains("practice", StringComparison.Ordinal));
    }
}
