using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Strategies.Library;
using Granary.Engine.Tests.Factors;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Strategies;

/// <summary>Strategies that read longer bars than they trade on.</summary>
public sealed class TimeframeTests
{
    /// <summary>Notes what it is shown of the hour while it trades five minutes.</summary>
    private sealed class Hourly : Strategy
    {
        private readonly Factor _close, _high, _average;

        public Hourly()
        {
            _close = Use("close@1h");
            _high = Use("high@1h");
            _average = Use("sma(3)@1h");
        }

        public List<(long Time, double Close, double High, double Average)> Seen { get; } = [];

        public override void OnBar(StrategyContext bar)
        {
            Seen.Add((bar.Time.Ticks, bar[_close], bar[_high], bar[_average]));
            if (bar.Close > bar[_average]) bar.Go(Side.Buy);
            else bar.Go(Side.Sell);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public void A_longer_bar_is_seen_when_it_is_finished_and_not_before(int block)
    {
        var feed = SampleBars.Random(11, 3000, Timeframe.M5, decimals: -1);
        var strategy = new Hourly();
        StrategyRunner.Run(strategy, feed, block: block);

        // By hand: an hour is known once the bar that reaches its end, or one beyond it, has closed.
        var hours = feed.Bars.GroupBy(b => Timeframe.H1.Floor(b.Time)).Select(g => (Start: g.Key, Bars: g.ToList())).ToList();
        strategy.Seen.Count.ShouldBeGreaterThan(2000);
        foreach (var (time, close, high, average) in strategy.Seen)
        {
            var finished = hours.Where(h => h.Start + Timeframe.H1.Ticks <= time + Timeframe.M5.Ticks).TakeLast(3).ToList();
            close.ShouldBe(finished[^1].Bars[^1].Close);
            high.ShouldBe(finished[^1].Bars.Max(b => b.High));
            average.ShouldBe(finished.Average(h => h.Bars[^1].Close), 1e-9);
        }
    }

    [Fact]
    public void What_happens_within_an_unfinished_longer_bar_changes_nothing_that_was_seen_before_it()
    {
        var feed = SampleBars.Random(12, 1200, Timeframe.M5, decimals: -1);
        var whole = new Hourly();
        var all = StrategyRunner.Run(whole, feed);
        // Bars from the middle of an hour on are changed out of recognition.
        var from = Timeframe.H1.Floor(feed.Bars[700].Time) + 6 * Timeframe.M5.Ticks;
        var changed = feed with
        {
            Bars =
            [.. feed.Bars.Select(b => b.Time < from ? b : new Bar(b.Time, b.Open * 3, b.High * 9, b.Low / 2, b.Close * 3, 1))]
        };
        var other = new Hourly();
        var again = StrategyRunner.Run(other, changed);

        other.Seen.Where(s => s.Time < from).ShouldBe(whole.Seen.Where(s => s.Time < from));
        again.Signals.Where(s => s.Time < from).ShouldBe(all.Signals.Where(s => s.Time < from));
        other.Seen[^1].ShouldNotBe(whole.Seen[^1]);
    }

    /// <summary>Trades several symbols by their daily trend.</summary>
    private sealed class DailyTrendOnEach : MultiSymbolStrategy
    {
        private readonly Factor _day;

        public DailyTrendOnEach() => _day = Use("sma(2)@1d");

        public List<string> Seen { get; } = [];

        public override void OnBar(MultiSymbolContext bar)
        {
            foreach (var symbol in bar.Symbols)
            {
                if (!symbol.IsReady || !symbol.HasBar) continue;
                Seen.Add($"{bar.Time:MM-dd HH:mm} {symbol.Symbol} {symbol[_day]:R}");
                symbol.Go(symbol.Close > symbol[_day] ? Side.Buy : Side.Sell);
            }
        }
    }

    [Fact]
    public void Several_symbols_each_have_their_own_longer_bars()
    {
        SampleBars.Feed[] feeds = [SampleBars.Random(13, 900, Timeframe.M15, decimals: -1).Named("A"),
            SampleBars.Random(14, 900, Timeframe.M15, decimals: -1).Named("B")];
        var together = new DailyTrendOnEach();
        var outcome = MultiSymbolRunner.Run(together, feeds, rows: 50);
        for (var s = 0; s < 2; s++)
        {
            var alone = new DailyTrendOnEach();
            var single = MultiSymbolRunner.Run(alone, [feeds[s]], rows: 4096);
            alone.Seen.ShouldBe(together.Seen.Where(line => line.Contains(feeds[s].Series.Instrument.Symbol, StringComparison.Ordinal)));
            // Numbers run over all symbols; all else is the same.
            single.Symbols[0].Trades.Select(t => t with { Number = 0, SymbolIndex = 0 })
                .ShouldBe(outcome.Symbols[s].Trades.Select(t => t with { Number = 0, SymbolIndex = 0 })
                .Select(t => t.Reason == ExitReason.Open ? t with { ExitTime = feeds[s].Bars[^1].Time } : t));
        }
    }

    [Fact]
    public void A_strategy_whose_bars_are_too_long_fails_alone_and_leaves_its_feed_s_plan_as_it_was()
    {
        var plan = new FactorPlan();
        var series = SampleBars.Series(Timeframe.H1);
        Should.Throw<InputException>(() => new StrategyRun("x", new OpeningRangeBreakout(30), series, new TradingSettings(),
            new ExecutionSettings(), plan))
            .Message.ShouldStartWith("opening-range(30) needs bars of at most 30 minutes");
        plan.Requests.ShouldBeEmpty();
        _ = new FeedPipeline(series, plan);
    }
}
