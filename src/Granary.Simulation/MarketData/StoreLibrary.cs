using Granary.Contracts.MarketData;
using Granary.Data.FolderStore;
using Granary.Data.Stores;
using Granary.Storage.Files;

namespace Granary.Simulation.MarketData;

/// <summary>Lists the bar stores in a data folder.</summary>
/// <param name="folder">Full path of the folder.</param>
/// <param name="files">The files that may be opened.</param>
internal sealed class StoreLibrary(string folder, PermittedFiles files)
{
    // Pattern STORE/SYMBOL/TIMEFRAME.bars; the store is at most four folders below the data folder.
    private static readonly EnumerationOptions _search = new()
    {
        RecurseSubdirectories = true,
        MaxRecursionDepth = 5,
        IgnoreInaccessible = true,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint,
    };

    /// <summary>Returns the stores in the order of their folders. Hidden folders and links are not searched.</summary>
    public IReadOnlyList<StoreEntry> List() =>
    [
        .. Directory.EnumerateFiles(folder, "*.bars", _search).Select(f => Path.GetDirectoryName(Path.GetDirectoryName(f))!)
            .Where(s => s.StartsWith(folder, StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(s => new StoreEntry(Path.GetRelativePath(folder, s).Replace(Path.DirectorySeparatorChar, '/'),
                [.. new BarStore(s, files).List().Select(EntryOf)])),
    ];

    private static StoredMarketEntry EntryOf(StoredMarket m) => new(m.Symbol, m.Timeframe.ToString(), m.Count,
        new DateTime(m.First, DateTimeKind.Utc), new DateTime(m.Last, DateTimeKind.Utc), m.Bytes, m.Fault);
}
