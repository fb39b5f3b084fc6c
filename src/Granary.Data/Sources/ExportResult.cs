using Granary.Engine.Market;

namespace Granary.Data.Sources;

/// <summary>Result of <c>data export</c>.</summary>
/// <param name="BuiltFrom">The stored bars that these were built from; the same timeframe where they were stored as they are.</param>
/// <param name="Notes">What was decided about the bars; one sentence each.</param>
internal sealed record ExportResult(string Path, string Symbol, Timeframe Timeframe, Timeframe BuiltFrom, long Bars, string ContentHash,
    IReadOnlyList<string> Notes);
