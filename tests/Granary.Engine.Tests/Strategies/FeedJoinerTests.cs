using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Tests.Factors;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Strategies;

public sealed class FeedJoinerTests
{
    private static readonly SampleBars.Feed A = SampleBars.Random(1, 400, Timeframe.H1).Named("A");
    private static readonly SampleBars.Feed B = SampleBars.Random(2, 300, Timeframe.H1).Named("B");

    [Fact]
    public void The_timeline_is_the_union_of_the_feeds_times_and_each_feed_keeps_its_own_bars()
    {
        foreach (var (blocks, rows) in ((int[], int)[])[([1], 1), ([400], 4096), ([13, 50], 20)])
        {
            var joined = MultiSymbolRunner.Join([A, B], blocks, rows).ToList();
            joined.SelectMany(j => j.Time.ToArray()).ShouldBe(A.Bars.Concat(B.Bars).Select(b => b.Time).Distinct().Order());
            foreach (var (feed, s) in ((SampleBars.Feed, int)[])[(A, 0), (B, 1)])
            {
                var bars = joined.Where(j => j.Bars(s) is not null)
                    .SelectMany(j => Enumerable.Range(0, j.Bars(s)!.Count).Select(i => j.Bars(s)![i]));
                bars.ShouldBe(feed.Bars);
                foreach (var block in joined)
                    for (var row = 0; row < block.Count; row++)
                        if (block.IndexAt(s, row) is >= 0 and var i)
                            block.Bars(s)!.Time[i].ShouldBe(block.Time[row]);
            }
        }
    }

    [Fact]
    public void A_time_slice_is_published_only_when_no_feed_can_bring_an_earlier_bar()
    {
        var joiner = new FeedJoiner([A.Series, B.Series]);
        joiner.Add(0, A.Blocks(50).First());
        joiner.TryNext(out _).ShouldBeFalse();
        joiner.WaitsFor.ShouldBe(1);

        joiner.Add(1, BarBlock.FromBars(0, B.Bars.AsSpan(0, 3)));
        joiner.TryNext(out var block).ShouldBeTrue();
        block.Time[^1].ShouldBe(B.Bars[2].Time);
        joiner.TryNext(out _).ShouldBeFalse();

        // A heartbeat of the silent market lets the other go on; its end lets all go on.
        joiner.Reach(1, A.Bars[20].Time);
        joiner.TryNext(out block).ShouldBeTrue();
        block.Time[^1].ShouldBe(A.Bars[20].Time);
        Should.Throw<InvalidOperationException>(() => joiner.Add(1, BarBlock.FromBars(3, B.Bars.AsSpan(3, 1))));
        joiner.End(1);
        joiner.TryNext(out block).ShouldBeTrue();
        block.Time[^1].ShouldBe(A.Bars[49].Time);
        joiner.End(0);
        joiner.TryNext(out _).ShouldBeFalse();
        joiner.WaitsFor.ShouldBeNull();
    }

    [Fact]
    public void Feeds_of_different_timeframes_are_not_joined() =>
        Should.Throw<ArgumentException>(() => new FeedJoiner([A.Series, B.Series with { Timeframe = Timeframe.D1 }]))
            .Message.ShouldContain("differ in their timeframe");

    /// <summary>One symbol's trader that reads another through a factor.</summary>
    private sealed class FollowsCorrelation : Strategy
    {
        private readonly Factor _correlation, _beta;

        public FollowsCorrelation(string symbol)
        {
            _correlation = Use("correlation", symbol, 10);
            _beta = Use("beta", symbol, 20);
        }

        public List<double> Seen { get; } = [];

        public override void OnBar(StrategyContext bar)
        {
            Seen.Add(bar[_correlation]);
            Seen.Add(bar[_beta]);
            bar.Go(bar[_correlation] > 0 ? Side.Buy : Side.Sell);
        }
    }

    private static (StrategyResult Result, List<double> Seen) RunBeside(SampleBars.Feed own, SampleBars.Feed other, int[] blocks, int rows)
    {
        string[] symbols = [own.Series.Instrument.Symbol, other.Series.Instrument.Symbol];
        var plans = new[] { new FactorPlan { Symbols = symbols }, new FactorPlan() };
        var strategy = new FollowsCorrelation("B");
        var run = new StrategyRun("x", strategy, own.Series, new TradingSettings { Size = SizeRule.Units(1) }, new ExecutionSettings(),
            plans[0]);
        var pipeline = new JoinedPipeline([own.Series, other.Series], plans);
        foreach (var block in MultiSymbolRunner.Join([own, other], blocks, rows))
        {
            var join = pipeline.Prepare(block);
            if (join.Symbol(0) is { } own0) run.Process(own0);
            pipeline.Return(join);
        }
        return (run.Finish(), strategy.Seen);
    }

    [Fact]
    public void A_strategy_on_one_symbol_reads_another_s_closes_as_known_when_its_own_bar_closed()
    {
        var (result, seen) = RunBeside(A, B, [400, 300], 4096);
        result.Trades.Trades.ShouldBeGreaterThan(5);
        foreach (var (blocks, rows) in ((int[], int)[])[([1], 1), ([17, 5], 9)])
        {
            var (again, seenAgain) = RunBeside(A, B, blocks, rows);
            again.ShouldBe(result);
            seenAgain.ShouldBe(seen);
        }

        // By hand: for each bar of A the last close of B at or before it; the correlation of the last ten of each.
        double Known(Bar bar) => B.Bars.LastOrDefault(b => b.Time <= bar.Time) is { Time: > 0 } last ? last.Close : double.NaN;
        var expected = new List<double>();
        for (var i = 9; i < A.Bars.Length; i++)
        {
            var x = A.Bars[(i - 9)..(i + 1)].Select(b => b.Close).ToArray();
            var y = A.Bars[(i - 9)..(i + 1)].Select(Known).ToArray();
            var (mx, my) = (x.Average(), y.Average());
            var xy = x.Zip(y, (p, q) => (p - mx) * (q - my)).Sum();
            expected.Add(xy / Math.Sqrt(x.Sum(p => (p - mx) * (p - mx)) * y.Sum(q => (q - my) * (q - my))));
        }
        var actual = seen.Where((_, i) => i % 2 == 0).ToList();
        foreach (var (a, e) in actual.Zip(expected.TakeLast(actual.Count)))
            if (!double.IsNaN(e) && !double.IsNaN(a))
                a.ShouldBe(e, 1e-9);
    }

    [Fact]
    public void A_comparison_with_a_symbol_that_is_not_there_is_refused_before_the_first_bar()
    {
        FactorPlan[] plans = [new FactorPlan { Symbols = ["A", "B"] }, new FactorPlan()];
        Should.Throw<InputException>(() => new StrategyRun("x", new FollowsCorrelation("BB"), A.Series, new TradingSettings(),
            new ExecutionSettings(), plans[0]))
            .Message.ShouldBe("correlation(BB,10,closes) compares with 'BB', which is not among the feed's symbols A, B; did you mean "
                + "'B'?");
        Should.Throw<InputException>(() => new StrategyRun("x", new FollowsCorrelation("B"), A.Series, new TradingSettings(),
            new ExecutionSettings(), plans[1]))
            .Message.ShouldStartWith("correlation(B,10,closes) compares with 'B', which is not among the feed's symbols A");
        // A plan that is filled by hand is completed by the pipeline.
        plans[0].Add(FactorCatalogue.BuiltIn.Request("correlation", "BB", 10));
        Should.Throw<InputException>(() => new JoinedPipeline([A.Series, B.Series], plans))
            .Message.ShouldBe("a factor compares with 'BB', which is not among the symbols A, B; did you mean 'B'?");
    }
}
