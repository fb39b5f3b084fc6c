namespace Granary.Engine.Market;

/// <summary>
/// The value of one unit of a currency in another one over time. A rate counts from the time at which it is known until the next one.
/// </summary>
public sealed class RateSeries
{
    private readonly long _maxAge;
    private readonly string _hash;
    // A session adds rates; those that are there never change.
    private long[] _times, _since;
    private double[] _rates;

    /// <param name="times">When the rates are known, UTC ticks, strictly increasing.</param>
    /// <param name="rates">Positive.</param>
    /// <param name="since">
    /// When each rate was quoted, UTC ticks. It is earlier than its time where the rate was computed from two, of which one is older.
    /// </param>
    /// <param name="maxAge">Time after which a rate is too old to be used, ticks.</param>
    /// <param name="hash">Hash of the content, in hexadecimal digits.</param>
    public RateSeries(long[] times, double[] rates, long[] since, long maxAge, string hash) =>
        (_times, _rates, _since, _maxAge, _hash, Count, IsForeign) = (times, rates, since, maxAge, hash, times.Length, times.Length > 0);

    /// <summary>The rates of the account's own currency: 1 at all times.</summary>
    public static RateSeries None { get; } = new([], [], [], long.MaxValue, "");

    /// <summary>Creates the rates of another currency, which a session adds as they become known.</summary>
    /// <param name="maxAge">Time after which a rate is too old to be used, ticks.</param>
    internal static RateSeries Growing(long maxAge) => new([], [], [], maxAge, "session") { IsForeign = true };

    public int Count { get; private set; }

    /// <summary>Whether the currency is another one than the account's.</summary>
    public bool IsForeign { get; private init; }

    /// <summary>Hash of the content, in hexadecimal digits.</summary>
    public string Hash => _hash;

    /// <summary>UTC ticks.</summary>
    public ReadOnlySpan<long> Times => _times.AsSpan(0, Count);

    public ReadOnlySpan<double> Rates => _rates.AsSpan(0, Count);

    /// <summary>Adds a rate after the last one. Nothing has asked for a rate of its time or a later one yet.</summary>
    internal void Add(long time, double rate, long since)
    {
        if (Count == _times.Length)
        {
            var size = Math.Max(16, 2 * Count);
            Array.Resize(ref _times, size);
            Array.Resize(ref _rates, size);
            Array.Resize(ref _since, size);
        }
        (_times[Count], _rates[Count], _since[Count]) = (time, rate, since);
        Count++;
    }

    /// <summary>
    /// The last rate that is known at a time. Before the first one it is the first, and 1 while a session knows none;
    /// <see cref="FaultAt"/> finds such times.
    /// </summary>
    /// <param name="time">UTC ticks.</param>
    public double At(long time)
    {
        if (Count == 0) return 1;
        var at = Times.BinarySearch(time);
        return _rates[Math.Max(0, at < 0 ? ~at - 1 : at)];
    }

    /// <inheritdoc cref="At(long)"/>
    /// <param name="cursor">The place of the last answer, from which the search goes on.</param>
    public double At(long time, ref int cursor)
    {
        var (times, count) = (_times, Count);
        if (count == 0) return 1;
        while (cursor + 1 < count && times[cursor + 1] <= time) cursor++;
        while (cursor > 0 && times[cursor] > time) cursor--;
        return _rates[cursor];
    }

    /// <summary>The least and the greatest rate that count in a span of time.</summary>
    /// <param name="from">UTC ticks.</param>
    /// <param name="to">UTC ticks, inclusive.</param>
    public (double Least, double Greatest) Between(long from, long to)
    {
        var (least, greatest) = (At(from), At(from));
        var at = Times.BinarySearch(from);
        for (var i = at < 0 ? ~at : at; i < Count && _times[i] <= to; i++)
            (least, greatest) = (Math.Min(least, _rates[i]), Math.Max(greatest, _rates[i]));
        return (least, greatest);
    }

    /// <summary>The time up to which the rate at a place counts, exclusive; UTC ticks.</summary>
    public long EndOf(int cursor) => cursor + 1 < Count ? _times[cursor + 1] : long.MaxValue;

    /// <summary>Says why no rate can be used at a time; null if one can.</summary>
    /// <param name="time">UTC ticks.</param>
    /// <returns>
    /// The time of the first rate if it comes later (<see cref="long.MaxValue"/> if there is none yet), or of the last one if it is
    /// too old.
    /// </returns>
    public (long Time, bool IsFirst)? FaultAt(long time)
    {
        if (Count == 0) return IsForeign ? (long.MaxValue, true) : null;
        var at = Times.BinarySearch(time);
        if (at < 0) at = ~at - 1;
        return at < 0 ? (_times[0], true) : time - _since[at] > _maxAge ? (_since[at], false) : null;
    }

    /// <summary>The value of the other currency in this one.</summary>
    public RateSeries Inverse() => With(r => 1 / r, _hash + "-");

    /// <summary>The rates for a unit that is a part of this one, such as a penny of a pound.</summary>
    public RateSeries Of(double part) => With(r => r * part, _hash);

    // The rates so far.
    private RateSeries With(Func<double, double> rate, string hash) =>
        new(_times[..Count], [.. _rates[..Count].Select(rate)], _since[..Count], _maxAge, hash) { IsForeign = IsForeign };

    /// <summary>
    /// The value in a third currency: this series leads to a currency whose rates in the third are known. It begins when both are known.
    /// </summary>
    public RateSeries Over(RateSeries next)
    {
        List<long> known = [], quoted = [];
        List<double> values = [];
        var product = new RateProduct([(this, false), (next, false)]);
        while (product.Next(long.MaxValue) is var (rate, time, since))
        {
            known.Add(time);
            values.Add(rate);
            quoted.Add(since);
        }
        return new RateSeries([.. known], [.. values], [.. quoted], _maxAge, $"{_hash}*{next.Hash}");
    }

    /// <summary>When a rate was quoted, UTC ticks.</summary>
    internal long Since(int index) => _since[index];
}
