using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Testing.Bars;
using Xunit;

namespace Granary.Testing.Strategies;

/// <summary>The rules of every strategy of one symbol, as tests: derive a class and create the strategy.</summary>
public abstract class StrategyContractTests
{
    /// <summary>Creates the strategy, before its first bar.</summary>
    protected abstract Strategy Create();

    /// <summary>Cash, sides, size and stops of its account.</summary>
    protected virtual TradingSettings Settings => new() { Size = SizeRule.PercentOfEquity(90) };

    /// <summary>Costs and rules of its fills.</summary>
    protected virtual ExecutionSettings Execution => new() { Fee = new PercentFee(0.05) };

    /// <summary>Bars that it trades; another market if it finds no trade in this one.</summary>
    protected virtual IReadOnlyList<Bar> Market => TestBars.Random(seed: 7, count: 2_500, Timeframe.M15);

    /// <summary>The bars' timeframe.</summary>
    protected virtual Timeframe Timeframe => Timeframe.M15;

    /// <summary>Runs the strategy over some bars.</summary>
    /// <param name="blockSize">Bars in each block, from 1.</param>
    protected BacktestOutcome Run(IReadOnlyList<Bar> bars, int blockSize = IBarSeries.DefaultBlockSize) =>
        StrategyBacktest.Run(Create(), TestBars.Market(Timeframe), bars, Settings, Execution, blockSize);

    [Fact]
    public void It_trades_in_its_market() => Assert.NotEmpty(Run(Market).Trades);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(4_096)]
    public void Its_results_do_not_depend_on_the_length_of_the_blocks(int blockSize) =>
        Assert.Equal(Run(Market).Result, Run(Market, blockSize).Result);

    [Theory]
    [InlineData(0.35)]
    [InlineData(0.7)]
    public void Later_bars_change_no_earlier_signal_or_trade(double share)
    {
        var whole = Run(Market);
        var end = Market[(int)(Market.Count * share)].Time;
        var cut = Run([.. Market.Where(b => b.Time < end)]);
        Assert.Equal(whole.Signals.Where(s => s.Time < end), cut.Signals);
        Assert.Equal(whole.Trades.Where(t => t.Reason != ExitReason.Open && t.ExitTime < end),
            cut.Trades.Where(t => t.Reason != ExitReason.Open));
    }

    [Fact]
    public void Its_trades_explain_its_equity()
    {
        var outcome = Run(Market);
        Assert.Equal(outcome.Result.Equity.Final, Settings.Cash + outcome.Trades.Sum(t => t.NetProfit), 1e-8 * Settings.Cash);
    }
}
