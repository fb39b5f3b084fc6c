using Granary.Engine.Market;

namespace Granary.Simulation.LookAhead;

/// <summary>
/// Determines the bars of a feed that are finished before a cut. A bar of the data's own timeframe is finished if it opens before the cut.
/// A longer bar is finished if the data bar that completes it opens before the cut.
/// </summary>
internal sealed class KnownBars
{
    private readonly Timeframe _base;
    // Bars of a longer timeframe; empty for the data's own timeframe.
    private readonly List<long> _opens = [], _finished = [];

    private KnownBars(Timeframe own) => _base = own;

    public static async Task<KnownBars> OfAsync(IBarSeries series, Timeframe timeframe, CancellationToken cancellationToken)
    {
        var known = new KnownBars(series.Timeframe);
        if (timeframe == series.Timeframe) return known;
        var aggregator = new BarAggregator(series.Timeframe, timeframe, series.Instrument.Calendar);
        var seen = new SessionInference(series.Timeframe);
        var latest = 0L;
        await foreach (var block in series.ReadAsync(IBarSeries.DefaultBlockSize, cancellationToken))
        {
            seen.Add(block.Time);
            latest = block.Time[^1];
            for (var i = 0; i < block.Count; i++)
            {
                aggregator.Add(block[i], out var before, out var completed);
                if (before is { } b) known.Add(b.Time, block.Time[i]);
                if (completed is { } c) known.Add(c.Time, block.Time[i]);
            }
        }
        if (aggregator.Finish(seen) is { } last) known.Add(last.Time, latest);
        return known;
    }

    /// <summary>
    /// Returns the open time before which a bar's events depend only on bars before the cut, UTC ticks.
    /// </summary>
    public long Before(long cut)
    {
        if (_opens.Count == 0) return cut;
        var at = _finished.BinarySearch(cut);
        if (at < 0) at = ~at;
        // One data bar may finish two bars: the one before a gap, and one that consists of this data bar only.
        while (at > 0 && _finished[at - 1] >= cut) at--;
        return at == 0 ? long.MinValue : _opens[at - 1] + 1;
    }

    /// <summary>
    /// Returns the first cut at which a bar is known and everything after it changes; null if the bar does not belong to the feed.
    /// </summary>
    public long? CutAfter(long open)
    {
        if (_opens.Count == 0) return open + _base.Ticks;
        var at = _opens.BinarySearch(open);
        return at < 0 ? null : _finished[at] + _base.Ticks;
    }

    private void Add(long open, long finished)
    {
        _opens.Add(open);
        _finished.Add(finished);
    }
}
