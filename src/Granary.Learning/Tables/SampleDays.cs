namespace Granary.Learning.Tables;

/// <summary>Converts the time of a sample for models of time.</summary>
internal static class SampleDays
{
    /// <summary>Whether a value is a row index instead of a time, in tables without times.</summary>
    /// <param name="time">A sample's UTC ticks or row index. A table has fewer rows than a year has ticks.</param>
    public static bool IsRow(long time) => time < 365 * TimeSpan.TicksPerDay;

    /// <param name="time">UTC ticks, or the sample's row index.</param>
    /// <returns>Days since 1970-01-01 UTC, or the row.</returns>
    public static double Of(long time) => IsRow(time) ? time : (time - DateTime.UnixEpoch.Ticks) / (double)TimeSpan.TicksPerDay;
}
