using Granary.Engine.Market;

namespace Granary.Engine.Backtesting;

/// <summary>Finds the bars of a feed's blocks at which the symbol's listing changes. Blocks come in order.</summary>
internal sealed class ListingSteps(ListingChanges changes)
{
    private int _next;
    // Whether the next bar is the first of a new listing.
    private bool _restarts;

    /// <returns>In their order; null if there are none.</returns>
    public IReadOnlyList<ListingStep>? In(BarBlock block)
    {
        if (!_restarts && (_next >= changes.Count || changes[_next].Time > block.TimeColumn[block.Count - 1])) return null;
        List<ListingStep> steps = [];
        for (var i = 0; i < block.Count; i++)
        {
            if (_restarts) steps.Add(new ListingStep(i, Restarts: true));
            _restarts = false;
            if (_next >= changes.Count || changes[_next].Time > block.TimeColumn[i]) continue;
            steps.Add(new ListingStep(i, Restarts: false));
            for (; _next < changes.Count && changes[_next].Time <= block.TimeColumn[i]; _next++)
                _restarts |= changes[_next].Kind == ListingChangeKind.End;
        }
        return steps.Count == 0 ? null : steps;
    }
}
