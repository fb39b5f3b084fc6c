using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

public sealed class IntrabarPathTests
{
    private static readonly DateTime Start = new(2024, 3, 4, 14, 0, 0, DateTimeKind.Utc);

    // Entered at 100 at the open of the second hour; the third hour touches the stop at 95 and the target at 105.
    private static (Trade Trade, StrategyResult Result) Run(IntrabarRule rule, Side side, params (double Open, double High, double Low)[] minutes)
    {
        var path = new IntrabarPath(Timeframe.M1);
        for (var i = 0; i < minutes.Length; i++)
        {
            var (open, high, low) = minutes[i];
            path.Add(BarBlock.FromBars(i, [new Bar(Start.AddHours(2).AddMinutes(i).Ticks, open, high, low, open, 1)]));
        }
        var recorder = new TradeRecorder();
        var series = new MarketSeries(new Instrument { Symbol = "TEST" }, Timeframe.H1) { Path = minutes.Length > 0 ? path : null };
        var result = SingleRun.Of(new EnterOnce(side), series,
            [new Bar(Start.Ticks, 100, 101, 99, 100, 1), new Bar(Start.AddHours(1).Ticks, 100, 101, 99, 100, 1), new Bar(Start.AddHours(2).Ticks, 100, 110, 90, 100, 1)],
            new TradingSettings { Cash = 10_000, Size = SizeRule.Units(1), StopLossPercent = 5, TakeProfitPercent = 5 }, new ExecutionSettings { Intrabar = rule, UsePath = true }, recorder);
        return (recorder.Closed.Single(), result);
    }

    private sealed class EnterOnce(Side side) : Strategy
    {
        public override void OnBar(StrategyContext bar)
        {
            if (bar.BarNumber == 0) bar.Enter(side);
        }
    }

    [Fact]
    public void What_the_smaller_bars_reach_first_is_what_fills_whatever_the_rule()
    {
        foreach (var rule in Enum.GetValues<IntrabarRule>())
        {
            var (trade, result) = Run(rule, Side.Buy, (100, 103, 98), (103, 106, 102), (106, 107, 90));
            (trade.Reason, trade.ExitPrice).ShouldBe((ExitReason.Target, 105));
            (result.Trades.IntrabarByPath, result.Trades.IntrabarByRule).ShouldBe((1, 0));
            Run(rule, Side.Sell, (100, 103, 98), (103, 106, 102), (106, 107, 90)).Trade.Reason.ShouldBe(ExitReason.Stop);
            Run(rule, Side.Buy, (100, 103, 98), (98, 99, 94), (94, 110, 94)).Trade.Reason.ShouldBe(ExitReason.Stop);
        }
    }

    [Fact]
    public void A_smaller_bar_that_opens_beyond_the_stop_fills_at_its_open()
    {
        var (trade, _) = Run(IntrabarRule.TargetFirst, Side.Buy, (100, 103, 98), (92, 110, 91));
        (trade.Reason, trade.ExitPrice).ShouldBe((ExitReason.Stop, 92));
    }

    [Theory]
    [InlineData(IntrabarRule.StopFirst, ExitReason.Stop)]
    [InlineData(IntrabarRule.TargetFirst, ExitReason.Target)]
    public void What_the_smaller_bars_leave_open_the_rule_decides_and_it_is_counted(IntrabarRule rule, ExitReason expected)
    {
        var (both, result) = Run(rule, Side.Buy, (100, 103, 98), (100, 106, 94));
        both.Reason.ShouldBe(expected);
        (result.Trades.IntrabarByPath, result.Trades.IntrabarByRule).ShouldBe((0, 1));
        var (missing, none) = Run(rule, Side.Buy);
        missing.Reason.ShouldBe(expected);
        none.Trades.IntrabarByRule.ShouldBe(1);
    }
}
