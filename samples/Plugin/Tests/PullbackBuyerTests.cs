using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Xunit;

namespace SamplePlugin.Tests;

public sealed class PullbackBuyerTests
{
    // A daily bar for each close. Each bar opens at the close before it.
    private static BacktestOutcome Run(params double[] closes)
    {
        var series = new MarketSeries(new Instrument { Symbol = "TEST" }, Timeframe.D1);
        var bars = closes.Select((close, i) =>
        {
            var open = closes[Math.Max(0, i - 1)];
            return new Bar(new DateTime(2024, 1, 1).AddDays(i).Ticks, open, Math.Max(open, close), Math.Min(open, close), close, 1000);
        }).ToList();
        var settings = new TradingSettings { Size = SizeRule.Units(1) };
        return Backtest.Run(new PullbackBuyer(period: 5, rsi: 3, strong: 100), series, bars, settings);
    }

    [Fact]
    public void It_buys_the_open_after_a_close_above_the_average_and_leaves_after_one_below()
    {
        var outcome = Run(100, 99, 98, 97, 96, 95, 94, 99, 100, 101, 96, 95);

        var trade = Assert.Single(outcome.Trades);
        Assert.Equal(Side.Buy, trade.Side);
        Assert.Equal(99, trade.EntryPrice);
        Assert.Equal(96, trade.ExitPrice);
    }

    [Fact]
    public void It_does_nothing_in_a_market_that_only_falls() => Assert.Empty(Run(100, 99, 98, 97, 96, 95, 94, 93, 92).Signals);
}
