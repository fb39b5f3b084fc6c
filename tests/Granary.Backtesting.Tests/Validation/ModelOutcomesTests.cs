using System.Text;
using Granary.Backtesting.Runs;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Validation;

public sealed class ModelOutcomesTests
{
    // Lets entries of some sides through, at a part of their size.
    private sealed class SideModel(double longs, double shorts) : IEntryModel
    {
        public string Name => "sides";

        public IEntryFilter Attach(MarketSeries series, FactorPlan plan) => new Filter(longs, shorts);

        private sealed class Filter(double longs, double shorts) : IEntryFilter
        {
            public RunEventKinds Kinds => RunEventKinds.None;

            public void On(in RunEvent e)
            {
            }

            public void Bind(BarBlock block, FactorSheet sheet)
            {
            }

            public EntryAdvice Advise(int index, Side side) =>
                EntryAdvice.NoOpinion with { Prediction = 0.5, SizeFactor = side == Side.Buy ? longs : shorts };
        }
    }

    private sealed class Batch : IAsyncDisposable
    {
        private readonly IBarSeries _series;
        private readonly BatchPlan _plan;
        private readonly Dictionary<string, OpenedMarket> _markets;

        private Batch(IBarSeries series, BatchPlan plan)
        {
            (_series, _plan) = (series, plan);
            _markets = new Dictionary<string, OpenedMarket> { ["COINUSDT"] = new("COINUSDT", series, series.Instrument) };
        }

        public static BatchSpec Spec(string size, string slow = "[30, 60]") =>
            new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes($$"""
                { "name": "test", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h")}}",
                    "symbols": ["COINUSDT"], "timeframe": "1h" },
                  "execution": { "commissionPercent": 0.05 },
                  "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": {{slow}} }, "sides": "both",
                      "size": { {{size}} } } ], "portfolio": { "weights": "equal" } }
                """), Path.GetTempPath());

        public static async Task<Batch> OpenAsync(string size = "\"cash\": 1000")
        {
            var spec = Spec(size);
            return new Batch(await BatchSources.Open(TestCatalogues.All, spec.Data)
                .OpenAsync(new BarQuery("COINUSDT", Timeframe.H1)),
                BatchPlan.Make(spec, spec.Data.Symbols));
        }

        public BatchPlan With(IEntryModel model) => _plan.WithModels(_plan.Instances.ToDictionary(i => i.Index, _ => model));

        public Task<Dictionary<int, StrategyOutcome>> RunAsync(BatchPlan plan) =>
            new StrategyPass(plan, _markets).OutcomesAsync(new EmbeddedHost(2), TestContext.Current.CancellationToken);

        public async Task<(IReadOnlyDictionary<int, StrategyOutcome> Own, IReadOnlyDictionary<int, StrategyOutcome> Traded,
            CostStress Stress)> AssessAsync(BatchPlan plan)
        {
            var own = await RunAsync(plan);
            var traded = await ModelOutcomes.OfAsync(plan, own, _markets, _ => new EmbeddedHost(2), TestContext.Current.CancellationToken);
            return (own, traded, await CostStress.RunAsync(plan, CostCase.Stressed, _markets, traded,
                [.. plan.Instances.Select(_ => 0.25)], _ => new EmbeddedHost(2), TestContext.Current.CancellationToken));
        }

        public ValueTask DisposeAsync() => _series.DisposeAsync();
    }

    [Fact]
    public async Task A_model_that_lets_everything_through_leaves_each_strategy_its_own_equity()
    {
        await using var batch = await Batch.OpenAsync();
        var (own, traded, _) = await batch.AssessAsync(batch.With(new SideModel(1, 1)));
        foreach (var (index, outcome) in own)
        {
            outcome.Statistics!.Trades.ShouldBeGreaterThan(50);
            var (a, b) = (outcome.Trace!, traded[index].Trace!);
            b.FirstPeriod.ShouldBeLessThanOrEqualTo(a.FirstPeriod);
            for (var p = a.FirstPeriod; p <= a.LastPeriod; p++) b.EquityAt(p).ShouldBe(a.EquityAt(p), 1e-6);
            traded[index].Digest.ShouldBe(outcome.Digest);
        }
    }

    [Fact]
    public async Task Checks_judge_what_the_models_let_trade_and_not_the_strategies_without_them()
    {
        await using var batch = await Batch.OpenAsync();
        var (own, none, stress) = await batch.AssessAsync(batch.With(new SideModel(0, 0)));
        none.Values.ShouldAllBe(o => o.Statistics!.TotalReturn == 0 && o.Trace!.Equity.All(e => e == o.Trace.Start));
        own.Values.ShouldAllBe(o => o.Statistics!.TotalReturn != 0);
        (stress.Return, stress.Stressed, stress.Passed).ShouldBe((0, 0, false));

        // Longs at half their size and no shorts: half of what the long trades earned, with orders and costs of the same bars.
        var (_, half, halfStress) = await batch.AssessAsync(batch.With(new SideModel(0.5, 0)));
        var (_, longs, longStress) = await batch.AssessAsync(batch.With(new SideModel(1, 0)));
        foreach (var index in own.Keys)
        {
            half[index].Statistics!.TotalReturn.ShouldBe(longs[index].Statistics!.TotalReturn / 2, 1e-9);
            longs[index].Statistics!.TotalReturn.ShouldNotBe(own[index].Statistics!.TotalReturn);
        }
        halfStress.Stressed.ShouldBe(longStress.Stressed / 2, 1e-9);
        halfStress.Return.ShouldBe(longStress.Return / 2, 1e-9);
    }

    [Fact]
    public async Task A_strategy_whose_entries_the_portfolio_makes_smaller_is_judged_by_what_the_portfolio_trades_of_it()
    {
        // All of the equity and the commission: a strategy's own account rejects each entry whose open is not below the close before.
        await using var batch = await Batch.OpenAsync("\"percentOfEquity\": 100");
        var plan = batch.With(new SideModel(1, 1));
        var (own, traded, _) = await batch.AssessAsync(plan);
        traded.Count.ShouldBe(2);
        foreach (var instance in plan.Instances)
        {
            var slow = instance.Params.Single(p => p.Name == "slow").Value;
            var folder = Directory.CreateTempSubdirectory("granary-resized-");
            var alone = await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(Batch.Spec("\"percentOfEquity\": 100",
                $"{slow}"),
                new BatchOptions { Out = Path.Combine(folder.FullName, "run"), Validation = false }, null,
                TestContext.Current.CancellationToken);
            folder.Delete(recursive: true);
            var portfolio = alone.Model.Portfolio!;
            portfolio.Trades.ShouldBeGreaterThan(own[instance.Index].Statistics!.Trades);
            traded[instance.Index].Statistics!.Trades.ShouldBe(portfolio.Trades);
            traded[instance.Index].Statistics!.FinalEquity.ShouldBe(portfolio.FinalEquity, 1e-6);
        }
    }
}
