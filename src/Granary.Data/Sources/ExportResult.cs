using Granary.Engine.Market;

namespace Granary.Data.Sources;

/// <summary>What <c>data export</c> wrote.</summary>
public sealed record ExportResult(string Path, string Symbol, Timeframe Timeframe, long Bars, string ContentHash);
