using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Trading.Parity;

namespace Granary.Trading.Tests.Parity;

/// <summary>The days of sessions by hand: around the clock, in stock hours with a half day, and from evening to evening.</summary>
public class SessionDaysTests
{
    private static long Utc(string time) => DateTime.Parse(time, System.Globalization.CultureInfo.InvariantCulture,
        System.Globalization.DateTimeStyles.AdjustToUniversal).Ticks;

    private static BarsTaken Taken(string symbol, string open, bool warm = false) => new(Utc(open) + TimeSpan.TicksPerHour,
        [new ClosedBar(symbol, new Bar(Utc(open), 1, 1, 1, 1, 1), Timeframe.H1)], warm);

    private static SessionDays Of(SessionCalendar calendar, params string[] opens) => new(
        [new Instrument { Symbol = "A", Calendar = calendar }], Timeframe.H1, opens.Select(o => Taken("A", o)), hasEnded: false);

    private static string[] Days(SessionDays days) =>
        [.. days.Ends.Select(e => FormattableString.Invariant($"{e.Key:MM-dd} {new DateTime(e.Value):MM-dd HH:mm}"))];

    [Fact]
    public void A_day_around_the_clock_is_that_of_UTC()
    {
        var days = Of(SessionCalendar.Continuous, "2024-01-05T22:00Z", "2024-01-05T23:00Z", "2024-01-06T00:00Z");
        Days(days).ShouldBe(["01-05 01-06 00:00", "01-06 01-06 01:00"]);
        days.OverAt(new DateOnly(2024, 1, 5)).ShouldBe(new DateTimeOffset(2024, 1, 6, 0, 0, 0, default));
    }

    [Fact]
    public void A_day_of_an_exchange_ends_at_its_close_in_its_time_zone_and_a_half_day_earlier()
    {
        var half = SessionCalendar.NewYork().With([], [(new DateOnly(2024, 11, 29), (new TimeSpan(9, 30, 0), new TimeSpan(13, 0, 0)))]);
        // A Wednesday and a Friday around Thanksgiving, five hours behind UTC.
        var days = Of(half, "2024-11-27T14:30Z", "2024-11-27T20:30Z", "2024-11-29T14:30Z", "2024-11-29T17:30Z");
        Days(days).ShouldBe(["11-27 11-27 21:30", "11-29 11-29 18:30"]);
        days.OverAt(new DateOnly(2024, 11, 27)).ShouldBe(new DateTimeOffset(2024, 11, 27, 21, 0, 0, default));
        days.OverAt(new DateOnly(2024, 11, 29)).ShouldBe(new DateTimeOffset(2024, 11, 29, 18, 0, 0, default));
        // In summer it is four hours behind.
        days.OverAt(new DateOnly(2024, 7, 10)).ShouldBe(new DateTimeOffset(2024, 7, 10, 20, 0, 0, default));
    }

    [Fact]
    public void The_evening_before_belongs_to_the_day_of_a_session_that_crosses_midnight()
    {
        var futures = SessionCalendar.Daily("futures", "America/Chicago", new TimeSpan(17, 0, 0), new TimeSpan(16, 0, 0));
        // Sunday evening and Monday, six hours behind UTC; then the evening that begins Tuesday.
        var days = Of(futures, "2024-01-07T23:00Z", "2024-01-08T03:00Z", "2024-01-08T21:00Z", "2024-01-08T23:00Z");
        Days(days).ShouldBe(["01-08 01-08 22:00", "01-09 01-09 00:00"]);
        days.OverAt(new DateOnly(2024, 1, 8)).ShouldBe(new DateTimeOffset(2024, 1, 8, 22, 0, 0, default));
    }

    [Fact]
    public void Markets_with_other_hours_share_a_day_which_ends_with_the_last()
    {
        var days = new SessionDays([new Instrument { Symbol = "A", Calendar = SessionCalendar.NewYork() }, new Instrument { Symbol = "C" }],
            Timeframe.H1, [Taken("C", "2024-01-04T20:00Z", warm: true), Taken("A", "2024-01-05T20:00Z"), Taken("C", "2024-01-05T23:00Z")],
            hasEnded: false);
        Days(days).ShouldBe(["01-05 01-06 00:00"]);
        days.OverAt(new DateOnly(2024, 1, 5)).ShouldBe(new DateTimeOffset(2024, 1, 6, 0, 0, 0, default));
    }

    [Fact]
    public void A_day_is_over_when_the_session_has_passed_it_also_if_the_clock_is_ahead()
    {
        var (day, later) = (new DateOnly(2024, 1, 5), new DateTimeOffset(2024, 2, 1, 0, 0, 0, default));
        string[] noon = ["2024-01-05T11:00Z", "2024-01-05T12:00Z"], whole = [.. noon, "2024-01-05T23:00Z"];
        Of(SessionCalendar.Continuous, noon).IsOver(day, later).ShouldBeFalse();
        Of(SessionCalendar.Continuous, whole).IsOver(day, later).ShouldBeTrue();
        Of(SessionCalendar.Continuous, whole).IsOver(day, new(2024, 1, 5, 23, 59, 0, default)).ShouldBeFalse();
        // The last bars of the day were missed, or the session has ended before them.
        Of(SessionCalendar.Continuous, [.. noon, "2024-01-06T00:00Z"]).IsOver(day, later).ShouldBeTrue();
        new SessionDays([new Instrument { Symbol = "A" }], Timeframe.H1, noon.Select(o => Taken("A", o)), hasEnded: true)
            .IsOver(day, later).ShouldBeTrue();
    }
}
