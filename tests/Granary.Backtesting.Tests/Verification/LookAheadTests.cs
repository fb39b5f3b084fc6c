using System.Text;
using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Backtesting.Verification;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Strategies;
using Granary.Engine.Strategies.Library;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.LookAhead;
using Granary.Simulation.Passes;
using Granary.Simulation.Regimes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Verification;

/// <summary>
/// The close of the bar after this one: a kernel that reads its block forward, as a shift by minus one does; only for tests.
/// </summary>
[Factor("test-next-close", "The next bar's close; only for tests.")]
public sealed class NextClose : FactorKernel
{
    public override int WarmUp => 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var line = lines[0];
        for (var i = 0; i < line.Length; i++) line[i] = bars.Close[Math.Min(i + 1, line.Length - 1)];
    }
}

/// <summary>
/// The close in deviations from the mean of all that it is shown at once: normalised over the whole file; only for tests.
/// </summary>
[Factor("test-whole-zscore", "The close normalised over the whole file; only for tests.")]
public sealed class WholeFileZScore : FactorKernel
{
    public override int WarmUp => 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        double sum = 0, squares = 0;
        foreach (var close in bars.Close)
        {
            sum += close;
            squares += close * close;
        }
        var mean = sum / bars.Count;
        var deviation = Math.Sqrt(Math.Max(1e-12, squares / bars.Count - mean * mean));
        for (var i = 0; i < bars.Count; i++) lines[0][i] = (bars.Close[i] - mean) / deviation;
    }
}

[Strategy("Peeks one bar ahead; only for tests.")]
public sealed class NextBarPeeker : Strategy
{
    private readonly Factor _next;

    public NextBarPeeker() => _next = Use("test-next-close");

    public override void OnBar(StrategyContext bar)
    {
        if (bar[_next] > bar.Close) bar.Go(Side.Buy);
        else bar.Exit();
    }
}

[Strategy("Trades a factor that is normalised over the whole file; only for tests.")]
public sealed class WholeFileNormaliser : Strategy
{
    private readonly Factor _score;

    public WholeFileNormaliser() => _score = Use("test-whole-zscore");

    public override void OnBar(StrategyContext bar)
    {
        if (bar[_score] < -0.5) bar.Go(Side.Buy);
        else if (bar[_score] > 0.5) bar.Exit();
    }
}

public sealed class LookAheadTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-ahead-").FullName;

    private static readonly Lazy<bool> _registered = new(() =>
    {
        return true;
    });

    public LookAheadTests() => _ = _registered.Value;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static BatchSpec Spec(string strategies, string more = "", string span = "") =>
        new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes(
        $$"""
            { "name": "test", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h")}}", "symbols":
              ["COINUSDT"], "timeframe": "1h" {{span}} }, "strategies": [ {{strategies}} ] {{more}} }
            """), Path.GetTempPath());

    [Fact]
    public async Task Verify_finds_a_peek_of_one_bar_and_a_factor_that_normalises_over_the_whole_file_and_no_other_fault()
    {
        var folder = Path.Combine(_folder, "run");
        await new BatchRunner(new EmbeddedHost(2),
            TimeProvider.System).RunAsync(
                Spec("""
                    { "class": "NextBarPeeker" }, { "class": "WholeFileNormaliser" }, { "class": "SmaCross" },
                      { "class": "BollingerReversion", "sides": "long" }
                    """),
            new BatchOptions { Out = folder, Validation = false });
        var result = await VerifyRun.RunAsync(folder, TestCatalogues.All, new EmbeddedHost(2), TimeProvider.System,
            LookAheadEffort.OfCuts(int.MaxValue, 12), null, TestContext.Current.CancellationToken);
        result.Passed.ShouldBeFalse();
        result.Expected.ShouldBe(result.Actual);
        result.LookAhead.Found.Select(f => f.Strategy.Split('@', '(')[0]).Order().ShouldBe(["NextBarPeeker", "WholeFileNormaliser"]);
        result.LookAhead.Factors.ShouldBeGreaterThanOrEqualTo(5);
        result.LookAhead.FactorsFound.Select(f => f.Strategy).Order()
            .ShouldBe(["test-next-close() on COINUSDT:1h", "test-whole-zscore() on COINUSDT:1h"]);
    }

    [Fact]
    public async Task A_strategy_that_counts_bars_although_it_declares_crossings_has_the_same_digest_in_the_shorter_blocks_of_verify()
    {
        var folder = Path.Combine(_folder, "run");
        var spec = Spec("""{ "class": "ActsBetweenCrossings" }""", span: """, "to": "2022-01-20" """);
        await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = folder, Validation = false });
        var result = await VerifyRun.RunAsync(folder, TestCatalogues.All, new EmbeddedHost(1, VerifyRun.BlockSize), TimeProvider.System,
            LookAheadEffort.OfCuts(1, 2), null, TestContext.Current.CancellationToken);
        result.Actual.ShouldBe(result.Expected);
    }

    [Fact]
    public async Task The_sample_of_every_batch_catches_them_too_and_says_so_in_prod_json_and_report()
    {
        var folder = Path.Combine(_folder, "run");
        await new BatchRunner(new EmbeddedHost(2),
            TimeProvider.System).RunAsync(Spec("""{ "class": "WholeFileNormaliser" }, { "class": "SmaCross" }"""),
                new BatchOptions { Out = folder });
        var findings = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "results.json"))).RootElement.GetProperty("evidence");
        findings.GetProperty(ValidationChecks.Causality).GetProperty("state").GetString().ShouldBe("failed");
        findings.GetProperty(ValidationChecks.Causality).GetProperty("sentence").GetString()!.ShouldContain("WholeFileNormaliser");
        File.ReadAllText(Path.Combine(folder, "report.html")).ShouldContain("acted on bars that had not happened yet");
    }

    // Fits its one number on every bar of the file, those that it is then asked about among them.
    private sealed class ModelOfItsOwnTestSet(double threshold) : IEntryModel
    {
        public string Name => "own-test-set";

        public IEntryFilter Attach(MarketSeries series, FactorPlan plan) => new ThresholdFilter(threshold);

        private sealed class ThresholdFilter(double threshold) : IEntryFilter
        {
            private BarBlock _block = null!;

            public RunEventKinds Kinds => RunEventKinds.None;

            public void On(in RunEvent e)
            {
            }

            public void Bind(BarBlock block, FactorSheet sheet) => _block = block;

            public EntryAdvice Advise(int index, Side side) =>
                EntryAdvice.NoOpinion with { Prediction = threshold, SizeFactor = _block.Close[index] > threshold ? 0 : 1 };
        }
    }

    [Fact]
    public async Task A_model_that_was_trained_on_its_own_test_set_is_caught_when_training_is_done_again_on_perturbed_bars()
    {
        var spec = Spec("""{ "class": "SmaCross" }""");
        var source = BatchSources.Open(TestCatalogues.All, spec.Data);
        var plan = BatchPlan.Make(spec, spec.Data.Symbols);
        var series = await source.OpenAsync(new BarQuery("COINUSDT", Timeframe.H1), TestContext.Current.CancellationToken);
        var markets = new Dictionary<string, OpenedMarket> { ["COINUSDT"] = new("COINUSDT", series, series.Instrument) };

        async Task<BatchPlan> Train(IReadOnlyDictionary<string, OpenedMarket> bars, long? before)
        {
            double sum = 0;
            long count = 0;
            await foreach (var block in bars["COINUSDT"].Series.ReadAsync())
                for (var i = 0; i < block.Count; i++)
                    if (before is null || block.Time[i] < before)
                    {
                        sum += block.Close[i];
                        count++;
                    }
            return plan.WithModels(new Dictionary<int, IEntryModel> { [0] = new ModelOfItsOwnTestSet(sum / count) });
        }

        var subject = new LookAheadSubject(plan, markets, new EmbeddedHost(1));
        var effort = new LookAheadEffort(1, 3, 0);
        var own = await LookAheadCheck.RunAsync(subject with { WithModels = m => Train(m, null) }, effort, 1,
            TestContext.Current.CancellationToken);
        own.Found.ShouldHaveSingleItem().Sentence.ShouldContain("changed when only later bars were changed");
        // One that learnt from the first tenth alone does the same whatever comes later.
        var early = new DateTime(2022, 1, 20).Ticks;
        (await LookAheadCheck.RunAsync(subject with { WithModels = m => Train(m, early) }, effort, 1,
            TestContext.Current.CancellationToken)).Passed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_live_session_keeps_the_weights_by_state_that_the_backtest_has()
    {
        var spec = Spec("""{ "class": "SmaCross" }""",
            """, "regimes": { "machines": [ { "name": "short", "measure": "sma(10)", "against": "sma(30)", "enterPercent": 0.5 } ] }""");
        var source = BatchSources.Open(TestCatalogues.All, spec.Data);
        var plan = BatchPlan.Make(spec, spec.Data.Symbols);
        var series = await source.OpenAsync(new BarQuery("COINUSDT", Timeframe.H1), TestContext.Current.CancellationToken);
        var changes = (await MarketStates.RunAsync(new OpenedMarket("COINUSDT", series, series.Instrument), spec.Regimes!,
            TestContext.Current.CancellationToken)).Changes();
        var portfolio = new PortfolioRun(1e6, new PortfolioLimits(), [series.Instrument],
            [new PortfolioMember(plan.Instances[0].Id, [0], 1)], spec.Execution.Settings);
        double[] weights = [0, 0.25, 1];
        var states = new StateWeights(portfolio, plan, _ => new MarketSeries(series.Instrument, Timeframe.H1),
            new Dictionary<string, IReadOnlyList<double>> { [plan.Instances[0].Id] = weights });
        var bars = 0;
        await foreach (var block in series.ReadAsync(cancellationToken: TestContext.Current.CancellationToken))
            for (var i = 0; i < block.Count && bars < 3000; i++, bars++)
            {
                states.Take("COINUSDT", block[i]);
                var known = MarketStates.At(changes, block.Time[i] + Timeframe.H1.Ticks);
                portfolio.WeightOf(0).ShouldBe(known < 0 ? 0 : weights[known]);
            }
        bars.ShouldBe(3000);
    }
}
