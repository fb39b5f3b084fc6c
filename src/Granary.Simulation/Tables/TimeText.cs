using System.Globalization;

namespace Granary.Simulation.Tables;

/// <summary>
/// Parses the time formats of data files: ISO dates and times, also with slashes or digits only, and Unix seconds and milliseconds.
/// </summary>
internal static class TimeText
{
    private static readonly string[] Dates = ["yyyy-MM-dd", "yyyy/MM/dd", "yyyyMMdd", "yyyy-M-d", "yyyy/M/d"];

    private static readonly string[] DateTimes =
    [
        "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss",
        "yyyy-MM-ddTHH:mm:ss.FFFFFFF", "yyyy/MM/dd HH:mm", "yyyy/MM/dd HH:mm:ss", "yyyyMMdd HH:mm", "yyyyMMdd HH:mm:ss",
    ];

    private static readonly string[] Zoned = [.. DateTimes.Select(f => f + "K"), .. DateTimes.Select(f => f + " K"),
        .. DateTimes.Select(f => f + "zzz")];

    /// <summary>Whether a text is a date, or a time that is midnight by its own clock: UTC without a zone.</summary>
    public static bool IsMidnight(ReadOnlySpan<char> text) => TryRead(text, out var ticks, out var zoned)
        && (zoned != true ? ticks % TimeSpan.TicksPerDay == 0
            : DateTimeOffset.ParseExact(text, Zoned, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).TimeOfDay
                == TimeSpan.Zero);

    /// <param name="ticks">UTC ticks. A time without a zone is UTC.</param>
    /// <param name="zoned">Whether the text names its zone; null for dates and Unix times, which need none.</param>
    public static bool TryRead(ReadOnlySpan<char> text, out long ticks, out bool? zoned)
    {
        var invariant = CultureInfo.InvariantCulture;
        zoned = null;
        if (DateTime.TryParseExact(text, Dates, invariant, DateTimeStyles.None, out var date))
        {
            ticks = date.Ticks;
            return true;
        }
        if (text.Length is 10 or 13 && long.TryParse(text, NumberStyles.None, invariant, out var unix))
        {
            ticks = DateTime.UnixEpoch.Ticks + unix * (text.Length == 10 ? TimeSpan.TicksPerSecond : TimeSpan.TicksPerMillisecond);
            return true;
        }
        if (DateTime.TryParseExact(text, DateTimes, invariant, DateTimeStyles.None, out date))
        {
            ticks = date.Ticks;
            zoned = false;
            return true;
        }
        if (DateTimeOffset.TryParseExact(text, Zoned, invariant, DateTimeStyles.AssumeUniversal, out var moment))
        {
            ticks = moment.UtcTicks;
            zoned = true;
            return true;
        }
        ticks = 0;
        return false;
    }
}
