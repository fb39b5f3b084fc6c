using System.Diagnostics;
using System.Globalization;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>
/// <c>granary backtest</c>, killed by the system (SIGKILL) in each of its passes and while it writes, and resumed: every file is equal to
/// that of a run that was not killed.
/// </summary>
public sealed class KilledRunsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private static string[] Dollars => ["BBB", "CCC", "DDDUSDT", "EEEUSDT"];

    public void Dispose() => _folder.Dispose();

    private const string Grid = """
        "class": "SmaCross", "params": { "fast": [3, 4, 5, 6, 7], "slow": [60, 62, 64, 66, 68, 70, 72, 74] },
        "size": { "percentOfEquity": 50 }
        """;

    // The weighted strategies run again for the portfolio's events, since the first pass keeps none. One class is compiled by the run. The
    // account has currencies, interest, borrowed shares and a chain.
    private string Batch => _folder.Write("killed.json", $$"""
        { "name": "killed", "code": ["Above.cs"],
          "data": { {{ForeignMarkets.Data("AAA", Dollars)}}, "timeframe": "1h" }, {{ForeignMarkets.Account}}
          "strategies": [ { {{Grid}}, "sides": "both" },
            { {{Grid}}, "symbols": ["AAA", "{{string.Join("\", \"", Dollars)}}"], "sides": "long", "timeframe": "2h" },
            { "class": "Above", "params": { "length": [200, 400, 800] }, "size": { "percentOfEquity": 50 } } ],
          "outputs": ["results", "prod", "equity", "portfolio_trades"], "portfolio": { "weights": "winners" } }
        """);

    private const string Above = """
        public sealed class Above : Strategy
        {
            private readonly Factor _average;

            public Above([Range(2, 900)] int length = 20) => _average = Use("sma", length);

            public override void OnBar(StrategyContext bar)
            {
                if (bar.Close > bar[_average]) bar.Go(Side.Buy);
                else if (bar.InMarket) bar.Exit();
            }
        }
        """;

    private Process Start(string batch, bool resume) => GranaryProcess.Start(_folder.Path,
        ["backtest", batch, "--out", _folder.At("cut/run"), "--quiet", "--no-guards", .. resume ? ["--resume"] : Array.Empty<string>()]);

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : -1;

    // Kills the process when so, unless it ends before.
    private static async Task<bool> KillAsync(Process process, Func<bool> when)
    {
        var errors = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEndAsync();
        var watch = Stopwatch.StartNew();
        while (!process.HasExited && !when() && watch.Elapsed < Eventually.LongestWork) await Task.Yield();
        process.Kill();
        await process.WaitForExitAsync();
        if (process.ExitCode is not (0 or 137)) throw new InvalidOperationException(await errors);
        return process.ExitCode == 137;
    }

    [Fact]
    public async Task A_run_that_is_killed_and_resumed_has_the_same_files_as_one_that_is_not()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "sends SIGKILL, which Windows does not have");
        (await GranaryProcess.RunAsync("data", "generate", "--out", _folder.At("bars"), "--symbols", $"AAA,{string.Join(',', Dollars)}",
            "--timeframe", "1h", "--from", "2022-01-01", "--to", "2023-07-01", "--seed", "77")).ExitCode.ShouldBe(0);
        _folder.Write("Above.cs", Above);
        ForeignMarkets.Write(_folder.Path, _folder.At("bars/1h"), "AAA", Dollars);
        var batch = Batch;
        var watch = Stopwatch.StartNew();
        var whole = await GranaryProcess.RunAsync("backtest", batch, "--out", _folder.At("whole/run"), "--quiet", "--no-guards");
        whole.ExitCode.ShouldBe(0, whole.Error);
        // With its trials in the ledger, as the runs that follow find them.
        Directory.Delete(_folder.At("whole"), recursive: true);
        watch.Restart();
        (await GranaryProcess.RunAsync("backtest", batch, "--out", _folder.At("whole/run"), "--quiet", "--no-guards")).ExitCode.ShouldBe(0);
        var length = watch.Elapsed;

        var (seed, kills) = (2, TestEffort.Of(1, 60));
        var random = new Random(seed);
        var killed = 0;
        for (var k = 0; k < kills; k++)
        {
            if (Directory.Exists(_folder.At("cut"))) Directory.Delete(_folder.At("cut"), recursive: true);
            var at = random.NextDouble();
            var (events, finished) = (_folder.At("cut/run/.progress/events.bin"), _folder.At("cut/run/.progress/finished.jsonl"));
            (string Name, Func<bool> When)[] moments =
            [
                ("in the second pass", () => LengthOf(events) > at * 2_000_000),
                ("at the first outcomes", () => LengthOf(finished) > at * 100_000),
                ("while it writes", () => File.Exists(_folder.At("cut/run/results.json")) || File.Exists(_folder.At("cut/run/equity.csv"))),
                ("at any moment", () => watch.Elapsed > length * at),
            ];
            var (name, when) = moments[k % moments.Length];
            watch.Restart();
            using (var process = Start(batch, resume: false)) killed += await KillAsync(process, when) ? 1 : 0;
            var story = string.Create(CultureInfo.InvariantCulture, $"kill {k} of seed {seed}, {name} ({at:0.00})");
            // Sometimes the run that continues is killed too.
            if (k % 3 == 2)
                using (var again = Start(batch, resume: true))
                    await KillAsync(again, () => LengthOf(events) > at * 3_000_000);
            using var last = Start(batch, resume: true);
            var error = await last.StandardError.ReadToEndAsync();
            await last.WaitForExitAsync();
            last.ExitCode.ShouldBe(0, $"{story}: {error}");
            ComparedRuns.Differences(_folder.At("whole/run"), _folder.At("cut/run")).ShouldBe("", story);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{killed} of {kills} were killed before their end");
        killed.ShouldBeGreaterThan(0, "every run ended before it was killed");
    }
}
