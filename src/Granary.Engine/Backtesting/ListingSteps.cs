using Granary.Engine.Market;

namespace Granary.Engine.Backtesting;

/// <summary>Finds the bars of a feed's blocks at which the symbol's listing changes. Blocks come in order.</summary>
internal sealed class ListingSteps(MarketSeries series)
{
    private readonly ListingChanges _changes = series.Instrument.Changes;
    private ListingCursor _listing = new(series.Instrument, series.Timeframe);
    // The first change that has not had its bar.
    private int _due;
    private bool _began;

    /// <returns>In their order; null if there are none.</returns>
    public IReadOnlyList<ListingStep>? In(BarBlock block)
    {
        List<ListingStep>? steps = null;
        for (var i = 0; i < block.Count; i++)
        {
            var time = block.TimeColumn[i];
            if (_listing.IsNew(time)) (steps ??= []).Add(new ListingStep(i, Restarts: true));
            // A change before the first bar finds nothing to change.
            if (!_began)
                while (_due < _changes.Count && _changes[_due].Time < time) _due++;
            _began = true;
            var before = _due;
            while (_due < _changes.Count && _changes[_due].Time <= time) _due++;
            // The end of a listing may become known with the first bar of the next one.
            if (_due > before) (steps ??= []).Add(new ListingStep(i, Restarts: false));
        }
        return steps;
    }
}
