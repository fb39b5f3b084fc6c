using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;

namespace Granary.Engine.Tests.Analysis;

public class PeriodsPerYearTests
{
    private static long[] Every(TimeSpan step, int count, Func<DateTime, bool>? open = null)
    {
        var times = new List<long>();
        for (var t = new DateTime(2024, 1, 1); times.Count < count; t += step)
            if (open is null || open(t)) times.Add(t.Ticks);
        return [.. times];
    }

    private static bool Weekday(DateTime t) => t.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);

    [Fact]
    public void Daily_bars_of_stocks_have_252() => PeriodsPerYear.Infer(Every(TimeSpan.FromDays(1), 500, Weekday)).ShouldBe(252);

    [Fact]
    public void Daily_bars_with_weekends_have_365() => PeriodsPerYear.Infer(Every(TimeSpan.FromDays(1), 500)).ShouldBe(365);

    [Fact]
    public void Weeks_months_quarters_and_years_have_their_own()
    {
        PeriodsPerYear.Infer(Every(TimeSpan.FromDays(7), 100)).ShouldBe(52);
        PeriodsPerYear.Infer(Every(TimeSpan.FromDays(1), 60, t => t.Day == 1)).ShouldBe(12);
        PeriodsPerYear.Infer(Every(TimeSpan.FromDays(1), 20, t => t.Day == 1 && t.Month % 3 == 1)).ShouldBe(4);
        PeriodsPerYear.Infer(Every(TimeSpan.FromDays(1), 10, t => t.DayOfYear == 1)).ShouldBe(1);
    }

    [Fact]
    public void Minutes_around_the_clock_have_1440_to_the_day() =>
        PeriodsPerYear.Infer(Every(TimeSpan.FromMinutes(1), 14_400)).ShouldBe(1440 * 365);

    [Fact]
    public void Minutes_of_a_session_count_as_measured() =>
        PeriodsPerYear.Infer(Every(TimeSpan.FromMinutes(1), 3900, t => Weekday(t) && t.TimeOfDay.TotalHours is >= 14.5 and < 21))
            .ShouldBe(390 * 252);

    [Fact]
    public void Four_hour_bars_of_two_a_day_are_intraday() =>
        PeriodsPerYear.Infer(Every(TimeSpan.FromHours(4), 200, t => Weekday(t) && t.Hour is 12 or 16 && Weekday(t))).ShouldBe(2 * 252);

    [Fact]
    public void A_Sunday_evening_session_does_not_make_a_market_of_365_days()
    {
        // 24 hours Monday to Friday and two on Sunday: 122 bars a week of 5 days.
        var times = Every(TimeSpan.FromHours(1), 122 * 20, t => Weekday(t) || (t.DayOfWeek == DayOfWeek.Sunday && t.Hour >= 22));
        PeriodsPerYear.Infer(times).ShouldBe(122 / 5.0 * 252, 30);
    }

    [Fact]
    public void Days_from_Sunday_to_Friday_are_six_for_each_five_of_252()
    {
        var times = Every(TimeSpan.FromDays(1), 600, t => t.DayOfWeek != DayOfWeek.Saturday);
        PeriodsPerYear.Infer(times).ShouldBe(252 * 6 / 5.0, 1e-9);
        // As a feed counts them, and whatever a first row within the first day adds.
        var clock = new FeedClock(Timeframe.D1);
        foreach (var time in times) clock.Count(time);
        clock.PeriodsPerYear.ShouldBe(PeriodsPerYear.Infer(times));
        PeriodsPerYear.Infer([times[0], .. times.Select(t => t + 1)]).ShouldBe(PeriodsPerYear.Infer(times));
    }

    [Theory]
    [InlineData(1, 252)]
    [InlineData(7, 52)]
    [InlineData(30, 12)]
    [InlineData(91, 4)]
    [InlineData(365, 1)]
    public void Daily_bars_of_longer_periods_have_the_number_of_those_periods(int days, double perYear)
    {
        // Weekdays only, each some days off.
        var random = new Random(days);
        var times = new List<long>();
        for (var i = 0; i < 60; i++)
        {
            var day = new DateTime(2001, 1, 1).AddDays(i * days + (days > 1 ? random.Next(3) : i / 5 * 2));
            while (!Weekday(day)) day = day.AddDays(1);
            if (times.Count == 0 || day.Ticks > times[^1]) times.Add(day.Ticks);
        }
        var clock = new FeedClock(Timeframe.D1);
        foreach (var time in times) clock.Count(time);
        clock.PeriodsPerYear.ShouldBe(perYear);
        PeriodsPerYear.Infer([.. times]).ShouldBe(perYear);
        var first = new FeedClock(Timeframe.D1);
        first.Count(times[0]);
        first.PeriodsPerYear.ShouldBe(252);
    }

    [Fact]
    public void A_known_calendar_wins_over_the_weekends() => PeriodsPerYear.Infer(Every(TimeSpan.FromDays(1), 4), 365).ShouldBe(365);

    [Fact]
    public void A_single_time_tells_nothing() => PeriodsPerYear.Infer([5]).ShouldBe(double.NaN);
}
