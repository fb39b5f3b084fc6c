using ParquetSharp;

namespace Granary.Parquet.Reading;

/// <summary>Converts the times of Parquet to ticks since 0001-01-01. Times outside of the years 1 to 9999 become the last tick.</summary>
internal static class ParquetTimes
{
    private const int UnixJulianDay = 2_440_588;

    private static readonly long Epoch = DateTime.UnixEpoch.Ticks;

    public static Func<long, long> Of(TimeUnit unit) => unit switch
    {
        TimeUnit.Millis => v => Scaled(v, TimeSpan.TicksPerMillisecond),
        TimeUnit.Micros => v => Scaled(v, TimeSpan.TicksPerMicrosecond),
        // Rounded down, also before 1970.
        _ => v => Epoch + (v >= 0 ? v / 100 : (v - 99) / 100),
    };

    public static long OfDay(int day) => Scaled(day, TimeSpan.TicksPerDay);

    /// <summary>Nanoseconds of the day and the Julian day, as Impala and Spark write times.</summary>
    public static long OfInt96(Int96 value)
    {
        var nanoseconds = (uint)value.A | (long)value.B << 32;
        var day = Scaled(value.C - UnixJulianDay, TimeSpan.TicksPerDay);
        return day == long.MaxValue || nanoseconds is < 0 or > 100 * TimeSpan.TicksPerDay ? long.MaxValue : day + nanoseconds / 100;
    }

    private static long Scaled(long value, long ticks) =>
        value < -Epoch / ticks || value > (DateTime.MaxValue.Ticks - Epoch) / ticks ? long.MaxValue : Epoch + value * ticks;
}
