using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

public sealed class IntrabarPathTests
{
    private static readonly DateTime Start = new(2024, 3, 4, 14, 0, 0, DateTimeKind.Utc);

    // Entered at 100 at the open of the second hour; the third hour touches the stop at 95 and the target at 105.
    private static (Trade Trade, StrategyResult Result) Run(IntrabarRule rule, Side side,
        params (double Open, double High, double Low)[] minutes)
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
            [new Bar(Start.Ticks, 100, 101, 99, 100, 1), new Bar(Start.AddHours(1).Ticks, 100, 101, 99, 100, 1),
                new Bar(Start.AddHours(2).Ticks, 100, 110, 90, 100, 1)],
            new TradingSettings { Cash = 10_000, Size = SizeRule.Units(1), StopLossPercent = 5, TakeProfitPercent = 5 },
            new ExecutionSettings { Intrabar = rule, UsePath = true }, recorder);
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

    // What is done at the close of the second hour is tried on the third, which opens at 100 and goes from 90 to 110 by these minutes.
    private static (IReadOnlyList<Trade> Trades, StrategyResult Result) Within(Action<StrategyContext> act, TradingSettings settings,
        params (double Open, double High, double Low)[] minutes)
    {
        var path = new IntrabarPath(Timeframe.M1);
        for (var i = 0; i < minutes.Length; i++)
            path.Add(BarBlock.FromBars(i,
                [new Bar(Start.AddHours(2).AddMinutes(i).Ticks, minutes[i].Open, minutes[i].High, minutes[i].Low, minutes[i].Open, 1)]));
        var recorder = new TradeRecorder();
        var result = SingleRun.Of(new Acts(act), new MarketSeries(new Instrument { Symbol = "TEST" }, Timeframe.H1) { Path = path },
            [new Bar(Start.Ticks, 100, 101, 99, 100, 1), new Bar(Start.AddHours(1).Ticks, 100, 101, 99, 100, 1),
                new Bar(Start.AddHours(2).Ticks, 100, 110, 90, 100, 1), new Bar(Start.AddHours(3).Ticks, 100, 100, 100, 100, 1)],
            settings, new ExecutionSettings { UsePath = true }, recorder);
        return (recorder.Trades, result);
    }

    private sealed class Acts(Action<StrategyContext> act) : Strategy
    {
        public override void OnBar(StrategyContext bar)
        {
            if (bar.BarNumber == 1) act(bar);
        }
    }

    private static readonly TradingSettings OneUnit = new() { Cash = 10_000, Size = SizeRule.Units(1), MaxOpenTrades = 5 };

    private static EntryOptions Limit(double price) => new() { Type = OrderType.Limit, LimitPrice = price };

    private static EntryOptions Stop(double price) => new() { Type = OrderType.Stop, StopPrice = price };

    [Fact]
    public void Of_two_entries_within_a_bar_the_one_fills_first_that_the_smaller_bars_come_by_first()
    {
        // Cash for one of them only. The bar alone would take them in the order of their making.
        void Both(StrategyContext bar)
        {
            bar.Enter(Side.Buy, Stop(106));
            bar.Enter(Side.Buy, Limit(95));
        }
        var settings = OneUnit with { Cash = 150 };
        Within(Both, settings, (100, 101, 90), (95, 110, 95)).Trades.ShouldHaveSingleItem().EntryPrice.ShouldBe(95);
        Within(Both, settings, (100, 110, 99), (105, 106, 90)).Trades.ShouldHaveSingleItem().EntryPrice.ShouldBe(106);
    }

    [Fact]
    public void A_smaller_bar_that_opens_beyond_an_orders_price_fills_it_at_its_open()
    {
        Within(b => b.Enter(Side.Buy, Limit(95)), OneUnit, (100, 110, 97),
            (93, 96, 90)).Trades.ShouldHaveSingleItem().EntryPrice.ShouldBe(93);
        Within(b => b.Enter(Side.Buy, Stop(105)), OneUnit, (100, 104, 90),
            (107, 110, 106)).Trades.ShouldHaveSingleItem().EntryPrice.ShouldBe(107);
    }

    [Fact]
    public void An_entry_within_a_bar_is_stopped_by_what_came_after_it_alone()
    {
        var settings = OneUnit with { StopLossPercent = 5, TakeProfitPercent = 5 };
        // Bought at 105 by a stop: 90 came before it, and 110.25 never.
        var (trades, _) = Within(b => b.Enter(Side.Buy, Stop(105)), settings, (100, 101, 90), (100, 110, 100), (108, 109, 104));
        trades.ShouldHaveSingleItem().Reason.ShouldBe(ExitReason.Open);
        // Bought at 95 by a limit: the target at 99.75 was traded before and after it.
        (trades, _) = Within(b => b.Enter(Side.Buy, Limit(95)), settings, (100, 110, 96), (96, 97, 94), (94, 101, 94), (100, 101, 90));
        (trades[0].Reason, trades[0].ExitPrice).ShouldBe((ExitReason.Target, 99.75));
        // And the stop at 90.25 where that came first.
        (trades, _) = Within(b => b.Enter(Side.Buy, Limit(95)), settings, (100, 110, 96), (96, 97, 94), (94, 94, 90), (92, 101, 91));
        (trades[0].Reason, trades[0].ExitPrice).ShouldBe((ExitReason.Stop, 90.25));
    }

    [Fact]
    public void A_smaller_bar_that_opens_beyond_the_limit_may_reach_the_target_after_the_entry()
    {
        // Bought at 93 at the open of the second minute, whose high of 99 comes after that.
        var (trades, _) = Within(b => b.Enter(Side.Buy, Limit(95)), OneUnit with { TakeProfitPercent = 5 }, (100, 110, 96), (93, 99, 90));
        (trades[0].EntryPrice, trades[0].ExitPrice, trades[0].Reason).ShouldBe((93, 93 * 1.05, ExitReason.Target));
    }

    [Fact]
    public void What_lies_beyond_the_smaller_bars_fills_as_the_longer_bar_says()
    {
        Within(b => b.Enter(Side.Buy, Limit(92)), OneUnit, (100, 105, 95)).Trades.ShouldHaveSingleItem().EntryPrice.ShouldBe(92);
        // But no stop of an entry on one of them: what lies beyond may have come before it.
        Within(b => b.Enter(Side.Buy, Limit(96)), OneUnit with { StopLossPercent = 5 },
            (100, 105, 95)).Trades.ShouldHaveSingleItem().Reason.ShouldBe(ExitReason.Open);
    }

    [Fact]
    public void Orders_on_the_close_wait_for_all_smaller_bars()
    {
        var (trades, _) = Within(b => b.Enter(Side.Buy, new EntryOptions { Type = OrderType.MarketOnClose }),
            OneUnit with { StopLossPercent = 1 }, (100, 110, 90));
        var trade = trades.ShouldHaveSingleItem();
        (trade.EntryPrice, trade.Reason).ShouldBe((100, ExitReason.Open));
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
