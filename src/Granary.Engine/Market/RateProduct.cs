namespace Granary.Engine.Market;

/// <summary>The value of a currency over one or more pairs, in the order of time. Rates may be added to the pairs meanwhile.</summary>
/// <param name="legs">The rates of the pairs, each of which may count the other way round.</param>
internal sealed class RateProduct(IReadOnlyList<(RateSeries Rates, bool IsInverse)> legs)
{
    // The place of each pair's last rate that was taken.
    private readonly int[] _at = [.. legs.Select(_ => -1)];

    /// <summary>Takes the next rate that all pairs give; null if none is known by a time.</summary>
    /// <param name="until">UTC ticks.</param>
    /// <returns>The rate, when it is known, and when the oldest of its parts was quoted; UTC ticks.</returns>
    public (double Rate, long Time, long Since)? Next(long until)
    {
        while (true)
        {
            var time = long.MaxValue;
            for (var i = 0; i < legs.Count; i++) time = Math.Min(time, NextOf(i));
            if (time > until || time == long.MaxValue) return null;
            for (var i = 0; i < legs.Count; i++)
                if (NextOf(i) == time) _at[i]++;
            if (Array.IndexOf(_at, -1) >= 0) continue;
            var (rate, since) = (ValueOf(0), legs[0].Rates.Since(_at[0]));
            for (var i = 1; i < legs.Count; i++) (rate, since) = (rate * ValueOf(i), Math.Min(since, legs[i].Rates.Since(_at[i])));
            return (rate, time, since);
        }
    }

    private long NextOf(int leg) => _at[leg] + 1 < legs[leg].Rates.Count ? legs[leg].Rates.Times[_at[leg] + 1] : long.MaxValue;

    private double ValueOf(int leg) => legs[leg] is var (rates, isInverse) && isInverse ? 1 / rates.Rates[_at[leg]] : rates.Rates[_at[leg]];
}
