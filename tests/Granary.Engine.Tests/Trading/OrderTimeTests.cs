using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>When an order expires, and when a trade ends by the time of day, on the clock of its exchange.</summary>
public sealed class OrderTimeTests
{
    private static readonly TradingSettings _settings = new() { Cash = 10_000, Size = SizeRule.Units(10) };

    [Fact]
    public void A_day_order_ends_with_the_first_session_on_which_it_can_trade()
    {
        // 14:30 UTC is the New York open before daylight saving begins on 10 March, 13:30 after it.
        static Scenario At(int day, int firstHour, int lastHour)
        {
            var s = new Scenario
            {
                Instrument = new Instrument { Symbol = "TEST", Calendar = SessionCalendar.NewYork() },
                Timeframe = Timeframe.H1,
            };
            var open = new DateTime(2024, 3, day, firstHour, 30, 0, DateTimeKind.Utc);
            var order = new EntryOptions { Type = OrderType.Limit, LimitPrice = 95, TimeInForce = TimeInForce.Day };
            s.BarAt(open.AddDays(-3), 100, b => b.Enter(Side.Buy, order));
            for (var hour = 0; hour <= lastHour - firstHour; hour++) s.BarAt(open.AddHours(hour), 100);
            s.BarAt(open.AddDays(1), 94);
            s.Run();
            return s;
        }
        foreach (var s in new[] { At(4, 14, 20), At(11, 13, 19) })
        {
            s.Trades.ShouldBeEmpty();
            s.Orders.Single().State.ShouldBe(OrderState.Expired);
            s.Ended.Single().End.ShouldBe(SignalEnd.Expired);
            s.Orders.Single().ExpiresAt.ShouldBeLessThan(s.Ended.Single().Time);
        }
        new DateTime(At(4, 14, 20).Orders.Single().ExpiresAt + 1).ShouldBe(new DateTime(2024, 3, 4, 21, 0, 0));
        new DateTime(At(11, 13, 19).Orders.Single().ExpiresAt + 1).ShouldBe(new DateTime(2024, 3, 11, 20, 0, 0));
    }

    [Theory]
    [InlineData(8, 20, 55), InlineData(11, 19, 55)]
    public void An_exit_by_time_of_day_follows_the_exchanges_clock_through_daylight_saving(int day, int hour, int minute)
    {
        var s = new Scenario
        {
            Instrument = new Instrument { Symbol = "TEST", Calendar = SessionCalendar.NewYork() },
            Timeframe = Timeframe.M5,
            Settings = _settings with { ExitAt = new TimeOnly(15, 55) },
        };
        var exit = new DateTime(2024, 3, day, hour, minute, 0, DateTimeKind.Utc);
        for (var i = -20; i <= 0; i++)
            s.BarAt(exit.AddMinutes(5 * i), 100 + i, i == -20 ? b => b.Enter(Side.Buy) : null);
        s.Run();
        var trade = s.Closed.ShouldHaveSingleItem();
        (new DateTime(trade.ExitTime), trade.Reason, trade.ExitPrice).ShouldBe((exit, ExitReason.Time, 100));
    }

    [Fact]
    public void An_order_good_till_a_date_can_trade_on_bars_up_to_it()
    {
        Scenario With(int minutes)
        {
            var s = new Scenario();
            s.Bar(100, 100, 100, 100, b => b.Enter(Side.Buy, new EntryOptions
            {
                Type = OrderType.Limit,
                LimitPrice = 95,
                TimeInForce = TimeInForce.GoodTillDate,
                ExpiresAt = s.Start.AddMinutes(minutes).Ticks,
            }));
            s.Bar(100, 100, 100, 100).Bar(100, 100, 94, 94);
            s.Run();
            return s;
        }
        With(2).Trades.Count.ShouldBe(1);
        With(1).Orders.Single().State.ShouldBe(OrderState.Expired);
    }
}
