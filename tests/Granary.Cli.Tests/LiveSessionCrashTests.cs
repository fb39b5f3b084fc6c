using System.Globalization;
using System.Text.Json;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>Real processes of <c>granary live</c>, killed with SIGKILL wherever they happen to be, and started again.</summary>
public sealed class LiveSessionCrashTests
{
    private static string Bars => Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");

    private static async Task<string> ProductionAsync(TestFolder folder)
    {
        var batch = Path.Combine(folder.Path, "batch.json");
        File.WriteAllText(batch, $$"""
            { "name": "dies", "data": { "source": "csv:{{Bars}}", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h",
              "to": "2022-01-15" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 30] }, "size": { "percentOfEquity": 20 },
                "stopLossPercent": 2 } ], "portfolio": { "weights": "equal" } }
            """);
        var run = await GranaryCall.RunAsync("backtest", batch, "--out", Path.Combine(folder.Path, "backtest"), "--quiet", "--no-guards");
        run.ExitCode.ShouldBe(0, run.Error);
        return Path.Combine(folder.Path, "backtest", "prod.json");
    }

    // 336 hours take ten minutes: it trades until the test ends it, however slow the machine is.
    private const string Unhurried = "fixed:2s";

    private static string[] Live(TestFolder folder, string production, string name, string speed) =>
    [
        "live", production, "--feed", "csv:" + Bars, "--to", "2022-01-15", "--broker", "paper", "--paper",
        "seed=3,latency=2m,reject=0.1,partial=0.3,timeout=0.2", "--pace", speed,
        "--state", Path.Combine(folder.Path, name + "-state"), "--out", Path.Combine(folder.Path, name), "--without-evidence", "--json",
    ];

    private static string Essence(string folder) =>
        string.Join('\n', new[] { "account_trades.csv", "orders.csv", "portfolio_trades.csv", "equity.csv" }
        .SelectMany(f => File.ReadAllLines(Path.Combine(folder, f)).Order(StringComparer.Ordinal)));

    [Fact]
    public async Task Killed_by_the_system_again_and_again_it_ends_as_if_it_had_not_been()
    {
        using var folder = new TestFolder();
        var production = await ProductionAsync(folder);
        var undisturbed = await GranaryCall.RunAsync(Live(folder, production, "undisturbed", "asap"));
        undisturbed.ExitCode.ShouldBe(0, undisturbed.Error);

        var random = new Random(11);
        var kills = 0;
        var attempts = TestEffort.Of(1, 5);
        for (var attempt = 0; attempt < attempts; attempt++)
        {
            using var process = GranaryProcess.Start(folder.Path, Live(folder, production, "killed", "fixed:20ms"));
            var status = Path.Combine(folder.Path, "killed-state", "control", "status.json");
            // Until it trades, and then a while.
            await Eventually.HoldsAsync(() => process.HasExited
                || (File.Exists(status) && File.GetLastWriteTimeUtc(status) > process.StartTime.ToUniversalTime()));
            await Task.Delay(random.Next(50, 600));
            if (process.HasExited) break;
            process.Kill();
            await process.WaitForExitAsync();
            kills++;
        }
        kills.ShouldBeGreaterThanOrEqualTo(1);
        var end = await GranaryCall.RunAsync(Live(folder, production, "killed", "asap"));
        end.ExitCode.ShouldBe(0, end.Error);
        JsonDocument.Parse(end.Output).RootElement.GetProperty("digest").GetString()
            .ShouldBe(JsonDocument.Parse(undisturbed.Output).RootElement.GetProperty("digest").GetString());
        Essence(Path.Combine(folder.Path, "killed")).ShouldBe(Essence(Path.Combine(folder.Path, "undisturbed")));
    }

    [Fact]
    public async Task A_killed_session_is_said_not_to_run_and_the_next_one_carries_out_the_command_that_waits()
    {
        using var folder = new TestFolder();
        var production = await ProductionAsync(folder);
        var state = Path.Combine(folder.Path, "waits-state");
        using (var process = GranaryProcess.Start(folder.Path, Live(folder, production, "waits", Unhurried)))
        {
            await Eventually.IsAsync(async () => (await GranaryCall.RunAsync("session", state, "status")).Output,
                said => said.Contains("trading", StringComparison.Ordinal));
            (await GranaryCall.RunAsync("session", state, "status")).Output.ShouldMatch(@"\nLast update +\d s ago");
            process.Kill();
            await process.WaitForExitAsync();
        }
        var dead = await GranaryCall.RunAsync("session", state, "status");
        dead.Output.Split('\n')[1].ShouldMatch(@"^State +not running; it was .+ \d+ s ago");
        var answer = await GranaryCall.RunAsync("session", state, "pause", "--why", "lunch");
        answer.ExitCode.ShouldBe(1);
        answer.Error.ShouldMatch(@"the session is not running; it was .+ ago\. The command is kept in .+ with the same --state");
        Directory.GetFiles(Path.Combine(state, "control"), "*.command.json").Length.ShouldBe(1);

        var next = await GranaryCall.RunAsync(Live(folder, production, "waits", "asap"));
        next.ExitCode.ShouldBe(0, next.Error);
        Directory.GetFiles(Path.Combine(state, "control"), "*.command.json").ShouldBeEmpty();
        var journal = (await GranaryCall.RunAsync("session", state, "journal", "--kind", "SessionControlled")).Output;
        journal.Split('\n').Count(l => l.Contains("lunch", StringComparison.Ordinal)).ShouldBe(1);
        (await GranaryCall.RunAsync("session", state, "status")).Output.ShouldMatch(@"^Session +Now\s+State +ended");
    }

    [Fact]
    public async Task A_running_session_is_asked_commanded_and_guarded_against_a_second()
    {
        using var folder = new TestFolder();
        var production = await ProductionAsync(folder);
        var state = Path.Combine(folder.Path, "one-state");
        using var process = GranaryProcess.Start(folder.Path, Live(folder, production, "one", Unhurried));
        var output = process.StandardOutput.ReadToEndAsync();
        await Eventually.HoldsAsync(() => File.Exists(Path.Combine(state, "control", "status.json")));

        var second = await GranaryCall.RunAsync(Live(folder, production, "one", "asap"));
        second.ExitCode.ShouldBe(1);
        second.Error.ShouldContain($"is traded by granary live prod.json, process {process.Id.ToString(CultureInfo.InvariantCulture)}");

        var paused = await GranaryCall.RunAsync("session", state, "pause", "--why", "lunch");
        paused.ExitCode.ShouldBe(0, paused.Error);
        paused.Output.ShouldMatch(@"^Paused at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ market time: no entries");
        var unknown = await GranaryCall.RunAsync("session", state, "disable", "--symbol", "NOSUCH");
        unknown.ExitCode.ShouldBe(2);
        unknown.Error.ShouldContain("nothing was disabled: this configuration has no strategy of the symbol NOSUCH");
        var disabled = await GranaryCall.RunAsync("session", state, "disable", "--symbol", "COINUSDT");
        disabled.ExitCode.ShouldBe(0, disabled.Error);
        disabled.Output.ShouldMatch(@"^Disabled COINUSDT at .*Z market time: no entries from the next bar on; exits, stops");
        var kind = await GranaryCall.RunAsync("session", state, "journal", "--kind", "SignalDecide");
        (kind.ExitCode, kind.Error.TrimEnd()).ShouldBe((2,
            "granary: --kind SignalDecide: the journal has no entries of this kind; did you mean SignalDecided?"));
        (await GranaryCall.RunAsync("session", state, "flatten")).Output.ShouldStartWith("Flatten");
        await Eventually.IsAsync(async () => (await GranaryCall.RunAsync("session", state, "status", "--json")).Output,
            said => said.Contains("\"paused\"", StringComparison.Ordinal));
        var status = (await GranaryCall.RunAsync("session", state, "status")).Output.Split('\n');
        status[0].ShouldMatch("^Session +Now$");
        status[1].ShouldMatch("^State +paused$");
        var stopped = await GranaryCall.RunAsync("session", state, "stop");
        stopped.Output.ShouldStartWith("Stopping at ");
        stopped.ExitCode.ShouldBe(0, stopped.Error);
        await process.WaitForExitAsync().WaitAsync(Eventually.LongestWork);
        process.ExitCode.ShouldBe(0, await process.StandardError.ReadToEndAsync());
        (await output).ShouldContain("digest");
        var journal = (await GranaryCall.RunAsync("session", state, "journal", "--kind", "SessionControlled")).Output.Split('\n');
        journal[0].ShouldMatch(@"^ *No\.  Time \(UTC\) +Kind +Strategy +Symbol +Entry$");
        journal[1].ShouldMatch(@"^ *\d+  \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z  SessionControlled .*lunch");

        var over = await GranaryCall.RunAsync("session", state, "pause");
        over.ExitCode.ShouldBe(1);
        over.Error.ShouldContain("has ended");
    }
}
