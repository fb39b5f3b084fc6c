using Granary.Data.FolderStore;
using Granary.Data.Stores;

namespace Granary.Application.MarketData;

/// <summary>One market of a store.</summary>
/// <param name="First">The first bar's open, UTC.</param>
/// <param name="Last">The last bar's open, UTC.</param>
/// <param name="Bytes">On disk; null = unknown.</param>
/// <param name="Fault">Why it cannot be read; null for a good one.</param>
public sealed record StoredMarketEntry(string Symbol, string Timeframe, long Bars, DateTime First, DateTime Last, long? Bytes,
    string? Fault)
{
    internal static StoredMarketEntry Of(StoredMarket m) => new(m.Symbol, m.Timeframe.ToString(), m.Count,
        new DateTime(m.First, DateTimeKind.Utc), new DateTime(m.Last, DateTimeKind.Utc), m.Bytes, m.Fault);
}

/// <summary>A store of bars in the data folder.</summary>
/// <param name="Store">Its folder, relative to the data folder, with '/'; <c>.</c> for the data folder itself.</param>
/// <param name="Markets">By symbol and timeframe.</param>
public sealed record StoreEntry(string Store, IReadOnlyList<StoredMarketEntry> Markets);

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
                [.. new BarStore(s).List().Select(StoredMarketEntry.Of)])),
    ];
}
