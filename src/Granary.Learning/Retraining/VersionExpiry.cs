namespace Granary.Learning.Retraining;

/// <summary>The age at which a model version stops admitting entries; the first limit that is reached applies.</summary>
/// <param name="Bars">Bars of the strategy's feed since the version was trained; null = no limit.</param>
/// <param name="Trades">Closed trades of the strategy's own account since then; null = no limit.</param>
/// <param name="Days">Days since then; null = no limit.</param>
internal sealed record VersionExpiry(int? Bars = null, int? Trades = null, int? Days = null)
{
    /// <summary>Returns the time at which a version expires.</summary>
    /// <param name="trainedAt">The end of its training data, UTC ticks.</param>
    /// <param name="bars">When the feed's bars were known, UTC ticks, ascending.</param>
    /// <param name="closings">When closed trades were known, UTC ticks, ascending.</param>
    /// <returns>UTC ticks; the maximum if it does not expire within the bars.</returns>
    public long TimeOf(long trainedAt, IReadOnlyList<long> bars, IReadOnlyList<long> closings)
    {
        var time = long.MaxValue;
        if (Bars is { } b) time = Math.Min(time, NthAfter(bars, trainedAt, b));
        if (Trades is { } t) time = Math.Min(time, NthAfter(closings, trainedAt, t));
        if (Days is { } d) time = Math.Min(time, trainedAt + d * TimeSpan.TicksPerDay);
        return time;
    }

    /// <summary>The time of the nth event after a given time; the maximum if there are fewer.</summary>
    internal static long NthAfter(IReadOnlyList<long> times, long time, int n)
    {
        var (low, high) = (0, times.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (times[middle] <= time) low = middle + 1;
            else high = middle;
        }
        return low + n <= times.Count ? times[low + n - 1] : long.MaxValue;
    }
}
