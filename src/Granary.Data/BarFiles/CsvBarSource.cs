using Granary.Data.Files;
using Granary.Data.Lean;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.BarFiles;

/// <summary>
/// A folder of text files, one market each: the symbol is the file's name without its extensions, where %2F stands for a slash and so on
/// (<see cref="SymbolFileName"/>). Where the folder has one named as the
/// timeframe ("1h"), as <c>data generate</c> makes them, the files are looked for in there. Folders laid out by LEAN are understood
/// as they are (…/equity/usa, or one of its daily, hour and minute folders), ticker changes and factors included.
/// </summary>
public sealed class CsvBarSource : IBarSource
{
    private static readonly string[] Extensions = [".csv", ".txt", ".json", ".csv.gz", ".txt.gz", ".json.gz", ".gz", ".csv.zip", ".txt.zip",
        ".zip"];

    private readonly string _directory;
    private readonly BarFileOptions _options;
    private readonly MemoryBudget _budget;
    private readonly Dictionary<string, (DateTime Changed, Dictionary<string, List<string>> Markets)> _listed = new(StringComparer.Ordinal);

    /// <exception cref="BarDataException">The format does not exist.</exception>
    public CsvBarSource(string directory, BarFileOptions? options = null)
    {
        _directory = directory;
        _options = options ?? new BarFileOptions();
        _budget = new MemoryBudget(_options.MemoryBudget);
        BarFile.FormatsOf(_options).Check(_options.Format);
    }

    public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
        new([.. Markets(timeframe).Keys.Order(StringComparer.Ordinal)]);

    public async ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
    {
        var paths = PathsOf(query);
        foreach (var path in paths)
            if (!Admits(path))
                throw BarDataException.At(path, null, null, "a link leads out of the folder that this process reads",
                    "copy the file into it");
        return await BarFile.OpenAsync(paths, query, _options, _budget, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether a file of the folder may be opened.</summary>
    public Func<string, bool> Admits { get; init; } = _ => true;

    internal BarFileOptions Options => _options;

    internal List<string> PathsOf(BarQuery query)
    {
        var markets = Markets(query.Timeframe);
        if (markets.TryGetValue(query.Symbol, out var paths)) return paths;
        // LEAN writes tickers small, people write them large.
        var match = markets.Keys.Where(k => string.Equals(k, query.Symbol, StringComparison.OrdinalIgnoreCase)).ToList();
        if (match.Count == 1) return markets[match[0]];
        if (LeanFuture.Root(query.Symbol) is { } root && markets.TryGetValue(root, out var contracts)
            && LeanFuture.Contract(contracts[0], query.Symbol) is not null) return contracts;
        var nearest = Spelling.Nearest(query.Symbol, markets.Keys);
        throw BarDataException.At(_directory, null, null, $"there is no file for the symbol '{Show(query.Symbol)}'",
            nearest is not null ? $"did you mean {nearest}?"
            : markets.Count == 0 ? "the folder has no .csv, .txt, .json, .gz or .zip files"
            : $"it has {string.Join(", ", markets.Keys.Order(StringComparer.Ordinal).Take(5).Select(Show))}"
                + $"{(markets.Count > 5 ? ", …" : "")}");
    }

    // Symbols are only ever looked up among the names that the folder has, so none can point out of it.
    internal Dictionary<string, List<string>> Markets(Timeframe timeframe)
    {
        try
        {
            if (!Directory.Exists(_directory))
            {
                throw File.Exists(_directory)
                    ? BarDataException.At(_directory, null, null, "this is a file, not a folder", "name the folder it lies in")
                    : BarDataException.At(_directory, null, null, "the folder does not exist", "check the path and its spelling");
            }
            var own = Path.Combine(_directory, timeframe.ToString());
            var folder = Directory.Exists(own) ? own : LeanFolder(timeframe) ?? _directory;
            // Thousands of markets are opened one by one; the folder is listed again only when it changed.
            var changed = Directory.GetLastWriteTimeUtc(folder);
            lock (_listed)
            {
                if (_listed.TryGetValue(folder, out var known) && known.Changed == changed) return known.Markets;
            }
            var markets = new Dictionary<string, List<string>>(StringComparer.Ordinal);
            foreach (var file in Directory.EnumerateFiles(folder))
            {
                if (SymbolOf(file) is not { } symbol) continue;
                if (markets.TryGetValue(symbol, out var others))
                    throw BarDataException.At(file, null, null, $"the symbol '{symbol}' is in {Path.GetFileName(others[0])} too",
                        "keep one of the two files");
                markets[symbol] = [file];
            }
            var daily = false;
            foreach (var sub in Directory.EnumerateDirectories(folder))
            {
                var days = LeanDays(sub);
                if (days.Count == 0) continue;
                markets.TryAdd(Path.GetFileName(sub), days);
                daily = true;
            }
            // Files come and go inside a LEAN folder's own folders without a sign on it.
            if (!daily)
            {
                lock (_listed) _listed[folder] = (changed, markets);
            }
            return markets;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFaults.Reading(_directory, e);
        }
    }

    /// <summary>The symbol of a file.</summary>
    /// <returns>Null for a file that holds no market.</returns>
    public static string? SymbolOf(string path)
    {
        var name = Path.GetFileName(path);
        if (name.StartsWith('.')) return null;
        var extension = Extensions.Where(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase)).MaxBy(e => e.Length);
        if (extension is null || extension.Length == name.Length) return null;
        var stem = name[..^extension.Length];
        return SymbolFileName.Symbol(stem) ?? stem;
    }

    private string? LeanFolder(Timeframe timeframe)
    {
        var resolution = timeframe == Timeframe.M1 ? "minute"
            : timeframe == Timeframe.H1 ? "hour" : timeframe == Timeframe.D1 ? "daily" : null;
        if (resolution is null || _options.Format is not ("auto" or "lean")) return null;
        var folder = Path.Combine(_directory, resolution);
        return Directory.Exists(folder)
            && LeanLocation.Of(resolution == "minute" ? Path.Combine(folder, "x", "20000101_trade.zip")
                : Path.Combine(folder, "x.zip")) is not null ? folder : null;
    }

    // One zip a day; trades where there are any, else quotes.
    private static List<string> LeanDays(string folder)
    {
        var days = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder, "*.zip"))
        {
            if (LeanLocation.Of(file) is not { Day: not null, Resolution: "minute" } location) continue;
            var day = Path.GetFileName(file)[..8];
            if (!location.Quotes || !days.ContainsKey(day)) days[day] = file;
        }
        return [.. days.Values];
    }

    private static string Show(string text) => string.Concat(text.Take(60).Select(c => char.IsControl(c) ? '?' : c));
}
