using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Tests.Factors;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>Trailing stops on random bars, against a loop over the bars.</summary>
public sealed class TrailFromTests
{
    private const double Percent = 1.5;

    public static TheoryData<TrailFrom, ProtectFrom, int> Cases() =>
        [.. from trail in Enum.GetValues<TrailFrom>() from protect in Enum.GetValues<ProtectFrom>() from seed in Enumerable.Range(1, 10)
            select (trail, protect, seed)];

    [Theory, MemberData(nameof(Cases))]
    public void A_trailing_stop_follows_the_best_close_or_the_best_high_of_the_bars_before(TrailFrom trail, ProtectFrom protect, int seed)
    {
        var feed = SampleBars.Random(seed, 800, Timeframe.M5, decimals: 2);
        var series = feed.Series with { Instrument = feed.Series.Instrument with { TickSize = 0 } };
        var settings = new TradingSettings
        {
            Cash = 1e9,
            Size = SizeRule.Units(1),
            TrailingStopPercent = Percent,
            TrailFrom = trail,
            MaxOpenTrades = 1_000,
        };
        var seen = new Trades();
        var plan = new FactorPlan();
        var run = new StrategyRun("trail", new Always(), series, settings, new ExecutionSettings { ProtectFrom = protect }, plan, seen);
        var pipeline = new FeedPipeline(series, plan);
        for (var i = 0; i < feed.Bars.Length; i++)
        {
            var prepared = pipeline.Prepare(BarBlock.FromBars(i, feed.Bars.AsSpan(i, 1)));
            run.Process(prepared);
            pipeline.Return(prepared);
        }

        seen.Closed.Count.ShouldBeGreaterThan(500);
        foreach (var trade in seen.Closed)
        {
            var (exit, price) = Expected(feed.Bars, trade, trail, protect);
            trade.ExitTime.ShouldBe(exit, $"trade {trade.Number}");
            trade.ExitPrice.ShouldBe(price, 1e-9);
        }
    }

    // Every trade is entered at the open of a bar.
    private static (long Time, double Price) Expected(Bar[] bars, Trade trade, TrailFrom trail, ProtectFrom protect)
    {
        var sign = trade.Side == Side.Buy ? 1 : -1;
        var first = Array.FindIndex(bars, b => b.Time == trade.EntryTime);
        var best = protect == ProtectFrom.EntryBar ? bars[first].Open : double.NaN;
        for (var i = first; i < bars.Length; i++)
        {
            var level = best * (1 - sign * Percent / 100);
            var worst = sign > 0 ? bars[i].Low : bars[i].High;
            if (sign * (worst - level) <= 0) return (bars[i].Time, sign * (bars[i].Open - level) < 0 ? bars[i].Open : level);
            var price = trail == TrailFrom.Close ? bars[i].Close : sign > 0 ? bars[i].High : bars[i].Low;
            if (double.IsNaN(best) || sign * (price - best) > 0) best = price;
        }
        throw new InvalidOperationException($"trade {trade.Number} should be open");
    }

    private sealed class Always : Strategy
    {
        private int _bars;

        public override void OnBar(StrategyContext bar) => bar.Enter(++_bars % 2 == 0 ? Side.Buy : Side.Sell);
    }

    private sealed class Trades : IRunListener
    {
        public List<Trade> Closed { get; } = [];

        public void On(in RunEvent e)
        {
            if (e.Kind == RunEventKinds.Trade && e.IsClosedTrade) Closed.Add(e.Trade);
        }
    }
}
