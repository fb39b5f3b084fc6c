using Granary.Engine.Analysis;

namespace Granary.Engine.Tests.Analysis;

public class CurveJoinTests
{
    private static bool Weekday(DateTime t) => t.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);

    private static DateTime[] Days(int count, Func<DateTime, bool>? open = null) =>
        [.. Enumerable.Range(0, 10_000).Select(i => new DateTime(2022, 1, 3).AddDays(i)).Where(open ?? Weekday).Take(count)];

    private static EquityCurve Curve(IEnumerable<DateTime> times, Func<DateTime, double> value) =>
        new([.. times.Select(t => t.Ticks)], [.. times.Select(value)]);

    // A value that differs from day to day.
    private static double OfDay(DateTime day) => 100 + Math.Sin(day.Date.DayOfYear) + day.Date.Year - 2022;

    [Fact]
    public void Days_stamped_at_midnight_and_at_the_close_are_joined_by_day()
    {
        var days = Days(300);
        // The close in New York is at 20:00 UTC in summer and at 21:00 in winter.
        var closes = Curve(days.Select(d => d.AddHours(d.Month is > 3 and < 11 ? 20 : 21)), OfDay);
        var join = CurveJoin.Of(Curve(days, OfDay), closes);
        (join.IsByDay, join.Own.Count).ShouldBe((true, 300));
        join.Own.Values.ToArray().ShouldBe(join.Other.Values.ToArray());
    }

    [Fact]
    public void Both_closes_of_a_market_with_summer_time_are_joined_by_day()
    {
        var days = Days(300);
        var join = CurveJoin.Of(Curve(days.Select(d => d.AddHours(d.Month is > 3 and < 11 ? 20 : 21)), OfDay),
            Curve(days.Select(d => d.AddHours(21)), OfDay));
        (join.IsByDay, join.Own.Count).ShouldBe((true, 300));
    }

    [Theory]
    [InlineData(-9)]  // Tokyo
    [InlineData(-2)]  // Athens
    public void Midnights_of_the_east_belong_to_the_next_day(int hours)
    {
        var days = Days(300);
        var dates = Curve(days, OfDay);
        var local = Curve(days.Select(d => d.AddHours(hours)), t => OfDay(t.AddHours(-hours)));
        foreach (var (own, other) in new[] { (dates, local), (local, dates) })
        {
            var join = CurveJoin.Of(own, other);
            (join.IsByDay, join.Own.Count).ShouldBe((true, 300));
            join.Own.Values.ToArray().ShouldBe(join.Other.Values.ToArray());
        }
    }

    [Fact]
    public void A_curve_by_the_hour_meets_a_daily_one_with_its_last_value_of_the_day()
    {
        var days = Days(100, _ => true);
        var hours = days.SelectMany(d => Enumerable.Range(0, 24).Select(h => d.AddHours(h))).ToArray();
        // By the hour it is elsewhere until the last hour of the day.
        var join = CurveJoin.Of(Curve(hours, t => t.Hour == 23 ? OfDay(t) : 50), Curve(days, OfDay));
        (join.IsByDay, join.Own.Count).ShouldBe((true, 100));
        join.Own.Values.ToArray().ShouldBe(join.Other.Values.ToArray());
    }

    [Fact]
    public void Curves_of_several_rows_a_day_are_joined_by_time()
    {
        var hours = Days(100).SelectMany(d => Enumerable.Range(9, 8).Select(h => d.AddHours(h))).ToArray();
        var join = CurveJoin.Of(Curve(hours, OfDay), Curve(hours.Skip(17), OfDay));
        (join.IsByDay, join.Own.Count).ShouldBe((false, 783));
    }

    [Fact]
    public void Equal_times_are_joined_as_they_are()
    {
        // A first row at the open of its day and one at its end, as of a run.
        DateTime[] days = [new(2022, 1, 3), .. Days(50).Select(d => d.AddHours(1))];
        CurveJoin.Of(Curve(days, OfDay), Curve(days, OfDay)).Own.Count.ShouldBe(51);
    }

    [Fact]
    public void A_benchmark_of_other_days_is_annualised_with_the_days_that_both_have()
    {
        var days = Days(500);
        var weekly = days.Where(d => d.DayOfWeek == DayOfWeek.Friday);
        var curve = Curve(days, OfDay);
        var statistics = Engine.Analysis.Metrics.EquityStatistics.Of(curve, benchmark: Curve(weekly, d => OfDay(d) * 2));
        statistics.PeriodsPerYear.ShouldBe(252);
        statistics.Benchmark!.PeriodsPerYear.ShouldBe(52);
        statistics.Benchmark.Correlation.ShouldBe(1, 1e-9);
    }
}
