using Granary.Data.Files;
using Granary.Data.Stores;
using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Data.FolderStore;

/// <summary>A folder of bar files: SYMBOL/timeframe.bars.</summary>
/// <param name="files">The files that may be opened; null = all. A link in the folder may lead out of the permitted ones.</param>
internal sealed class BarStore(string directory, PermittedFiles? files = null)
{
    private const string Extension = ".bars";

    private readonly PermittedFiles _files = files ?? PermittedFiles.All;

    public string Directory { get; } = directory;

    internal string PathOf(string symbol, Timeframe timeframe) =>
        Path.Combine(Directory, SymbolFileName.Of(symbol), timeframe + Extension);

    /// <summary>Lists the stored markets by symbol and timeframe. Reads only headers.</summary>
    /// <exception cref="BarDataException">The folder does not exist.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public IReadOnlyList<StoredMarket> List()
    {
        var markets = new List<StoredMarket>();
        foreach (var (symbol, timeframe, path) in Files())
        {
            var length = 0L;
            try
            {
                using var file = BarStoreFile.Open(path, _files);
                var h = file.Header;
                length = file.Length;
                markets.Add(new StoredMarket(symbol, timeframe, h.Count, h.FirstTime, h.LastTime, h.HasAdjusted, h.RawHash, length, null));
            }
            catch (BarDataException e)
            {
                markets.Add(new StoredMarket(symbol, timeframe, 0, 0, 0, false, "", length, e.Message));
            }
        }
        return markets;
    }

    internal IEnumerable<(string Symbol, Timeframe Timeframe, string Path)> Files()
    {
        try
        {
            if (!System.IO.Directory.Exists(Directory))
                throw BarDataException.At(Directory, null, null, "the store does not exist", "make it with data import, or check the path");
            var found = new List<(string, Timeframe, string)>();
            foreach (var folder in _files.FoldersIn(Directory))
            {
                if (SymbolFileName.Symbol(Path.GetFileName(folder)) is not { } symbol) continue;
                foreach (var path in _files.Holds(folder) ? _files.FilesIn(folder, "*" + Extension) : [])
                    if (Timeframe.TryParse(Path.GetFileNameWithoutExtension(path), out var timeframe) && _files.Holds(path))
                        found.Add((symbol, timeframe.Value, path));
            }
            found.Sort((a, b) => string.CompareOrdinal(a.Item1, b.Item1) is var c && c != 0 ? c : a.Item2.Ticks.CompareTo(b.Item2.Ticks));
            return found;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFaults.Reading(Directory, e);
        }
    }
}
