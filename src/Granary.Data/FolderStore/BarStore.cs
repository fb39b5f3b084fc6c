using Granary.Data.Files;
using Granary.Data.Stores;
using Granary.Engine.Market;

namespace Granary.Data.FolderStore;

/// <summary>A folder of bar files: SYMBOL/timeframe.bars.</summary>
/// <param name="admits">Whether a file may be opened; null = every file. A link in the folder may lead out of the permitted ones.</param>
public sealed class BarStore(string directory, Func<string, bool>? admits = null)
{
    private const string Extension = ".bars";

    public string Directory { get; } = directory;

    /// <exception cref="BarDataException">A link leads out of the permitted folders.</exception>
    internal string PathOf(string symbol, Timeframe timeframe)
    {
        var path = Path.Combine(Directory, SymbolFileName.Of(symbol), timeframe + Extension);
        return admits?.Invoke(path) != false ? path : throw BarDataException.At(path, null, null,
            "a link leads out of the folder that this process reads", "copy the file into it");
    }

    /// <summary>Lists the stored markets by symbol and timeframe. Reads only headers.</summary>
    /// <exception cref="BarDataException">The folder does not exist.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public IReadOnlyList<StoredMarket> List()
    {
        var markets = new List<StoredMarket>();
        foreach (var (symbol, timeframe, path) in Files())
        {
            var length = new FileInfo(path).Length;
            try
            {
                using var file = BarStoreFile.Open(path);
                var h = file.Header;
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
            foreach (var folder in System.IO.Directory.EnumerateDirectories(Directory))
            {
                if (SymbolFileName.Symbol(Path.GetFileName(folder)) is not { } symbol) continue;
                foreach (var path in System.IO.Directory.EnumerateFiles(folder, "*" + Extension))
                    if (Timeframe.TryParse(Path.GetFileNameWithoutExtension(path), out var timeframe) && admits?.Invoke(path) != false)
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
