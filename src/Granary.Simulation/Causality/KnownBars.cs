using Granary.Engine.Market;

namespace Granary.Simulation.Causality;

/// <summary>
/// Which bars of a feed are finished before a cut. A bar of the data's own timeframe is finished where it opens before the cut; a longer
/// one where the bar that
/// finishes it does.
/// </summary>
internal sealed class KnownBars
{
    private readonly Timeframe _base;
    // Of a longer timeframe; empty for the data's own.
    private readonly List<long> _opens = [], _finished = [];

    private KnownBars(Timeframe own) => _base = own;

    public static async Task<KnownBars> OfAsync(IBarSeries series, Timeframe timeframe, CancellationToken cancellationToken)
    {
        var known = new KnownBars(series.Timeframe);
        if (timeframe == series.Timeframe) return known;
        var aggregator = new BarAggregator(series.Timeframe, timeframe, series.Instrument.Calendar);
        await foreach (var block in series.ReadAsync(IBarSeries.DefaultBlockSize, cancellationToken))
            for (var i = 0; i < block.Count; i++)
            {
                aggregator.Add(block[i], out var before, out var completed);
                if (before is { } b) known.Add(b.Time, block.Time[i]);
                if (completed is { } c) known.Add(c.Time, block.Time[i]);
            }
        return known;
    }

    /// <summary>Events of bars that open before this are decided by bars before the cut alone.</summary>
    public long Before(long cut)
    {
        if (_opens.Count == 0) return cut;
        var at = _finished.BinarySearch(cut);
        if (at < 0) at = ~at;
        // Two bars may be finished by the same one: a gap and a bar of one piece.
        while (at > 0 && _finished[at - 1] >= cut) at--;
        return at == 0 ? long.MinValue : _opens[at - 1] + 1;
    }

    /// <summary>The first cut that leaves a bar known and changes everything after it; null where the bar is not one of the
    /// feed's.</summary>
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
