using Granary.Engine.Market;

namespace Granary.Data.Import;

/// <summary>What <c>data import</c> is asked for.</summary>
/// <param name="Files">Taken one after the other into the same market; later ones win where they overlap.</param>
/// <param name="Store">A folder, postgres://… or questdb://….</param>
/// <param name="Options">How the files are to be read. Adjusted closes are stored beside the raw prices, so <see cref="BarFileOptions.Adjust"/> does not matter here.</param>
public sealed record ImportRequest(IReadOnlyList<string> Files, string Store, string Symbol, Timeframe Timeframe, BarFileOptions Options);

/// <summary>A field of a stored bar that the file has otherwise. The file's value is kept.</summary>
/// <param name="Time">The bar's open, UTC ticks.</param>
public sealed record BarDifference(long Time, string Field, double Was, double Is);

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
