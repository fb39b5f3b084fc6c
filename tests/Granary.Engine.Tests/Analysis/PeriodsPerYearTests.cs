using System.Globalization;
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

    private static long[] Days(string from, string to, Func<DateTime, bool> open)
    {
        var times = new List<long>();
        for (var t = DateTime.Parse(from, CultureInfo.InvariantCulture); t < DateTime.Parse(to, CultureInfo.InvariantCulture);
            t = t.AddDays(1))
            if (open(t)) times.Add(t.Ticks);
        return [.. times];
    }

    private static long[] With(long[] times, params string[] more) =>
        [.. times.Concat(more.Select(t => DateTime.Parse(t, CultureInfo.InvariantCulture).Ticks)).Order()];

    private static void Both(long[] times, double perYear, double within = 1e-9)
    {
        PeriodsPerYear.Infer(times).ShouldBe(perYear, within);
        var clock = new FeedClock(Timeframe.D1);
        foreach (var time in times) clock.Count(time);
        clock.PeriodsPerYear.ShouldBe(perYear, within);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(12)]
    public void A_few_Saturdays_among_days_of_stocks_are_strays(int strays)
    {
        // Special sessions of an exchange: 1, 3 and 12 Saturdays in two years.
        var weekdays = Days("2022-01-03", "2024-01-01", Weekday);
        var saturdays = Days("2022-01-03", "2024-01-01", t => t.DayOfWeek == DayOfWeek.Saturday);
        long[] times = [.. weekdays.Concat(saturdays.Where((_, i) => i % (saturdays.Length / strays) == 0).Take(strays)).Order()];
        Both(times, 252);
        var count = PeriodsPerYear.Count(times);
        count.StrayRows.ShouldBe(strays);
        count.Days.ShouldBe([DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday]);
    }

    [Fact]
    public void One_Saturday_in_three_weeks_of_days_is_a_stray() =>
        Both(With(Days("2024-01-01", "2024-01-20", Weekday), "2024-01-06"), 252);

    [Fact]
    public void A_stray_Sunday_row_does_not_change_days_of_stocks() =>
        Both(With(Days("2023-01-02", "2024-01-01", Weekday), "2023-06-04"), 252);

    [Theory]
    [InlineData(DayOfWeek.Friday, DayOfWeek.Saturday)] // Sunday to Thursday: Riyadh, Cairo
    [InlineData(DayOfWeek.Sunday, DayOfWeek.Monday)]   // Tuesday to Saturday: sessions dated by the next day
    [InlineData(DayOfWeek.Thursday, DayOfWeek.Friday)] // Saturday to Wednesday: Tehran
    public void Five_sessions_a_week_are_252_whatever_their_days(DayOfWeek closed, DayOfWeek alsoClosed)
    {
        Both(Days("2022-01-01", "2023-12-01", t => t.DayOfWeek != closed && t.DayOfWeek != alsoClosed), 252);
        Both(Days("2022-01-01", "2022-01-18", t => t.DayOfWeek != closed && t.DayOfWeek != alsoClosed), 252);
        // Of thirteen half-hours each: 13 · 252.
        long[] halves = [.. Days("2022-01-01", "2023-12-01", t => t.DayOfWeek != closed && t.DayOfWeek != alsoClosed)
            .SelectMany(d => Enumerable.Range(14, 13).Select(h => d + h * TimeSpan.TicksPerMinute * 30))];
        PeriodsPerYear.Infer(halves).ShouldBe(3276);
    }

    [Fact]
    public void Half_hours_of_a_session_have_3276_also_with_a_stray_Saturday()
    {
        // 13 half-hours a session: 13 · 252 = 3,276.
        long[] bars = [.. Days("2024-01-01", "2024-03-07", Weekday)
            .SelectMany(d => Enumerable.Range(29, 13).Select(h => d + h * TimeSpan.TicksPerMinute * 30))];
        PeriodsPerYear.Infer(With(bars, "2024-02-03T15:00:00")).ShouldBe(3276);
        var clock = new FeedClock(Timeframe.M30);
        foreach (var time in With(bars, "2024-02-03T15:00:00", "2024-02-03T15:30:00")) clock.Count(time);
        clock.PeriodsPerYear.ShouldBe(3276);
    }

    [Fact]
    public void A_night_session_that_ends_on_Saturday_belongs_to_Friday()
    {
        // 16 hours from 09:00 UTC on weekdays; the last is 00:00 of the next day: 16 · 252.
        long[] hours = [.. Days("2024-01-01", "2024-04-01", Weekday)
            .SelectMany(d => Enumerable.Range(9, 16).Select(h => d + h * TimeSpan.TicksPerHour))];
        PeriodsPerYear.Infer(hours).ShouldBe(16 * 252);
    }

    [Theory]
    [InlineData(2, 182.625)]
    [InlineData(3, 121.75)]
    [InlineData(5, 73.05)]
    [InlineData(10, 36.525)]
    [InlineData(14, 26)]
    [InlineData(21, 17.392857142857142)]
    public void Every_nth_day_has_as_many_as_a_year_of_365_and_a_quarter_days(int n, double perYear)
    {
        var times = Every(TimeSpan.FromDays(n), 200);
        Both(times, perYear);
        // A hole of more than a year, and one row between two others.
        Both([.. times, .. times.Select(t => t + times[^1] - times[0] + 500 * TimeSpan.TicksPerDay)], perYear);
        PeriodsPerYear.Count(times).IsConvention.ShouldBe(n == 14);
    }

    [Fact]
    public void Some_days_of_the_week_are_counted_as_they_are()
    {
        Both(Days("2022-01-03", "2024-01-02", t => t.DayOfWeek is DayOfWeek.Monday or DayOfWeek.Wednesday or DayOfWeek.Friday),
            365.25 * 3 / 7);
        Both(Days("2022-01-03", "2024-01-01", t => t.DayOfWeek is DayOfWeek.Tuesday or DayOfWeek.Thursday), 365.25 * 2 / 7, 0.5);
        Both(Days("2022-01-03", "2024-01-02", t => Weekday(t) && t.DayOfWeek != DayOfWeek.Friday), 365.25 * 4 / 7);
    }

    [Fact]
    public void Half_years_have_two_and_four_weeks_thirteen()
    {
        Both([.. Enumerable.Range(0, 12).Select(i => new DateTime(2010, 1, 1).AddMonths(6 * i).Ticks)], 2);
        Both(Every(TimeSpan.FromDays(28), 40), 365.25 / 28);
        Both([.. Enumerable.Range(0, 30).SelectMany(i => new[]
            { new DateTime(2010, 1, 1).AddMonths(i).Ticks, new DateTime(2010, 1, 15).AddMonths(i).Ticks })], 24);
    }

    [Fact]
    public void A_partial_last_week_does_not_change_weeks()
    {
        var weeks = Every(TimeSpan.FromDays(7), 12);
        Both([.. weeks, weeks[^1] + 2 * TimeSpan.TicksPerDay], 52);
    }

    [Fact]
    public void Holidays_and_holes_do_not_change_days_of_stocks()
    {
        // Every twelfth weekday is a holiday, and two years are missing.
        Both([.. Days("2015-01-01", "2022-01-01", Weekday)
            .Where((t, i) => i % 12 != 0 && new DateTime(t).Year is not (2017 or 2018))], 252);
        // The days of Christmas and New Year, both on Fridays.
        Both(Days("2020-12-21", "2021-01-08", t => Weekday(t) && t is not ({ Day: 25, Month: 12 } or { Day: 1, Month: 1 })), 252);
    }

    [Fact]
    public void A_record_of_two_thirds_of_the_sessions_is_counted()
    {
        // Two of three weekdays, in turn: 365.25 · 5/7 · 2/3.
        var times = Days("2020-01-01", "2024-01-01", Weekday).Where((_, i) => i % 3 != 0).ToArray();
        Both(times, 365.25 * 5 / 7 * 2 / 3, 0.3);
        PeriodsPerYear.Count(times).IsConvention.ShouldBeFalse();
    }

    [Fact]
    public void The_count_does_not_depend_on_the_blocks()
    {
        var times = Every(TimeSpan.FromMinutes(7), 9_000, t => Weekday(t) && t.Hour is > 8 and < 17);
        var counter = new PeriodCounter();
        for (var at = 0; at < times.Length; at += 113) counter.Add(times.AsSpan(at, Math.Min(113, times.Length - at)));
        counter.Count().PerYear.ShouldBe(PeriodsPerYear.Infer(times));
        var clock = new FeedClock(Timeframe.M5);
        foreach (var time in times) clock.Count(time);
        clock.PeriodsPerYear.ShouldBe(PeriodsPerYear.Infer(times));
    }

    [Theory]
    [InlineData("2020-01-08T00:00", 107, 365 * 107 / 5.0)] // Wednesday to Sunday 10:00
    [InlineData("2020-01-12T13:00", 160, 365 * 160 / 8.0)] // Sunday 13:00 to Sunday 04:00
    [InlineData("2020-01-11T20:00", 170, 365 * 170 / 8.0)] // Saturday 20:00 to Saturday 21:00
    [InlineData("2020-01-10T00:00", 50, 365 * 50 / 3.0)] // Friday to Sunday 01:00
    public void Hours_around_the_clock_are_of_365_days_where_the_record_begins_or_ends_within_a_day_of_the_weekend(
        string from, int count, double perYear)
    {
        var first = DateTime.Parse(from, CultureInfo.InvariantCulture).Ticks;
        var times = Enumerable.Range(0, count).Select(i => first + i * TimeSpan.TicksPerHour).ToArray();
        PeriodsPerYear.Infer(times).ShouldBe(perYear, 1e-9);
        var clock = new FeedClock(Timeframe.H1);
        foreach (var time in times) clock.Count(time);
        clock.PeriodsPerYear.ShouldBe(perYear, 1e-9);
    }

    [Fact]
    public void Days_around_the_week_have_365_also_where_a_few_Saturdays_are_missing()
    {
        // Ten weeks that miss three Saturdays: 17 of 20 days of the weekend are there.
        var missing = new[] { "2024-01-13", "2024-02-03", "2024-02-24" };
        Both(Days("2024-01-01", "2024-03-11", t => !missing.Contains(t.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))), 365);
    }

    [Fact]
    public void The_evening_of_a_Sunday_and_the_night_of_a_Saturday_are_no_days_of_the_weekend()
    {
        // From Sunday 22:00 to Saturday 01:00: 2 + 5 · 24 + 1 hours of five sessions.
        var times = Every(TimeSpan.FromHours(1), 24 * 14).Skip(6 * 24 + 22).Take(123).ToArray();
        PeriodsPerYear.Infer(times).ShouldBe(123 / 5.0 * 252, 1e-9);
    }

    [Fact]
    public void A_single_time_tells_nothing() => PeriodsPerYear.Infer([5]).ShouldBe(double.NaN);
}
