using Granary.Engine.Market;

namespace Granary.Data.Stores;

/// <summary>One market in a store.</summary>
/// <param name="First">The first bar's open, UTC ticks.</param>
/// <param name="Last">The last bar's open, UTC ticks.</param>
/// <param name="ContentHash">The <see cref="IBarSeries.ContentHash"/> of the raw bars; empty if the store does not keep it.</param>
/// <param name="Bytes">The size on disk; null = unknown.</param>
/// <param name="Fault">Why the market cannot be read, in one sentence; null if it can.</param>
public sealed record StoredMarket(string Symbol, Timeframe Timeframe, long Count, long First, long Last, bool HasAdjustedClose,
    string ContentHash, long? Bytes, string? Fault);
