using Granary.Engine.Market;

namespace Granary.Engine.Backtesting;

/// <summary>Finds the bars of a feed's blocks at which the symbol's listing changes. Blocks come in order.</summary>
internal sealed class ListingSteps(ListingChanges changes)
{
    // The first change that is not before the last bar, and the first that has had its bar.
    private int _next, _due;

    /// <returns>In their order; null if there are none.</returns>
    public IReadOnlyList<ListingStep>? In(BarBlock block)
    {
        if (_next >= changes.Count || changes[_next].Time > block.TimeColumn[block.Count - 1]) return null;
        List<ListingStep> steps = [];
        for (var i = 0; i < block.Count; i++)
        {
            var (time, restarts) = (block.TimeColumn[i], false);
            for (; _next < changes.Count && changes[_next].Time < time; _next++) restarts |= changes[_next].Kind == ListingChangeKind.End;
            if (restarts) steps.Add(new ListingStep(i, Restarts: true));
            var before = _due;
            while (_due < changes.Count && changes[_due].Time <= time) _due++;
            // The end of a listing may become known with the first bar of the next one.
            if (_due > before) steps.Add(new ListingStep(i, Restarts: false));
        }
        return steps.Count == 0 ? null : steps;
    }
}
