using Granary.Contracts.MarketData;
using Granary.Data.FolderStore;
using Granary.Data.Stores;

namespace Granary.Simulation.MarketData;

/// <summary>The stores of bars that are in a data folder.</summary>
/// <param name="folder">Full path.</param>
public sealed class StoreLibrary(string folder)
{
    // STORE/SYMBOL/TIMEFRAME.bars, with the store at most four folders down.
    private static readonly EnumerationOptions _search = new()
    {
        RecurseSubdirectories = true,
        MaxRecursionDepth = 5,
        IgnoreInaccessible = true,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint,
    };

    /// <summary>In the order of their folders; hidden folders and links are not searched.</summary>
    public IReadOnlyList<StoreEntry> List() =>
    [
        .. Directory.EnumerateFiles(folder, "*.bars", _search).Select(f => Path.GetDirectoryName(Path.GetDirectoryName(f))!)
            .Where(s => s.StartsWith(folder, StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(s => new StoreEntry(Path.GetRelativePath(folder, s).Replace(Path.DirectorySeparatorChar, '/'),
                [.. new BarStore(s).List().Select(EntryOf)])),
    ];

    private static StoredMarketEntry EntryOf(StoredMarket m) => new(m.Symbol, m.Timeframe.ToString(), m.Count,
        new DateTime(m.First, DateTimeKind.Utc), new DateTime(m.Last, DateTimeKind.Utc), m.Bytes, m.Fault);
}
