namespace Granary.Engine.Market.Feeds;

/// <summary>What becomes of a bar that comes after its time slice has been returned.</summary>
public enum LateBarPolicy
{
    /// <summary>It is left out and counted, and a note says so: what has been decided on is never changed afterwards.</summary>
    LeaveOut,

    /// <summary>The feed stops with a sentence.</summary>
    Stop,
}

/// <summary>How a bar that came stands to those before it.</summary>
public enum Arrival
{
    /// <summary>The next one.</summary>
    Next,

    /// <summary>The same bar once more; always left out, since venues repeat after a reconnection.</summary>
    Duplicate,

    /// <summary>The last bar's time with other values: the venue corrects itself after the close.</summary>
    Correction,

    /// <summary>An earlier time.</summary>
    Late,
}

/// <summary>
/// Keeps the bars of each market of a feed in order: lets the next one through, and counts what is repeated, corrected or late.
/// </summary>
public sealed class LateBars(IReadOnlyList<MarketSeries> series, LateBarPolicy policy)
{
    private readonly Bar?[] _last = new Bar?[series.Count];
    private readonly long[] _reached = [.. series.Select(_ => long.MinValue)];
    private readonly long[] _duplicates = new long[series.Count], _corrections = new long[series.Count], _late = new long[series.Count];

    /// <summary>Bars left out that said nothing new.</summary>
    public long Duplicates => _duplicates.Sum();

    /// <summary>Bars left out that gave a closed bar other values.</summary>
    public long Corrections => _corrections.Sum();

    /// <summary>Bars left out whose time had passed.</summary>
    public long Late => _late.Sum();

    /// <summary>Judges a bar; whatever is not <see cref="Arrival.Next"/> must be left out.</summary>
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
    /// Lets a whole block through where each of its bars is the next one; else nothing has happened, and its bars are to be judged one by
    /// one.
    /// </summary>
    public bool TryPass(int market, BarBlock block)
    {
        if (_last[market] is { } last && block.TimeColumn[0] <= last.Time || block.TimeColumn[0] <= _reached[market]) return false;
        _last[market] = block[block.Count - 1];
        return true;
    }

    /// <summary>The last bar of a market that was let through; null before the first.</summary>
    public Bar? Last(int market) => _last[market];

    /// <summary>Nothing that opens at or before this time is let through any more, since that time has been given out.</summary>
    public void Reach(int market, long openTime) => _reached[market] = Math.Max(_reached[market], openTime);

    /// <summary>Bars that were let through were not given out after all: what opens later than this is new when it comes again.</summary>
    public void Rewind(int market, long openTime)
    {
        if (_last[market] is { } last && last.Time <= openTime) return;
        _last[market] = null;
        Reach(market, openTime);
    }

    /// <summary>One sentence for each market and kind of what was left out.</summary>
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
