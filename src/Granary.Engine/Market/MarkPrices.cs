namespace Granary.Engine.Market;

/// <summary>Mark prices of a future over time, by which an exchange values and liquidates positions.</summary>
/// <param name="times">UTC ticks, strictly increasing; each price is known from its time on.</param>
/// <param name="prices">Quote currency, positive.</param>
public sealed class MarkPrices(long[] times, double[] prices)
{
    public static MarkPrices None { get; } = new([], []);

    public int Count => times.Length;

    public ReadOnlySpan<long> Times => times;

    public ReadOnlySpan<double> Prices => prices;

    /// <summary>The last price known at a time; NaN if there is none.</summary>
    /// <param name="time">UTC ticks.</param>
    public double At(long time)
    {
        var at = Array.BinarySearch(times, time);
        if (at < 0) at = ~at - 1;
        return at < 0 ? double.NaN : prices[at];
    }
}
