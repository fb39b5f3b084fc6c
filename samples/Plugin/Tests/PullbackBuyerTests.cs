using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Testing.Bars;
using Granary.Testing.Strategies;
using Xunit;

namespace SamplePlugin.Tests;

/// <summary>The rules of every strategy, and what this one does, with its own defaults: it holds for other parameters too.</summary>
public sealed class PullbackBuyerTests : StrategyContractTests
{
    // Waves of several lengths, so that averages of any usual period are crossed. Each bar opens at the close before it.
    private static readonly double[] _waves =
        [.. Enumerable.Range(0, 4_000).Select(i => 200 + 5 * Math.Sin(i / 3.0) + 20 * Math.Sin(i / 17.0) + 60 * Math.Sin(i / 90.0))];

    private static readonly Bar[] _bars = TestBars.FromCloses(_waves);

    protected override Strategy Create() => new PullbackBuyer();

    protected override TradingSettings Settings => new() { Size = SizeRule.Units(1) };

    protected override IReadOnlyList<Bar> Market => _bars;

    protected override Timeframe Timeframe => Timeframe.D1;

    [Fact]
    public void It_buys_the_open_after_a_close_that_rose_and_leaves_at_the_open_after_one_that_fell()
    {
        var trades = Run(_bars).Trades.Where(t => t.Reason == ExitReason.Signal).ToList();

        Assert.NotEmpty(trades);
        Assert.All(trades, trade =>
        {
            Assert.Equal(Side.Buy, trade.Side);
            var (entry, exit) = (Day(trade.EntryTime), Day(trade.ExitTime));
            Assert.Equal(_waves[entry - 1], trade.EntryPrice, 1e-9);
            Assert.Equal(_waves[exit - 1], trade.ExitPrice, 1e-9);
            // A close that crosses an average from below is higher than the one before it.
            Assert.True(_waves[entry - 1] > _waves[entry - 2]);
            Assert.True(_waves[exit - 1] < _waves[exit - 2]);
        });

        static int Day(long time) => (int)((time - _bars[0].Time) / TimeSpan.TicksPerDay);
    }

    [Fact]
    public void It_does_nothing_in_a_market_that_only_falls() =>
        Assert.Empty(Run(TestBars.FromCloses([.. Enumerable.Range(0, 2_000).Select(i => 5_000.0 - i)])).Signals);
}
