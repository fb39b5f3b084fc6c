using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>Entries are made while the symbol is a member of the universe, and a position ends by the policy after it has left.</summary>
public sealed class UniverseTests
{
    private static readonly DateTime Start = new(2024, 3, 4, 14, 30, 0, DateTimeKind.Utc);

    // A member from the close of the first minute's bars on, up to a later minute.
    private static Instrument Member(LeavePolicy policy, int from, int to) => new()
    {
        Symbol = "TEST",
        Membership = new Membership(policy, [new MemberSpan(Start.AddMinutes(from).Ticks, Start.AddMinutes(to).Ticks)]),
    };

    [Fact]
    public void An_entry_needs_membership_at_the_close_of_its_signal()
    {
        // The first bar closes at minute 1, the second at minute 2, from which on the symbol is a member.
        var s = new Scenario { Instrument = Member(LeavePolicy.Close, 2, 100) }
            .Bar(10, 10, 10, 10, b => b.Enter(Side.Buy)).Bar(11, 11, 11, 11, b => b.Enter(Side.Buy)).Bar(12, 12, 12, 12);
        var result = s.Run();
        s.Trades.Single().EntryPrice.ShouldBe(12);
        (result.Signals, result.SignalEnds[SignalEnd.NotMember]).ShouldBe((2, 1));
    }

    [Fact]
    public void A_position_is_closed_at_the_open_after_the_close_at_which_the_symbol_is_no_member()
    {
        var s = new Scenario { Instrument = Member(LeavePolicy.Close, 0, 3) }
            .Bar(10, 10, 10, 10, b => b.Enter(Side.Buy)).Bar(11, 12, 11, 12).Bar(13, 14, 12, 14).Bar(15, 16, 15, 16).Bar(17, 17, 17, 17);
        s.Run();
        var trade = s.Closed.Single();
        (trade.Reason, trade.EntryPrice, trade.ExitPrice, trade.ExitTime).ShouldBe((ExitReason.LeftUniverse, 11, 15,
            Start.AddMinutes(3).Ticks));
    }

    [Fact]
    public void A_symbol_that_comes_again_without_a_bar_between_is_another_listing_for_held_positions_orders_and_factors()
    {
        List<double> averages = [];
        var members = new Membership(LeavePolicy.Hold,
            [new MemberSpan(Start.Ticks, Start.AddMinutes(5).Ticks), new MemberSpan(Start.AddMinutes(9).Ticks, Membership.Open)]);
        var s = new Scenario { Instrument = new Instrument { Symbol = "TEST", Membership = members } }
            .Bar(10, 10, 10, 10, b => b.Enter(Side.Buy))
            .Bar(11, 11, 11, 11, b => b.Enter(Side.Sell, new EntryOptions { Type = OrderType.Limit, LimitPrice = 150 })).Bar(12, 12, 12, 12)
            .BarAt(Start.AddMinutes(10), 200).BarAt(Start.AddMinutes(11), 202);
        var result = s.Run();
        (s.Trades.Single().ExitPrice, result.SignalEnds[SignalEnd.Cancelled]).ShouldBe((12, 1));

        var bars = new[] { (0, 10.0), (1, 11), (2, 12), (10, 200), (11, 202), (12, 204) }
            .Select(b => new Bar(Start.AddMinutes(b.Item1).Ticks, b.Item2, b.Item2, b.Item2, b.Item2, 1)).ToArray();
        foreach (var size in new[] { 1, 4, 6 })
        {
            averages.Clear();
            SingleRun.Of(new Averages(averages), new MarketSeries(s.Instrument, Timeframe.M1), bars, s.Settings, s.Execution, null, size);
            averages.ShouldBe([10.5, 11.5, 201, 203]);
        }
    }

    private sealed class Averages : Strategy
    {
        private readonly List<double> _seen;
        private readonly Factor _average;

        public Averages(List<double> seen) => (_seen, _average) = (seen, Use("sma", 2));

        public override void OnBar(StrategyContext bar) => _seen.Add(bar[_average]);
    }

    // The symbol leaves at the last close before the gap, within the gap, or at the first open after it.
    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(9)]
    public void A_position_in_a_symbol_without_a_bar_until_it_is_a_member_again_is_closed_at_its_last_close(int leaves)
    {
        var s = new Scenario
        {
            Instrument = new Instrument
            {
                Symbol = "TEST",
                Membership = new Membership(LeavePolicy.Close,
                [
                    new MemberSpan(Start.Ticks, Start.AddMinutes(leaves).Ticks),
                    new MemberSpan(Start.AddMinutes(9).Ticks, Membership.Open),
                ]),
            },
        }
            .Bar(10, 10, 10, 10, b => b.Enter(Side.Buy)).Bar(11, 11, 11, 11).Bar(12, 12, 12, 12)
            .BarAt(Start.AddMinutes(10), 200).BarAt(Start.AddMinutes(11), 201);
        s.Run();
        var trade = s.Closed.Single();
        (trade.Reason, trade.EntryPrice, trade.ExitPrice).ShouldBe((ExitReason.LeftUniverse, 11, 12));
    }

    [Fact]
    public void Held_positions_end_by_the_strategys_own_exit_and_are_not_added_to()
    {
        var s = new Scenario
        {
            Instrument = Member(LeavePolicy.Hold, 0, 3),
            Settings = new TradingSettings { Cash = 10_000, Size = SizeRule.Units(10), MaxOpenTrades = 2 },
        }
            .Bar(10, 10, 10, 10, b => b.Enter(Side.Buy)).Bar(11, 11, 11, 11).Bar(13, 13, 13, 13, b => b.Enter(Side.Buy))
            .Bar(15, 15, 15, 15, b => b.Submit(new OrderRequest(Side.Buy, 1))).Bar(16, 16, 16, 16, b => b.Exit()).Bar(17, 17, 17, 17);
        var result = s.Run();
        var trade = s.Closed.Single();
        (trade.Reason, trade.ExitPrice).ShouldBe((ExitReason.Signal, 17));
        result.SignalEnds[SignalEnd.NotMember].ShouldBe(2);
    }

    [Theory]
    [InlineData(LeavePolicy.Close)]
    [InlineData(LeavePolicy.Hold)]
    internal void A_waiting_entry_is_cancelled_when_the_symbol_leaves(LeavePolicy policy)
    {
        var s = new Scenario { Instrument = Member(policy, 0, 3) }
            .Bar(10, 10, 10, 10, b => b.Enter(Side.Buy, new EntryOptions { Type = OrderType.Limit, LimitPrice = 9 }))
            .Bar(10, 10, 10, 10).Bar(10, 10, 10, 10).Bar(9, 9, 8, 9).Bar(8, 8, 8, 8);
        var result = s.Run();
        s.Trades.ShouldBeEmpty();
        result.SignalEnds[SignalEnd.NotMember].ShouldBe(1);
    }

    [Fact]
    public void An_entry_of_a_member_does_not_fill_in_a_bar_that_opens_after_it_has_left()
    {
        // The symbol leaves in a pause of the market.
        var s = new Scenario { Instrument = Member(LeavePolicy.Close, 0, 30) }
            .BarAt(Start, 10, b => b.Enter(Side.Buy)).BarAt(Start.AddMinutes(60), 11).BarAt(Start.AddMinutes(61), 12);
        var result = s.Run();
        s.Trades.ShouldBeEmpty();
        result.SignalEnds[SignalEnd.NotMember].ShouldBe(1);
    }

    [Fact]
    public void An_order_that_only_reduces_a_position_is_sent_outside_of_the_universe()
    {
        var s = new Scenario { Instrument = Member(LeavePolicy.Hold, 0, 2) }
            .Bar(10, 10, 10, 10, b => b.Enter(Side.Buy)).Bar(11, 11, 11, 11)
            .Bar(12, 12, 12, 12, b => b.Submit(new OrderRequest(Side.Sell, 4)))
            .Bar(13, 13, 13, 13, b => b.Submit(new OrderRequest(Side.Sell, 7))).Bar(14, 14, 14, 14, b => b.Exit()).Bar(15, 15, 15, 15);
        var result = s.Run();
        // 4 of the 10 units are sold at 13. An order for 7 would open a short position with one of them.
        s.PartialExits.First().ShouldBe((3, 13, 4));
        s.Closed.Single().ExitPrice.ShouldBe((4 * 13 + 6 * 15) / 10.0, 1e-9);
        result.SignalEnds[SignalEnd.NotMember].ShouldBe(1);
    }

    [Fact]
    public void Several_symbols_are_ranked_among_the_members_alone()
    {
        var day = Start.Date;
        Bar Of(int n, double price) => new(day.AddDays(n).Ticks, price, price, price, price, 1);
        var series = new[] { "A", "B", "C" }.Select(n => new MarketSeries(new Instrument
        {
            Symbol = n,
            // C rises most, and is a member on two days in the middle.
            Membership = new Membership(LeavePolicy.Close, n == "C" ? [new MemberSpan(day.AddDays(4).Ticks, day.AddDays(6).Ticks)]
                : [new MemberSpan(0, Membership.Open)]),
        }, Timeframe.D1)).ToList();
        var outcome = Backtesting.StrategyBacktest.Run(
            new Granary.Engine.Strategies.Library.MomentumRank(lookback: 1, top: 1, every: 1), series,
            [[.. Enumerable.Range(0, 10).Select(n => Of(n, 100 + n))], [.. Enumerable.Range(0, 10).Select(n => Of(n, 100 - n))],
                [.. Enumerable.Range(0, 10).Select(n => Of(n, 100 * Math.Pow(1.1, n)))]], new TradingSettings { Size = SizeRule.Units(1) });
        // The bar of day 3 closes at the beginning of day 4. That of day 5 closes on day 6, and the position at the open of that day.
        var c = outcome.Trades.Single(t => t.SymbolIndex == 2);
        (c.EntryTime, c.ExitTime, c.Reason).ShouldBe((day.AddDays(4).Ticks, day.AddDays(6).Ticks, ExitReason.LeftUniverse));
        outcome.Trades.ShouldNotContain(t => t.SymbolIndex == 1);
        outcome.Trades.Count(t => t.SymbolIndex == 0).ShouldBe(2);
    }

    [Theory]
    [InlineData("1mo", "2024-01-31T23:59", "2024-02-01")]
    [InlineData("1mo", "2024-02-01", "2024-03-01")]
    [InlineData("3mo", "2024-02-15", "2024-04-01")]
    [InlineData("1y", "2024-12-31", "2025-01-01")]
    [InlineData("1w", "2024-03-06", "2024-03-11")]
    [InlineData("12h", "2024-03-06T11:00", "2024-03-06T12:00")]
    public void Periods_begin_with_those_of_the_calendar(string every, string time, string next)
    {
        CalendarSpan.TryParse(every, out var span).ShouldBeTrue();
        new DateTime(span.Next(DateTime.Parse(time, System.Globalization.CultureInfo.InvariantCulture).Ticks))
            .ShouldBe(DateTime.Parse(next, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_membership_grows_by_changes_in_the_order_of_time()
    {
        var membership = new Membership(LeavePolicy.Close, []);
        membership.Contains(5).ShouldBeFalse();
        foreach (var (time, isMember) in ((long, bool)[])[(10, true), (20, true), (30, false), (30, true), (40, false), (50, true)])
            membership.Change(time, isMember);
        membership.Spans.ShouldBe([new MemberSpan(10, 40), new MemberSpan(50, Membership.Open)]);
        (membership.Contains(9), membership.Contains(10), membership.Contains(39), membership.Contains(40),
            membership.Contains(long.MaxValue
            - 1)).ShouldBe((false, true, true, false, true));
        Should.Throw<ArgumentException>(() => new Membership(LeavePolicy.Hold, [new MemberSpan(5, 5)]));
        Should.Throw<ArgumentException>(() => new Membership(LeavePolicy.Hold, [new MemberSpan(1, 5), new MemberSpan(4, 9)]));
    }
}
