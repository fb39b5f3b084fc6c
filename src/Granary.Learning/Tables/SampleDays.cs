namespace Granary.Learning.Tables;

/// <summary>The time of a sample as a model of time reads it.</summary>
public static class SampleDays
{
    /// <summary>Whether a table has no times, so that a sample's time is its row.</summary>
    /// <param name="time">Of a sample: UTC ticks, or its row. A table has fewer rows than a year has ticks.</param>
    public static bool IsRow(long time) => time < 365 * TimeSpan.TicksPerDay;

    /// <param name="time">UTC ticks, or the sample's row.</param>
    /// <returns>Days since 1970-01-01 UTC, or the row.</returns>
    public static double Of(long time) => IsRow(time) ? time : (time - DateTime.UnixEpoch.Ticks) / (double)TimeSpan.TicksPerDay;
}
