namespace Granary.Engine.Market;

/// <summary>
/// The value of one unit of a currency in another one over time. A rate counts from the time at which it is known until the next one.
/// </summary>
/// <param name="times">When the rates are known, UTC ticks, strictly increasing.</param>
/// <param name="rates">Positive.</param>
/// <param name="since">
/// When each rate was quoted, UTC ticks. It is earlier than its time where the rate was computed from two, of which one is older.
/// </param>
/// <param name="maxAge">Time after which a rate is too old to be used, ticks.</param>
/// <param name="hash">Hash of the content, in hexadecimal digits.</param>
public sealed class RateSeries(long[] times, double[] rates, long[] since, long maxAge, string hash)
{
    /// <summary>The rates of the account's own currency: 1 at all times.</summary>
    public static RateSeries None { get; } = new([], [], [], long.MaxValue, "");

    public int Count => times.Length;

    /// <summary>Whether the currency is another one than the account's.</summary>
    public bool IsForeign => times.Length > 0;

    /// <summary>Hash of the content, in hexadecimal digits.</summary>
    public string Hash => hash;

    /// <summary>UTC ticks.</summary>
    public ReadOnlySpan<long> Times => times;

    public ReadOnlySpan<double> Rates => rates;

    /// <summary>
    /// The last rate that is known at a time. Before the first one it is the first; <see cref="FaultAt"/> finds such times.
    /// </summary>
    /// <param name="time">UTC ticks.</param>
    public double At(long time)
    {
        if (times.Length == 0) return 1;
        var at = times.AsSpan().BinarySearch(time);
        return rates[Math.Max(0, at < 0 ? ~at - 1 : at)];
    }

    /// <inheritdoc cref="At(long)"/>
    /// <param name="cursor">The place of the last answer, from which the search goes on.</param>
    public double At(long time, ref int cursor)
    {
        while (cursor + 1 < times.Length && times[cursor + 1] <= time) cursor++;
        while (cursor > 0 && times[cursor] > time) cursor--;
        return rates[cursor];
    }

    /// <summary>The least and the greatest rate that count in a span of time.</summary>
    /// <param name="from">UTC ticks.</param>
    /// <param name="to">UTC ticks, inclusive.</param>
    public (double Least, double Greatest) Between(long from, long to)
    {
        var (least, greatest) = (At(from), At(from));
        var at = times.AsSpan().BinarySearch(from);
        for (var i = at < 0 ? ~at : at; i < times.Length && times[i] <= to; i++)
            (least, greatest) = (Math.Min(least, rates[i]), Math.Max(greatest, rates[i]));
        return (least, greatest);
    }

    /// <summary>The time up to which the rate at a place counts, exclusive; UTC ticks.</summary>
    public long EndOf(int cursor) => cursor + 1 < times.Length ? times[cursor + 1] : long.MaxValue;

    /// <summary>Says why no rate can be used at a time; null if one can.</summary>
    /// <param name="time">UTC ticks.</param>
    /// <returns>The time of the first rate if it comes later, or of the last one if it is too old.</returns>
    public (long Time, bool IsFirst)? FaultAt(long time)
    {
        if (times.Length == 0) return null;
        var at = times.AsSpan().BinarySearch(time);
        if (at < 0) at = ~at - 1;
        return at < 0 ? (times[0], true) : time - since[at] > maxAge ? (since[at], false) : null;
    }

    /// <summary>The value of the other currency in this one.</summary>
    public RateSeries Inverse() => new(times, [.. rates.Select(r => 1 / r)], since, maxAge, hash + "-");

    /// <summary>The rates for a unit that is a part of this one, such as a penny of a pound.</summary>
    public RateSeries Of(double part) => new(times, [.. rates.Select(r => r * part)], since, maxAge, hash);

    /// <summary>
    /// The value in a third currency: this series leads to a currency whose rates in the third are known. It begins when both are known.
    /// </summary>
    public RateSeries Over(RateSeries next)
    {
        List<long> known = [], quoted = [];
        List<double> values = [];
        var (a, b) = (-1, -1);
        while (true)
        {
            var time = Math.Min(a + 1 < times.Length ? times[a + 1] : long.MaxValue,
                b + 1 < next.Count ? next.Times[b + 1] : long.MaxValue);
            if (time == long.MaxValue) break;
            if (a + 1 < times.Length && times[a + 1] == time) a++;
            if (b + 1 < next.Count && next.Times[b + 1] == time) b++;
            if (a < 0 || b < 0) continue;
            known.Add(time);
            values.Add(rates[a] * next.Rates[b]);
            quoted.Add(Math.Min(since[a], next.Since(b)));
        }
        return new RateSeries([.. known], [.. values], [.. quoted], maxAge, $"{hash}*{next.Hash}");
    }

    private long Since(int index) => since[index];
}
