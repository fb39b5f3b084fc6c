using System.Text;
using Granary.Backtesting.Runs;
using Granary.Engine;
using Granary.Parquet.Writing;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;

namespace Granary.Library.Tests;

/// <summary>A program runs a batch of records as the command line runs a batch file.</summary>
public sealed class BacktestTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private const string File = """
        {
          "name": "first",
          "data": { "source": "generated:ACME?from=2015-01-01&to=2020-01-01", "symbols": "*", "timeframe": "1d" },
          "execution": { "commissionPercent": 0.1 },
          "strategies": [
            { "class": "SmaCross", "params": { "fast": [10, 20], "slow": [50, 100] }, "sides": "long", "size": { "percentOfEquity": 50 } }
          ],
          "portfolio": { "weights": "equal", "limits": { "maxGrossPercent": 100 } },
          "walkForward": { "inSample": "2y", "outOfSample": "1y" }
        }
        """;

    private static Batch First => new()
    {
        Name = "first",
        Data = new() { Source = "generated:ACME?from=2015-01-01&to=2020-01-01", Symbols = ["*"], Timeframe = "1d" },
        Execution = new() { CommissionPercent = 0.1 },
        Strategies =
        [
            new()
            {
                Class = "SmaCross",
                Params = new() { ["fast"] = [10, 20], ["slow"] = [50, 100] },
                Sides = "long",
                Size = new() { PercentOfEquity = 50 },
            },
        ],
        Portfolio = new() { Weights = "equal", Limits = new() { MaxGrossPercent = 100 } },
        WalkForward = new() { InSample = "2y", OutOfSample = "1y" },
    };

    private BacktestOptions In(string run) => new() { Out = Path.Combine(_folder, run), Threads = 2 };

    private async Task<string> DigestOfFileAsync()
    {
        var spec = new BatchReader(GranaryCataloguesBuilder.CreateDefault().Build()).Read("first.json", Encoding.UTF8.GetBytes(File), ".");
        var run = await new BatchRunner(new EmbeddedHost(2), TimeProvider.System, ledger: TrialLedger.None)
            .RunAsync(spec, new BatchOptions { Out = Path.Combine(_folder, "file") });
        return run.Model.Digest;
    }

    [Fact]
    public async Task A_batch_of_records_has_the_digest_of_its_file()
    {
        var run = await Backtest.RunAsync(First, In("records"));
        run.Digest.ShouldBe(await DigestOfFileAsync());
        run.Strategies.Count.ShouldBe(4);
        run.Report.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_batch_file_runs_by_its_path()
    {
        var path = Path.Combine(_folder, "first.json");
        System.IO.File.WriteAllText(path, File);
        (await Backtest.RunAsync(path, In("path"))).Digest.ShouldBe(await DigestOfFileAsync());
        System.IO.File.WriteAllText(path, Backtest.JsonOf(First));
        (await Backtest.RunAsync(path, In("written"))).Digest.ShouldBe(await DigestOfFileAsync());
    }

    [Fact]
    public async Task The_equity_by_bar_is_that_of_the_files_and_explains_the_metrics()
    {
        var run = await Backtest.RunAsync(First, In("equity"));
        var rows = System.IO.File.ReadLines(Path.Combine(run.Folder, "equity.csv")).Skip(1).Select(l => l.Split(',')).ToList();
        run.Portfolio.Equity.Count.ShouldBe(rows.Count);
        run.Portfolio.Equity[0].Time.ShouldBe(new DateTime(2015, 1, 2, 0, 0, 0, DateTimeKind.Utc));
        run.Portfolio.Equity.Select(p => p.Value).ShouldBe(rows.Select(r => double.Parse(r[1], null)));
        var values = run.Portfolio.Equity.Select(p => p.Value).ToList();
        var (peak, fall) = (100_000.0, 0.0);
        foreach (var value in values)
        {
            peak = Math.Max(peak, value);
            fall = Math.Max(fall, 1 - value / peak);
        }
        run.Portfolio.Metrics!.MaxDrawdown.ShouldBe(fall, 1e-12);
        run.Portfolio.Metrics["totalReturn"].ShouldBe(values[^1] / 100_000 - 1, 1e-12);
        run.Portfolio.Metrics["sharpe"].ShouldBe(run.Portfolio.Metrics.Sharpe);
        run.Portfolio.Metrics.Select(m => m.Key).ShouldContain("maxDrawdown");
        Should.Throw<InputException>(() => run.Portfolio.Metrics["sharp"]).Message.ShouldContain("did you mean 'sharpe'?");
    }

    [Fact]
    public async Task The_equity_of_a_strategy_follows_from_its_trades()
    {
        var run = await Backtest.RunAsync(First, In("strategies"));
        var strategy = run.Strategies.First(s => s.Trades.Count > 2);
        strategy.Params["fast"].ShouldBe(10);
        strategy.Symbols.ShouldBe(["ACME"]);
        var equity = await strategy.EquityAsync();
        equity.Count.ShouldBe(run.Portfolio.Equity.Count);
        equity[^1].Value.ShouldBe(100_000 + strategy.Trades.Sum(t => t.Profit), 1e-6);
        strategy.Metrics!.FinalEquity.ShouldBe(equity[^1].Value);
        run.Portfolio.Trades.Sum(t => t.Profit).ShouldBe(run.Portfolio.Equity[^1].Value - 100_000, 1e-6);
    }

    [Fact]
    public async Task Runs_are_counted_in_the_ledger_of_the_user()
    {
        var batch = First with { Data = First.Data with { Source = "generated:ACME?from=2015-01-01&to=2020-01-01&seed=77" } };
        // A folder of its own, as a user has.
        var before = Environment.GetEnvironmentVariable(TrialLedger.Variable);
        Environment.SetEnvironmentVariable(TrialLedger.Variable, Path.Combine(_folder, "trials"));
        using var restored = new Restored(before);
        var first = await Backtest.RunAsync(batch, In("one"));
        first.Trials!.All.ShouldBe(4);
        first.Trials.New.ShouldBe(4);
        var more = batch.Strategies[0] with { Params = new() { ["fast"] = 10, ["slow"] = Values.Range(50, 60, 5) } };
        var other = batch with { Strategies = [more] };
        var second = await Backtest.RunAsync(other, In("two"));
        second.Trials!.New.ShouldBe(2);
        second.Trials.All.ShouldBe(6);
        second.Trials.Fault.ShouldBeNull();
        second.Verdict.Checks.ShouldBeGreaterThan(0);
        second.ToString().ShouldBe($"first: {second.Verdict.Sentence}");
    }

    private sealed record Restored(string? Before) : IDisposable
    {
        public void Dispose() => Environment.SetEnvironmentVariable(TrialLedger.Variable, Before);
    }

    [Fact]
    public async Task A_walk_forward_is_out_of_sample()
    {
        var run = await Backtest.WalkForwardAsync(First, In("walk"));
        run.Windows.Count.ShouldBeGreaterThan(1);
        run.Windows[0].ChosenAt.ShouldBe(run.Windows[0].From.AddYears(2));
        run.Portfolio.Equity[0].Time.ShouldBeGreaterThanOrEqualTo(run.Windows[0].ChosenAt);
        run.Portfolio.Metrics.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_search_tries_as_many_combinations_as_it_says()
    {
        var batch = First with
        {
            Portfolio = null,
            WalkForward = null,
            Strategies =
            [
                new()
                {
                    Class = "SmaCross",
                    Search = new()
                    {
                        Trials = 12,
                        Space = new() { ["fast"] = new() { From = 5, To = 20 }, ["slow"] = new() { Values = [40, 60, 80] } },
                    },
                },
            ],
        };
        var run = await Backtest.OptimiseAsync(batch, In("search"));
        run.Strategies.Count.ShouldBe(12);
        var best = run.Strategies.MaxBy(s => s.Metrics!.Sharpe)!;
        (await best.EquityAsync())[^1].Value.ShouldBe(best.Metrics!.FinalEquity);
    }

    [Fact]
    public async Task A_class_of_the_program_is_a_strategy()
    {
        var batch = First with { Strategies = [new() { Class = StrategyClass.Of<EveryOther>(), Params = new() { ["bars"] = [3, 5] } }] };
        var run = await Backtest.RunAsync(batch, In("own").With<MiddleFactor>());
        run.Strategies.Select(s => s.Id).ShouldBe(["EveryOther(bars=3)@ACME:1d", "EveryOther(bars=5)@ACME:1d"], ignoreOrder: true);
        run.Strategies.ShouldAllBe(s => s.Error == null && s.Trades.Count > 10);
    }

    [Fact]
    public async Task A_format_of_another_package_is_used_with_its_assembly()
    {
        var batch = First with { Outputs = ["equity", "parquet"] };
        (await Should.ThrowAsync<InputException>(() => Backtest.RunAsync(batch, In("without")))).Message
            .ShouldContain("this program writes no files of the format parquet");
        var run = await Backtest.RunAsync(batch, In("with").WithAllOf<ParquetFormat>());
        System.IO.File.Exists(Path.Combine(run.Folder, "equity.parquet")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_fault_names_its_key()
    {
        var batch = First with
        {
            Data = First.Data with { Timeframe = "7q" },
            Strategies = [First.Strategies[0] with { Params = new() { ["fats"] = 10 } }],
        };
        var faults = (await Should.ThrowAsync<InputException>(() => Backtest.RunAsync(batch, In("faults")))).Faults;
        faults.ShouldContain(f => f.StartsWith("first, line ") && f.Contains("data.timeframe"));
        faults.ShouldContain(f => f.Contains("strategies[0].params") && f.Contains("did you mean 'fast'?"));
        (await Should.ThrowAsync<InputException>(() => Backtest.RunAsync(First with
        {
            Strategies = [First.Strategies[0] with { Params = new() { ["fast"] = [10, double.NaN] } }],
        }, In("nan")))).Message.ShouldContain("NaN");
    }
}
