namespace Granary.Data.Text;

/// <summary>Time zone part of a written time.</summary>
internal enum ZoneStyle
{
    None,
    Zulu,
    Offset,
}

/// <summary>Date format of a file.</summary>
public enum DateStyle
{
    YearFirst,
    Compact,
    MonthFirst,
    DayFirst,
    MonthName,
    EpochSeconds,
    EpochMilliseconds,
    EpochMicroseconds,
    EpochNanoseconds,

    /// <summary>Excel's day numbers from 1900 on, with the time of day as fraction.</summary>
    SerialDays,

    /// <summary>Milliseconds since the midnight of the date in the file's name.</summary>
    MillisecondsOfDay,
}

/// <summary>A time as written: a local time with an optional UTC offset.</summary>
/// <param name="Day">The local date, as days since 0001-01-01.</param>
/// <param name="TimeOfDay">Ticks since local midnight.</param>
/// <param name="HasTime">Whether the text contains a time of day.</param>
/// <param name="OffsetMinutes">The UTC offset in minutes, positive east of UTC.</param>
internal readonly record struct Timestamp(int Day, long TimeOfDay, bool HasTime, ZoneStyle Zone, int OffsetMinutes)
{
    public long LocalTicks => Day * TimeSpan.TicksPerDay + TimeOfDay;
}
