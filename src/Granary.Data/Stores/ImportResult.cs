using Granary.Engine.Market;

namespace Granary.Data.Stores;

/// <summary>What importing one file did.</summary>
/// <param name="Read">Bars in the file.</param>
/// <param name="Added">Bars that the store did not have.</param>
/// <param name="Replaced">Bars that the store had with other values.</param>
/// <param name="Unchanged">Bars that the store had just so.</param>
/// <param name="Total">Bars in the store now.</param>
/// <param name="Differences">The first of them.</param>
/// <param name="Notes">One sentence each.</param>
public sealed record ImportResult(
    string File, string Format, string Symbol, Timeframe Timeframe, long Read, long Added, long Replaced, long Unchanged, long SkippedRows,
    long Total, long First, long Last, string ContentHash, IReadOnlyList<BarDifference> Differences, IReadOnlyList<string> Notes)
{
    /// <summary>Whether the store was written.</summary>
    public bool Changed => Added + Replaced > 0;
}
