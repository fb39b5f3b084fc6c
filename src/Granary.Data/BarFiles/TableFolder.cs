using System.Text.RegularExpressions;
using Granary.Data.Files;
using Granary.Data.Formats;
using Granary.Data.Tables;
using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Data.BarFiles;

/// <summary>
/// The files of typed tables in a folder: <c>AAPL.parquet</c>, partitions such as <c>symbol=AAPL/year=2020/part-0.parquet</c>, or the parts
/// that a program wrote (<c>part-00000.parquet</c>).
/// </summary>
internal static partial class TableFolder
{
    private const int DeepestPartition = 8;

    private static readonly string[] TimeframeKeys = ["timeframe", "interval", "frequency", "freq", "resolution"];

    // Names that programs give to the partition of rows without a value.
    private static readonly string[] MissingKeys = ["", "NULL", "__HIVE_DEFAULT_PARTITION__"];

    // A program that divides a table numbers its files.
    [GeneratedRegex(@"^(?:part|data|chunk|file)[-_.]?\d+", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex NumberedPart();

    /// <summary>Returns the files of each market. Parts that name no market have the name of the folder.</summary>
    /// <param name="path">A folder, or a single file.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public static Dictionary<string, List<string>> Markets(string path, Timeframe timeframe, ITableFormat format, PermittedFiles files)
    {
        var markets = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        if (File.Exists(path))
        {
            markets[SymbolOf(path, format) ?? Path.GetFileName(path)] = [path];
            return markets;
        }
        var own = Path.Combine(path, timeframe.ToString());
        var folder = Directory.Exists(own) ? own : path;
        var name = new DirectoryInfo(path).Name;
        foreach (var file in files.FilesIn(folder).Order(StringComparer.Ordinal))
            if (SymbolOf(file, format) is { } symbol)
                Add(markets, NumberedPart().IsMatch(symbol) ? name : symbol, file);
        AddPartitions(markets, folder, name, (timeframe, format, files), 1);
        return markets;
    }

    /// <summary>A sentence for each partition of a folder whose rows have no symbol, and are skipped.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static IEnumerable<string> WithoutSymbol(string folder, PermittedFiles files, int depth = 1)
    {
        if (depth > DeepestPartition || !Directory.Exists(folder)) yield break;
        foreach (var partition in files.FoldersIn(folder).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(partition);
            if (name.IndexOf('=') is not (> 0 and var equals)) continue;
            if (SymbolColumns.IsName(FileSample.Plain(name[..equals])) && MissingKeys.Contains(name[(equals + 1)..]))
                yield return $"{name}: its rows have no {name[..equals]}, and were skipped";
            else
                foreach (var inner in WithoutSymbol(partition, files, depth + 1)) yield return inner;
        }
    }

    /// <summary>The first file of a folder or of its partitions; null if there is none.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static string? First(string folder, ITableFormat format, int depth = 1) =>
        Directory.EnumerateFiles(folder).Where(f => SymbolOf(f, format) is not null).Order(StringComparer.Ordinal).FirstOrDefault()
            ?? (depth > DeepestPartition ? null : Directory.EnumerateDirectories(folder).Where(d => Path.GetFileName(d).Contains('='))
                .Order(StringComparer.Ordinal).Select(d => First(d, format, depth + 1)).FirstOrDefault(f => f is not null));

    /// <summary>The symbol in a file's name; null for another file.</summary>
    public static string? SymbolOf(string path, ITableFormat format)
    {
        var name = Path.GetFileName(path);
        // Spark writes _SUCCESS and _metadata beside the data.
        if (name[0] is '.' or '_') return null;
        var extension = format.Extensions.FirstOrDefault(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase));
        if (extension is null || extension.Length == name.Length) return null;
        return SymbolFileName.Symbol(name[..^extension.Length]) ?? name[..^extension.Length];
    }

    private static void Add(Dictionary<string, List<string>> markets, string symbol, string file)
    {
        if (markets.TryGetValue(symbol, out var known)) known.Add(file);
        else markets[symbol] = [file];
    }

    private static void AddPartitions(Dictionary<string, List<string>> markets, string folder, string symbol,
        (Timeframe Timeframe, ITableFormat Format, PermittedFiles Files) of, int depth)
    {
        foreach (var partition in of.Files.FoldersIn(folder).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(partition);
            if (name.IndexOf('=') is not (> 0 and var equals)) continue;
            var (key, value) = (FileSample.Plain(name[..equals]), Uri.UnescapeDataString(name[(equals + 1)..]));
            if (TimeframeKeys.Contains(key) && Timeframe.TryParse(value, out var other) && other != of.Timeframe) continue;
            if (SymbolColumns.IsName(key) && MissingKeys.Contains(value)) continue;
            var own = SymbolColumns.IsName(key) ? value : symbol;
            foreach (var file in of.Files.FilesIn(partition).Order(StringComparer.Ordinal))
                if (SymbolOf(file, of.Format) is not null)
                    Add(markets, own, file);
            if (depth < DeepestPartition) AddPartitions(markets, partition, own, of, depth + 1);
        }
    }
}
