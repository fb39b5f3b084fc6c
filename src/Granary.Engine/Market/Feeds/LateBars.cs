namespace Granary.Engine.Market.Feeds;

/// <summary>Treatment of a bar that comes after its time slice has been returned.</summary>
public enum LateBarPolicy
{
    /// <summary>The bar is left out and counted, with a note: data that decisions were based on never change afterwards.</summary>
    LeaveOut,

    /// <summary>The feed stops with an error.</summary>
    Stop,
}

/// <summary>Relation of a new bar to the bars that came before it.</summary>
public enum Arrival
{
    /// <summary>The next bar in order.</summary>
    Next,

    /// <summary>A repetition of the last bar; always left out, since venues repeat bars after a reconnection.</summary>
    Duplicate,

    /// <summary>The last bar's time with other values: the venue corrected the bar after its close.</summary>
    Correction,

    /// <summary>A bar of an earlier time.</summary>
    Late,
}

/// <summary>
/// Keeps the bars of each market of a feed in order: it accepts the next bar, and counts duplicates, corrections and late bars.
/// </summary>
public sealed class LateBars(IReadOnlyList<MarketSeries> series, LateBarPolicy policy)
{
    private readonly Bar?[] _last = new Bar?[series.Count];
    private readonly long[] _reached = [.. series.Select(_ => long.MinValue)];
    private readonly long[] _duplicates = new long[series.Count], _corrections = new long[series.Count], _late = new long[series.Count];

    /// <summary>Bars left out because they repeat the last one.</summary>
    public long Duplicates => _duplicates.Sum();

    /// <summary>Bars left out because they change a closed bar.</summary>
    public long Corrections => _corrections.Sum();

    /// <summary>Bars left out because their time had passed.</summary>
    public long Late => _late.Sum();

    /// <summary>Classifies a bar; the caller must leave out every bar that is not <see cref="Arrival.Next"/>.</summary>
    /// <exception cref="BarDataException">The bar is a correction or late, and the policy is <see cref="LateBarPolicy.Stop"/>.</exception>
    public Arrival Classify(int market, in Bar bar)
    {
        var last = _last[market];
        if ((last is not { } l || bar.Time > l.Time) && bar.Time > _reached[market])
        {
            _last[market] = bar;
            return Arrival.Next;
        }
        if (last == bar)
        {
            _duplicates[market]++;
            return Arrival.Duplicate;
        }
        var arrival = last is { } same && same.Time == bar.Time ? Arrival.Correction : Arrival.Late;
        if (arrival == Arrival.Correction) _corrections[market]++;
        else _late[market]++;
        if (policy == LateBarPolicy.Stop)
        {
            throw new BarDataException(arrival == Arrival.Correction
                ? $"{series[market]}: the bar of {bar.OpenTime:yyyy-MM-dd HH:mm} came a second time with other values; take the feed's "
                    + $"history again, or let late bars be left out"
                : $"{series[market]}: the bar of {bar.OpenTime:yyyy-MM-dd HH:mm} came after its time had passed; take the feed's history "
                    + $"again, or let late bars be left out");
        }
        return arrival;
    }

    /// <summary>
    /// Accepts a whole block if each of its bars is the next one. Otherwise it changes nothing, and the caller must classify the bars one
    /// by one.
    /// </summary>
    public bool TryPass(int market, BarBlock block)
    {
        if (_last[market] is { } last && block.TimeColumn[0] <= last.Time || block.TimeColumn[0] <= _reached[market]) return false;
        _last[market] = block[block.Count - 1];
        return true;
    }

    /// <summary>The last accepted bar of a market; null before the first.</summary>
    public Bar? Last(int market) => _last[market];

    /// <summary>Rejects bars that open at or before this time from now on, since the feed has already returned that time.</summary>
    public void Reach(int market, long openTime) => _reached[market] = Math.Max(_reached[market], openTime);

    /// <summary>
    /// Takes back accepted bars that were not returned: bars that open later than this time are accepted when they come again.
    /// </summary>
    public void Rewind(int market, long openTime)
    {
        if (_last[market] is { } last && last.Time <= openTime) return;
        _last[market] = null;
        // Also if the feed has returned later times of other markets.
        _reached[market] = openTime;
    }

    /// <summary>One sentence for each market and kind of bars left out.</summary>
    public IReadOnlyList<string> Notes
    {
        get
        {
            var notes = new List<string>();
            for (var s = 0; s < series.Count; s++)
            {
                if (_duplicates[s] > 0) notes.Add($"{series[s]}: {_duplicates[s]} bars came twice, and were taken once");
                if (_corrections[s] > 0) notes.Add($"{series[s]}: {_corrections[s]} bars came again with other values after they were "
                    + $"closed, and were left out");
                if (_late[s] > 0) notes.Add($"{series[s]}: {_late[s]} bars came after their time had passed, and were left out");
            }
            return notes;
        }
    }
}
