namespace Granary.Engine.Market;

/// <summary>The regular holidays of the exchanges of the United States (NYSE Rule 7.2). A holiday on a Sunday is observed on Monday, one on
/// a Saturday on Friday.</summary>
internal static class UsHolidays
{
    /// <summary>New York time at which the exchanges close on a half day.</summary>
    public static readonly TimeSpan HalfDayClose = TimeSpan.FromHours(13);

    /// <summary>Whether the exchanges observe a holiday on this weekday.</summary>
    public static bool Contains(DateOnly day) => day.Month switch
    {
        1 => IsKept(day, new(day.Year, 1, 1), fridays: false) || day.Year >= 1998 && IsNth(day, DayOfWeek.Monday, 3),
        2 => IsNth(day, DayOfWeek.Monday, 3),
        3 or 4 => day == Easter(day.Year).AddDays(-2),
        5 => day.DayOfWeek == DayOfWeek.Monday && day.Day > 24,
        6 => day.Year >= 2022 && IsKept(day, new(day.Year, 6, 19)),
        7 => IsKept(day, new(day.Year, 7, 4)),
        9 => IsNth(day, DayOfWeek.Monday, 1),
        11 => IsNth(day, DayOfWeek.Thursday, 4),
        12 => IsKept(day, new(day.Year, 12, 25)),
        _ => false,
    };

    /// <summary>
    /// Whether the exchanges close early on this weekday, by the rule of the last decades: before Independence Day, after Thanksgiving, and
    /// on Christmas Eve.
    /// </summary>
    public static bool IsHalfDay(DateOnly day) => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !Contains(day)
        && (day is { Month: 7, Day: 3 } or { Month: 12, Day: 24 }
            || day.Month == 11 && day.DayOfWeek == DayOfWeek.Friday && IsNth(day.AddDays(-1), DayOfWeek.Thursday, 4));

    // New Year's Day on a Saturday is not observed, because the Friday belongs to the old year.
    private static bool IsKept(DateOnly day, DateOnly holiday, bool fridays = true) => holiday.DayOfWeek switch
    {
        DayOfWeek.Sunday => day == holiday.AddDays(1),
        DayOfWeek.Saturday => fridays && day == holiday.AddDays(-1),
        _ => day == holiday,
    };

    private static bool IsNth(DateOnly day, DayOfWeek weekday, int n) => day.DayOfWeek == weekday && (day.Day - 1) / 7 == n - 1;

    // Meeus, Astronomical Algorithms, chapter 8 (Gregorian calendar).
    private static DateOnly Easter(int year)
    {
        var (a, b, c) = (year % 19, year / 100, year % 100);
        var h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
        var l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
        var month = h + l - 7 * ((a + 11 * h + 22 * l) / 451) + 114;
        return new DateOnly(year, month / 31, month % 31 + 1);
    }
}
