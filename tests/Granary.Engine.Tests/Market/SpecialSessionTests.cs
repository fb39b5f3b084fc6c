using Granary.Engine.Market;

namespace Granary.Engine.Tests.Market;

/// <summary>Sessions with hours of their own: half days, and sessions on days without one.</summary>
public sealed class SpecialSessionTests
{
    private static readonly DateOnly Saturday = new(2024, 1, 13), HalfDay = new(2024, 1, 10);

    private static (TimeSpan, TimeSpan) Hours(double open, double close) => (TimeSpan.FromHours(open), TimeSpan.FromHours(close));

    private static DateTime Utc(int month, int day, int hour, int minute = 0) => new(2024, month, day, hour, minute, 0, DateTimeKind.Utc);

    // New York is five hours behind in January: 9:30 is 14:30 UTC.
    private static readonly SessionCalendar NewYork = SessionCalendar.NewYork()
        .With([new DateOnly(2024, 1, 12)], [(Saturday, Hours(10, 12)), (HalfDay, Hours(9.5, 13))]);

    private static List<(DateTime Time, double Volume)> Days(SessionCalendar calendar, params (DateTime From, DateTime To)[] spans)
    {
        var aggregator = new BarAggregator(Timeframe.M30, Timeframe.D1, calendar);
        var bars = new List<Bar>();
        foreach (var (from, to) in spans)
            for (var time = from; time < to; time = time.AddMinutes(30))
            {
                aggregator.Add(new Bar(time.Ticks, 1, 2, 0.5, 1.5, 1), out var before, out var completed);
                if (before is { } b) bars.Add(b);
                if (completed is { } c) bars.Add(c);
            }
        return [.. bars.Select(b => (b.OpenTime, b.Volume))];
    }

    [Fact]
    public void A_session_on_a_Saturday_has_a_daily_bar_of_its_own() =>
        Days(NewYork, (Utc(1, 13, 15), Utc(1, 13, 17)), (Utc(1, 16, 14, 30), Utc(1, 16, 21)))
            .ShouldBe([(Utc(1, 13, 0), 4), (Utc(1, 16, 0), 13)]);

    [Fact]
    public void Without_it_what_trades_on_a_Saturday_belongs_to_the_next_day_with_a_session() =>
        Days(SessionCalendar.NewYork(), (Utc(1, 13, 15), Utc(1, 13, 17)), (Utc(1, 15, 14, 30), Utc(1, 15, 21)))
            .ShouldBe([(Utc(1, 15, 0), 17)]);

    [Fact]
    public void The_daily_bar_of_a_half_day_is_complete_at_its_close() =>
        Days(NewYork, (Utc(1, 10, 14, 30), Utc(1, 10, 18))).ShouldBe([(Utc(1, 10, 0), 7)]);

    [Fact]
    public void A_special_session_counts_on_a_holiday_and_other_holidays_are_kept()
    {
        NewYork.IsTradingDay(new DateOnly(2024, 1, 12)).ShouldBeFalse();
        NewYork.IsOpen(Utc(1, 13, 16).Ticks).ShouldBeTrue();
        NewYork.IsOpen(Utc(1, 10, 18).Ticks).ShouldBeFalse();
        // Thursday's close; Friday is a holiday; Saturday opens at 10:00.
        NewYork.NextOpen(Utc(1, 11, 21).Ticks).ShouldBe(Utc(1, 13, 15).Ticks);
        NewYork.EndOfDay(Utc(1, 10, 15).Ticks).ShouldBe(Utc(1, 10, 18).Ticks - 1);
        // Independence Day is a regular holiday of New York.
        var open = SessionCalendar.NewYork().With([], [(new DateOnly(2024, 7, 4), Hours(9.5, 13))]);
        open.NextOpen(Utc(7, 4, 0).Ticks).ShouldBe(Utc(7, 4, 13, 30).Ticks);
        SessionCalendar.NewYork().NextOpen(Utc(7, 4, 0).Ticks).ShouldBe(Utc(7, 5, 13, 30).Ticks);
    }

    [Fact]
    public void Sessions_that_cross_midnight_have_special_ones_too()
    {
        // Futures of 18:00 to 17:00 in New York (UTC−4 in July, −5 in January).
        var futures = SessionCalendar.Daily("CME", "America/New_York", TimeSpan.FromHours(18), TimeSpan.FromHours(17))
            .With([], [(new DateOnly(2024, 7, 3), Hours(18, 13.25)), (Saturday, Hours(18, 12))]);
        futures.Session(new DateOnly(2024, 7, 3)).ShouldBe((Utc(7, 2, 22).Ticks, Utc(7, 3, 17, 15).Ticks));
        futures.LocalDay(Utc(7, 2, 22).Ticks).ShouldBe(new DateOnly(2024, 7, 3).DayNumber);
        futures.LocalDay(Utc(7, 3, 18).Ticks).ShouldBe(new DateOnly(2024, 7, 3).DayNumber);
        futures.NextOpen(Utc(7, 3, 17, 15).Ticks).ShouldBe(Utc(7, 3, 22).Ticks);
        futures.StartOfDay(Saturday.DayNumber).ShouldBe(Utc(1, 12, 23).Ticks);
        futures.LocalDay(Utc(1, 13, 0).Ticks).ShouldBe(Saturday.DayNumber);
    }

    [Fact]
    public void Breaks_outside_of_a_special_session_do_not_take_place()
    {
        var tokyo = SessionCalendar.Daily("TSE", "Asia/Tokyo", TimeSpan.FromHours(9), TimeSpan.FromHours(15), null,
            [Hours(11.5, 12.5)]).With([], [(HalfDay, Hours(9, 11.5))]);
        // Tokyo is nine hours ahead.
        tokyo.Parts(HalfDay).ShouldBe([(Utc(1, 10, 0).Ticks, Utc(1, 10, 2, 30).Ticks)]);
        tokyo.Parts(new DateOnly(2024, 1, 11)).ShouldBe(
            [(Utc(1, 11, 0).Ticks, Utc(1, 11, 2, 30).Ticks), (Utc(1, 11, 3, 30).Ticks, Utc(1, 11, 6).Ticks)]);
    }

    [Fact]
    public void A_date_is_not_both_a_holiday_and_a_session() =>
        Should.Throw<InputException>(() => SessionCalendar.NewYork().With([Saturday], [(Saturday, Hours(10, 12))]))
            .Message.ShouldContain("2024-01-13 is a holiday and has a session; keep one of them");
}
