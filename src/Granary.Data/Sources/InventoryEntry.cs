using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Sources;

/// <summary>One market that a source has.</summary>
/// <param name="Timeframe">Null where the first rows of a file do not tell.</param>
/// <param name="Count">Bars; null for text files, which would have to be read to the end.</param>
/// <param name="First">The first bar's open, UTC ticks; null as above.</param>
/// <param name="Last">The last bar's open, UTC ticks; null as above.</param>
/// <param name="Bytes">On disk.</param>
/// <param name="Fault">Why it cannot be read, in one sentence; null for a good one.</param>
public sealed record InventoryEntry(string Symbol, Timeframe? Timeframe, string Format, long? Count, long? First, long? Last, long Bytes,
    bool HasAdjustedClose, string? Fault);
