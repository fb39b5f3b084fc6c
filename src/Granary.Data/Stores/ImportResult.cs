using Granary.Engine.Market;

namespace Granary.Data.Stores;

/// <summary>Result of the import of one file.</summary>
/// <param name="Read">Bars in the file.</param>
/// <param name="Added">Bars that the store did not have.</param>
/// <param name="Replaced">Bars that the store had with other values.</param>
/// <param name="Unchanged">Bars that the store had with the same values.</param>
/// <param name="Total">Bars in the store now.</param>
/// <param name="Differences">The first differences between replaced and new values.</param>
/// <param name="Notes">Notes, one sentence each.</param>
public sealed record ImportResult(
    string File, string Format, string Symbol, Timeframe Timeframe, long Read, long Added, long Replaced, long Unchanged, long SkippedRows,
    long Total, long First, long Last, string ContentHash, IReadOnlyList<BarDifference> Differences, IReadOnlyList<string> Notes)
{
    /// <summary>Whether the import changed the store.</summary>
    public bool Changed => Added + Replaced > 0;
}
