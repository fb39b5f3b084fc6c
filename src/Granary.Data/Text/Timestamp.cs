namespace Granary.Data.Text;

/// <summary>What a written time says of its zone.</summary>
internal enum ZoneStyle
{
    None,
    Zulu,
    Offset,
}

/// <summary>How a file writes its dates.</summary>
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

    /// <summary>Days of Excel's calendar from 1900 on, the time of day as their fraction.</summary>
    SerialDays,

    /// <summary>Milliseconds since a midnight that the file's name gives.</summary>
    MillisecondsOfDay,
}

/// <summary>A time as it is written: a wall clock, and perhaps its distance from UTC.</summary>
/// <param name="Day">Days since 0001-01-01 on the wall's calendar.</param>
/// <param name="TimeOfDay">Ticks since the wall's midnight.</param>
/// <param name="HasTime">Whether a time of day is written at all.</param>
/// <param name="OffsetMinutes">East of UTC.</param>
internal readonly record struct Timestamp(int Day, long TimeOfDay, bool HasTime, ZoneStyle Zone, int OffsetMinutes)
{
    public long LocalTicks => Day * TimeSpan.TicksPerDay + TimeOfDay;
}
