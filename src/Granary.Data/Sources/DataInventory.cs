using Granary.Data.BarFiles;
using Granary.Data.FolderStore;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Sources;

/// <summary>The use case behind <c>data list</c>: what a folder of files or a store holds, without reading the bars.</summary>
public static class DataInventory
{
    /// <param name="source">csv:DIR, store:DIR, or a folder, which is a store if it has bar files in it.</param>
    /// <param name="sources">The bar sources that the process knows.</param>
    /// <exception cref="BarDataException">The folder does not exist, or is no such source.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static IReadOnlyList<InventoryEntry> List(string source, BarSourceCatalogue sources, BarFileOptions? options = null)
    {
        var address = Address.Parse(source);
        if (address.Scheme == Address.Store) return Stored(address.Rest);
        if (address.Scheme == Address.Csv) return Files(address.Rest, options ?? new BarFileOptions());
        if (!Directory.Exists(source)) _ = sources.Open(source);
        var stored = Stored(source);
        return stored.Count > 0 ? stored : Files(source, options ?? new BarFileOptions());
    }

    private static List<InventoryEntry> Stored(string folder) =>
        [.. new BarStore(folder).List().Select(m => m.Fault is null
            ? new InventoryEntry(m.Symbol, m.Timeframe, "bars", m.Count, m.First, m.Last, m.Bytes ?? 0, m.HasAdjustedClose, null)
            : new InventoryEntry(m.Symbol, m.Timeframe, "bars", null, null, null, m.Bytes ?? 0, false, m.Fault))];

    private static List<InventoryEntry> Files(string folder, BarFileOptions options)
    {
        var entries = new List<InventoryEntry>();
        // Folders named as timeframes first, then what lies in the folder itself.
        var found = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var source = new CsvBarSource(folder, options);
        foreach (var timeframe in Timeframe.All)
            foreach (var (symbol, paths) in source.Markets(timeframe))
                found.TryAdd(paths[0], [symbol, .. paths]);
        foreach (var (path, market) in found)
        {
            var bytes = market.Skip(1).Sum(p => new FileInfo(p).Length);
            try
            {
                var inspection = BarFile.Inspect(path, options);
                entries.Add(new InventoryEntry(market[0], inspection.Timeframe, inspection.Format, null, null, null, bytes,
                    inspection.HasAdjustedClose, null));
            }
            catch (BarDataException e)
            {
                entries.Add(new InventoryEntry(market[0], null, "", null, null, null, bytes, false, e.Message));
            }
        }
        return [.. entries.OrderBy(e => e.Symbol, StringComparer.Ordinal).ThenBy(e => e.Timeframe?.Ticks ?? 0)];
    }
}
