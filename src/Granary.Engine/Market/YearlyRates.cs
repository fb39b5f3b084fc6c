namespace Granary.Engine.Market;

/// <summary>A rate per year over time, as a fraction. A rate counts from the time at which it is known until the next one.</summary>
/// <param name="times">When the rates are known, UTC ticks, strictly increasing.</param>
/// <param name="rates">As many; NaN where another rate takes the place.</param>
internal sealed class YearlyRates(long[] times, double[] rates)
{
    /// <summary>The same rate at all times.</summary>
    public static YearlyRates Of(double rate) => new([long.MinValue], [rate]);

    /// <summary>The time of the first rate, UTC ticks.</summary>
    public long First => times.Length == 0 ? long.MaxValue : times[0];

    /// <summary>The rate of a night: the last one that is known before its midnight. Before the first rate it is NaN.</summary>
    /// <param name="day">The day before the night, as days since 0001-01-01.</param>
    public double OfNight(long day) => At((day + 1) * TimeSpan.TicksPerDay - 1);

    /// <summary>The rate that is known at a time, UTC ticks. Before the first rate it is NaN.</summary>
    public double At(long time)
    {
        var at = times.AsSpan().BinarySearch(time);
        if (at < 0) at = ~at - 1;
        return at < 0 ? double.NaN : rates[at];
    }
}
