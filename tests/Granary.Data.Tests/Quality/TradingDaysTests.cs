using Granary.Data.Quality;
using Granary.Engine.Market;

namespace Granary.Data.Tests.Quality;

public sealed class TradingDaysTests
{
    // Days of New York's exchanges by the rules of its calendar, written out here for two years.
    private static readonly DateOnly[] _holidays =
    [
        new(2001, 1, 1), new(2001, 1, 15), new(2001, 2, 19), new(2001, 4, 13), new(2001, 5, 28), new(2001, 7, 4), new(2001, 9, 3),
        new(2001, 11, 22), new(2001, 12, 25),
        new(2022, 1, 17), new(2022, 2, 21), new(2022, 4, 15), new(2022, 5, 30), new(2022, 6, 20), new(2022, 7, 4), new(2022, 9, 5),
        new(2022, 11, 24), new(2022, 12, 26),
    ];

    private static IReadOnlyList<DateOnly> Missing(int year, params DateOnly[] without)
    {
        var days = new TradingDays(SessionCalendar.Continuous, Timeframe.D1);
        for (var day = new DateOnly(year, 1, 2); day.Year == year; day = day.AddDays(1))
            if (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !without.Contains(day))
                days.Add([day.DayNumber * TimeSpan.TicksPerDay]);
        return days.Missing();
    }

    [Theory]
    [InlineData(2001)]
    [InlineData(2022)]
    public void Holidays_and_closures_of_the_exchanges_of_the_United_States_are_not_missing_but_other_days_are(int year)
    {
        DateOnly[] closures = year == 2001 ? [new(2001, 9, 11), new(2001, 9, 12), new(2001, 9, 13), new(2001, 9, 14)] : [];
        var own = _holidays.Where(h => h.Year == year).ToArray();
        Missing(year, [.. own, .. closures]).ShouldBeEmpty();
        DateOnly[] holes = [new(year, 3, 7), new(year, 3, 8), new(year, 10, 17)];
        Missing(year, [.. own, .. closures, .. holes]).ShouldBe(holes);
    }

    [Fact]
    public void A_market_that_trades_on_american_holidays_is_asked_for_bars_on_them()
    {
        // Closed on Christmas Day alone, and once by accident on the fourth of July.
        Missing(2022, new(2022, 7, 4), new(2022, 12, 26)).ShouldBe([new DateOnly(2022, 7, 4), new DateOnly(2022, 12, 26)]);
    }

    [Fact]
    public void Days_of_the_week_on_which_the_market_does_not_trade_are_not_missing()
    {
        var days = new TradingDays(SessionCalendar.Continuous, Timeframe.H1);
        for (var hour = new DateTime(2022, 1, 3); hour.Year == 2022; hour = hour.AddHours(1))
            if (hour.DayOfWeek != DayOfWeek.Saturday && hour.Date != new DateTime(2022, 8, 10)) days.Add([hour.Ticks]);
        days.Missing().ShouldBe([new DateOnly(2022, 8, 10)]);
        new TradingDays(SessionCalendar.Continuous, Timeframe.D1).Missing().ShouldBeEmpty();
    }

    [Fact]
    public void A_calendar_with_its_own_holidays_is_not_asked_for_bars_on_those()
    {
        var calendar = SessionCalendar.Daily("own", "Europe/Berlin", new TimeSpan(9, 0, 0), new TimeSpan(17, 30, 0),
            [new DateOnly(2022, 5, 2)]);
        var days = new TradingDays(calendar, Timeframe.H1);
        for (var day = new DateTime(2022, 1, 3); day.Year == 2022; day = day.AddDays(1))
            if (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && day != new DateTime(2022, 5, 2)
                && day != new DateTime(2022, 5, 5))
                days.Add([day.AddHours(9).Ticks, day.AddHours(10).Ticks]);
        days.Missing().ShouldBe([new DateOnly(2022, 5, 5)]);
    }
}
