using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Xunit;

namespace SamplePlugin.Tests;

/// <summary>What the strategy says of itself, with its own defaults: it holds for other parameters too.</summary>
public sealed class PullbackBuyerTests
{
    // Waves of several lengths, so that averages of any usual period are crossed.
    private static readonly double[] _waves =
        [.. Enumerable.Range(0, 4_000).Select(i => 200 + 5 * Math.Sin(i / 3.0) + 20 * Math.Sin(i / 17.0) + 60 * Math.Sin(i / 90.0))];

    // A daily bar for each close. Each bar opens at the close before it.
    private static Bar[] Bars(double[] closes) => [.. closes.Select((close, i) =>
    {
        var open = closes[Math.Max(0, i - 1)];
        return new Bar(Time(i), open, Math.Max(open, close), Math.Min(open, close), close, 1000);
    })];

    private static long Time(int day) => new DateTime(2010, 1, 1).AddDays(day).Ticks;

    private static BacktestOutcome Run(double[] closes)
    {
        var series = new MarketSeries(new Instrument { Symbol = "TEST" }, Timeframe.D1);
        return Backtest.Run(new PullbackBuyer(), series, [.. Bars(closes)], new TradingSettings { Size = SizeRule.Units(1) });
    }

    [Fact]
    public void It_buys_the_open_after_a_close_that_rose_and_leaves_at_the_open_after_one_that_fell()
    {
        var trades = Run(_waves).Trades.Where(t => t.Reason == ExitReason.Signal).ToList();

        Assert.NotEmpty(trades);
        Assert.All(trades, trade =>
        {
            Assert.Equal(Side.Buy, trade.Side);
            var (entry, exit) = (Day(trade.EntryTime), Day(trade.ExitTime));
            Assert.Equal(_waves[entry - 1], trade.EntryPrice);
            Assert.Equal(_waves[exit - 1], trade.ExitPrice);
            // A close that crosses an average from below is higher than the one before it.
            Assert.True(_waves[entry - 1] > _waves[entry - 2]);
            Assert.True(_waves[exit - 1] < _waves[exit - 2]);
        });

        static int Day(long time) => (int)((time - Time(0)) / TimeSpan.TicksPerDay);
    }

    [Fact]
    public void It_does_nothing_in_a_market_that_only_falls() =>
        Assert.Empty(Run([.. Enumerable.Range(0, 2_000).Select(i => 5_000.0 - i)]).Signals);
}
