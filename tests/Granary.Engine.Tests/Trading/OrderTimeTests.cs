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

    // 15:30 in New York; the session of the 29th of November ends at 13:00, and the 28th is a holiday.
    [Theory]
    [InlineData("2024-11-27T15:00Z", "2024-11-27T20:30Z")]
    [InlineData("2024-11-27T20:30Z", "2024-11-29T17:30Z")]
    [InlineData("2024-11-29T15:00Z", "2024-11-29T17:30Z")]
    [InlineData("2024-11-29T17:30Z", "2024-12-02T20:30Z")]
    public void An_exit_by_time_of_day_is_within_a_session_on_half_days_and_after_holidays_too(string entry, string exit)
    {
        static DateTime Utc(string text) => DateTime.Parse(text, System.Globalization.CultureInfo.InvariantCulture,
            System.Globalization.DateTimeStyles.AdjustToUniversal);
        var s = new Scenario
        {
            Instrument = new Instrument { Symbol = "TEST", Calendar = SessionCalendar.NewYork() },
            Timeframe = Timeframe.Parse("30m"),
            Settings = _settings with { ExitAt = new TimeOnly(15, 30) },
        };
        (int Day, double Open, double Close)[] sessions = [(0, 14.5, 21), (2, 14.5, 18), (5, 14.5, 21)];
        foreach (var (day, open, close) in sessions)
            for (var hour = open; hour < close; hour += 0.5)
            {
                var time = new DateTime(2024, 11, 27).AddDays(day).AddHours(hour);
                // An order of one bar fills at the open of the next.
                s.BarAt(time, 100, time.AddMinutes(30) == Utc(entry) ? b => b.Enter(Side.Buy) : null);
            }
        s.Run();
        var trade = s.Closed.ShouldHaveSingleItem();
        (new DateTime(trade.EntryTime), new DateTime(trade.ExitTime), trade.Reason).ShouldBe((Utc(entry), Utc(exit), ExitReason.Time));
    }

    [Theory]
    [InlineData("16:00", "2024-07-03T16:30Z")]
    [InlineData("09:45", "2024-07-05T13:45Z")]
    public void A_time_of_day_after_the_end_of_a_session_is_the_open_of_its_last_bar(string at, string wanted) =>
        new DateTime(SessionCalendar.NewYork().NextInSession(TimeOnly.Parse(at, System.Globalization.CultureInfo.InvariantCulture)
            .ToTimeSpan(), new DateTime(2024, 7, 3, 14, 0, 0).Ticks, Timeframe.Parse("30m").Ticks))
            .ShouldBe(DateTime.Parse(wanted, System.Globalization.CultureInfo.InvariantCulture,
                System.Globalization.DateTimeStyles.AdjustToUniversal));

    [Fact]
    public void A_daily_bar_holds_the_time_of_day_of_its_whole_session() =>
        new DateTime(SessionCalendar.NewYork().NextInSession(new TimeSpan(15, 30, 0), new DateTime(2024, 11, 29, 5, 0, 0).Ticks,
            Timeframe.D1.Ticks)).ShouldBe(new DateTime(2024, 11, 29, 18, 0, 0));

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
