using System.Collections.Concurrent;
using Granary.Data.Files;
using Granary.Data.Lean;
using Granary.Data.Reading;
using Granary.Data.Tables;
using Granary.Engine.Market;

namespace Granary.Data.BarFiles;

/// <summary>
/// A folder of text files, or one text file. The symbol of a file is its name without extensions and without a timeframe at its end
/// (BTC_USDT-1h.json); %2F stands for a slash (<see cref="SymbolFileName"/>). A file with a symbol column has the symbols of that column.
/// If the folder has a subfolder named after the timeframe ("1h"), as <c>data generate</c> makes them, the files are read from there. LEAN
/// data folders are read as they are (…/equity/usa, or its daily, hour and minute folders), with ticker changes and factor files.
/// </summary>
public sealed class CsvBarSource : IBarSource
{
    private static readonly string[] Extensions = [".csv", ".txt", ".json", ".csv.gz", ".txt.gz", ".json.gz", ".gz", ".csv.zst",
        ".txt.zst", ".json.zst", ".zst", ".csv.zip", ".txt.zip",
        ".zip"];

    private const int MostNamed = 20;

    private readonly string _directory;
    // Null for texts.
    private readonly ITableFormat? _tables;
    private readonly BarFileOptions _options;
    private readonly MemoryBudget _budget;
    private readonly Dictionary<string, (DateTime Changed, Dictionary<string, List<string>> Markets)> _listed = new(StringComparer.Ordinal);
    // Markets of each file, valid while the file does not change.
    private readonly ConcurrentDictionary<string, (DateTime Modified, long Length, FileMarkets Markets)> _looked =
        new(StringComparer.Ordinal);

    /// <exception cref="BarDataException">The format is unknown.</exception>
    public CsvBarSource(string directory, BarFileOptions? options = null)
    {
        _directory = directory;
        _options = options ?? new BarFileOptions();
        _budget = new MemoryBudget(_options.MemoryBudget);
        BarFile.FormatsOf(_options).Check(_options.Format);
    }

    private CsvBarSource(string path, BarFileOptions options, ITableFormat tables) : this(path, options) => _tables = tables;

    /// <summary>A folder of typed tables, or one file of them, instead of texts; read as a text of the same tables.</summary>
    /// <param name="path">A file, a folder with a file for each symbol, or a folder of partitions such as <c>symbol=AAPL</c>.</param>
    /// <exception cref="BarDataException">The format that the options name is unknown.</exception>
    public static CsvBarSource OfTables(string path, BarFileOptions options, ITableFormat tables) => new(path, options, tables);

    /// <summary>The first file of typed tables in a folder or its partitions; null if there is none.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static string? FirstTable(string folder, ITableFormat tables) => TableFolder.First(folder, tables);

    public async ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default)
    {
        var (files, passedOver) = await Task.Run(() => FilesBySymbol(timeframe, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
        var others = await Task.Run(() => OfOtherTimeframes(files, timeframe, cancellationToken), cancellationToken).ConfigureAwait(false);
        // If no file fits, the first one that is opened reports what it has.
        if (others.Count == files.Count) others.Clear();
        PassedOver =
        [
            .. others.GroupBy(o => o.Value).OrderBy(g => g.Key.Ticks).Select(g => Skipped([.. g.Select(o => o.Key)], g.Key, timeframe)),
            .. passedOver,
        ];
        return [.. files.Where(f => !others.ContainsKey(f.Value[0])).Select(f => f.Key).Order(StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> PassedOver { get; private set; } = [];

    public async ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
    {
        var paths = PathsOf(query);
        return await BarFile.OpenAsync(paths, query, _options, _budget, cancellationToken, Look).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> ListColumnsAsync(BarQuery query, CancellationToken cancellationToken = default)
    {
        var paths = PathsOf(query);
        return await Task.Run(() => BarFile.ColumnsOf(paths, query, _options, Look), cancellationToken).ConfigureAwait(false);
    }

    internal BarFileOptions Options => _options;

    internal List<string> PathsOf(BarQuery query)
    {
        var markets = Markets(query.Timeframe);
        if (markets.TryGetValue(query.Symbol, out var paths) && paths.Count == 1) return paths;
        if (_tables is not null && FilesBySymbol(query.Timeframe, CancellationToken.None).Files.TryGetValue(query.Symbol, out var parts))
            return PartOrder.Of(parts, query, _options, Look);
        if (paths is not null) return paths;
        // LEAN writes tickers in lower case, people write them in upper case.
        var match = markets.Keys.Where(k => string.Equals(k, query.Symbol, StringComparison.OrdinalIgnoreCase)).ToList();
        if (match.Count == 1) return markets[match[0]];
        if (LeanFuture.Root(query.Symbol) is { } root && markets.TryGetValue(root, out var contracts)
            && LeanFuture.Contract(contracts[0], query.Symbol) is not null) return contracts;
        var named = markets.Where(m => NameOf(m.Key, query.Timeframe) == query.Symbol).Select(m => m.Value).ToList();
        if (named.Count == 1) return named[0];
        var (inside, _) = FilesBySymbol(query.Timeframe, CancellationToken.None);
        if (inside.TryGetValue(query.Symbol, out paths)) return paths;
        if (inside.Values.Where(f => OnlyIn(f[0]) == query.Symbol).ToList() is [var sole]) return sole;
        var symbols = inside.Keys.Concat(markets.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var nearest = Spelling.Nearest(query.Symbol, symbols);
        throw BarDataException.At(_directory, null, null, $"there is no file for the symbol '{Show(query.Symbol)}'",
            nearest is not null ? $"did you mean {nearest}?"
            : symbols.Count == 0 ? $"the folder has no {(_tables is null ? ".csv, .txt, .json, .gz, .zst or .zip"
                : string.Join(", ", _tables.Extensions))} files"
            : $"it has {string.Join(", ", symbols.Take(5).Select(Show))}{(symbols.Count > 5 ? ", …" : "")}");
    }

    // The files of each symbol, including symbols inside files, and a sentence for each file that holds no market.
    private (Dictionary<string, List<string>> Files, IReadOnlyList<string> PassedOver) FilesBySymbol(Timeframe timeframe,
        CancellationToken cancellationToken)
    {
        var (files, passedOver) = (new Dictionary<string, List<string>>(StringComparer.Ordinal), new List<string>());
        var markets = Markets(timeframe).Where(m => NameOf(m.Key, timeframe) is not null)
            .OrderBy(m => m.Key, StringComparer.Ordinal).ToList();
        // Thousands of files are inspected in parallel; their faults are reported in the order of the files.
        Parallel.ForEach(markets, new ParallelOptions { CancellationToken = cancellationToken }, market =>
        {
            try
            {
                foreach (var path in market.Value) SymbolsIn(path, market.Value.Count > 1);
            }
            catch (Exception e) when (e is BarDataException or BarStoreException)
            {
                // Reported below.
            }
        });
        foreach (var (stem, paths) in markets)
        {
            try
            {
                var name = NameOf(stem, timeframe)!;
                if (_tables is not null)
                {
                    AddParts(files, name, paths);
                    continue;
                }
                var symbols = SymbolsIn(paths[0], false);
                foreach (var symbol in symbols.Count == 0 ? [name] : symbols)
                    if (!files.TryAdd(symbol, paths)) throw Twice(symbol, paths[0], files[symbol][0]);
            }
            catch (BarDataException e) when (IsForeign(paths[0]))
            {
                passedOver.Add($"{Path.GetFileName(paths[0])} is not a bar file and was skipped: {e.Message}");
            }
        }
        if (_tables is not null) passedOver.AddRange(TableFolder.WithoutSymbol(_directory, _options.Files));
        return (files, passedOver);
    }

    // A symbol inside several files has all of them.
    private void AddParts(Dictionary<string, List<string>> files, string name, List<string> paths)
    {
        foreach (var path in paths)
        {
            var symbols = SymbolsIn(path, paths.Count > 1);
            foreach (var symbol in symbols.Count == 0 ? [name] : symbols)
            {
                if (!files.TryGetValue(symbol, out var known)) files[symbol] = [path];
                else if (paths.Contains(known[0]) || symbols.Count > 0) known.Add(path);
                else throw Twice(symbol, path, known[0]);
            }
        }
    }

    // Files of a folder whose bars have another timeframe, with that timeframe, by path.
    private Dictionary<string, Timeframe> OfOtherTimeframes(Dictionary<string, List<string>> files, Timeframe timeframe,
        CancellationToken cancellationToken)
    {
        var found = new ConcurrentDictionary<string, Timeframe>(StringComparer.Ordinal);
        Parallel.ForEach(files.Values.Select(f => f[0]).Distinct(StringComparer.Ordinal),
            new ParallelOptions { CancellationToken = cancellationToken }, path =>
        {
            // The folders of LEAN say the timeframe.
            if (LeanLocation.Of(path) is not null || !_options.Files.Holds(path)) return;
            try
            {
                var file = TextFile.Open(path, _options.Files);
                if (BarFile.OtherTimeframe(file, Look(file), _options, timeframe) is { } other) found[path] = other;
            }
            catch (Exception e) when (e is BarDataException or BarStoreException)
            {
                // The file is reported when it is opened.
            }
        });
        return new Dictionary<string, Timeframe>(found, StringComparer.Ordinal);
    }

    private static string Skipped(IReadOnlyList<string> paths, Timeframe has, Timeframe wanted)
    {
        var names = paths.Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal).ToList();
        var more = names.Count > MostNamed ? $" and {names.Count - MostNamed} more files" : "";
        var (verb, were) = names.Count == 1 ? ("has", "was") : ("have", "were");
        return $"{string.Join(", ", names.Take(MostNamed))}{more}: {verb} {has} bars, not {wanted}, and {were} skipped";
    }

    // The symbols inside a file; empty if it holds one market. The folder shows LEAN's layout, whose zips may hold several texts.
    private IReadOnlyList<string> SymbolsIn(string path, bool isPart)
    {
        if (LeanLocation.Of(path) is not null || !_options.Files.Holds(path)) return [];
        var markets = Look(TextFile.Open(path, _options.Files));
        // The name of a part says nothing, so that its one symbol counts too.
        return isPart && markets.Symbols.Count == 0 && markets.Layout is RowLayout { Symbol: { Length: > 0 } only }
            ? [System.Text.Encoding.UTF8.GetString(only)] : markets.Symbols;
    }

    // The symbol in the column of a file that has one market under another name; null if there is none.
    private string? OnlyIn(string path) =>
        LeanLocation.Of(path) is not null || !_options.Files.Holds(path) ? null : Look(TextFile.Open(path, _options.Files)).Only;

    // An empty file of a market is a lost download, not a foreign file.
    private bool IsForeign(string path)
    {
        try
        {
            return _options.Files.Holds(path) && new FileInfo(path).Length > 0
                && !BarFile.FormatsOf(_options).Recognises(TextFile.Open(path, _options.Files), _options);
        }
        catch (BarDataException)
        {
            return true;
        }
    }

    // The symbol in a file's name; null if the name ends in another timeframe.
    private static string? NameOf(string stem, Timeframe timeframe)
    {
        var name = stem.EndsWith("-futures", StringComparison.Ordinal) ? stem[..^8] : stem;
        var at = name.LastIndexOfAny(['-', '_']);
        return at < 1 || !Timeframe.TryParse(name[(at + 1)..], out var own) ? stem : own == timeframe ? name[..at] : null;
    }

    private FileMarkets Look(TextFile file)
    {
        if (_looked.TryGetValue(file.DisplayName, out var known) && known.Modified == file.Modified && known.Length == file.Length)
            return known.Markets;
        var markets = BarFile.Look(file, _options);
        _looked[file.DisplayName] = (file.Modified, file.Length, markets);
        return markets;
    }

    private static BarDataException Twice(string symbol, string file, string other) => BarDataException.At(file, null, null,
        $"the symbol '{symbol}' is in {Path.GetFileName(other)} too", "keep one of the two files");

    // Symbols are looked up only among the names that the folder has, so that none can point out of the folder.
    internal Dictionary<string, List<string>> Markets(Timeframe timeframe)
    {
        try
        {
            if (_tables is not null && (File.Exists(_directory) || Directory.Exists(_directory)))
                return TableFolder.Markets(_directory, timeframe, _tables, _options.Files);
            if (File.Exists(_directory))
            {
                // A file that cannot be read is refused here, and not listed by its name.
                _options.Files.OpenRead(_directory).Dispose();
                return new Dictionary<string, List<string>>(StringComparer.Ordinal)
                {
                    [SymbolOf(_directory) ?? Path.GetFileNameWithoutExtension(_directory)] = [_directory],
                };
            }
            if (!Directory.Exists(_directory))
                throw BarDataException.At(_directory, null, null, "the folder does not exist", "check the path and its spelling");
            var own = Path.Combine(_directory, timeframe.ToString());
            var folder = Directory.Exists(own) ? own : LeanFolder(timeframe) ?? _directory;
            // Thousands of markets are opened one by one, so the folder is listed again only after it changed.
            var changed = Directory.GetLastWriteTimeUtc(folder);
            lock (_listed)
            {
                if (_listed.TryGetValue(folder, out var known) && known.Changed == changed) return known.Markets;
            }
            var markets = new Dictionary<string, List<string>>(StringComparer.Ordinal);
            foreach (var file in _options.Files.FilesIn(folder))
            {
                if (SymbolOf(file) is not { } symbol) continue;
                if (!markets.TryAdd(symbol, [file])) throw Twice(symbol, file, markets[symbol][0]);
            }
            var daily = false;
            foreach (var sub in _options.Files.FoldersIn(folder))
            {
                var days = LeanDays(sub);
                if (days.Count == 0) continue;
                markets.TryAdd(Path.GetFileName(sub), days);
                daily = true;
            }
            // A LEAN folder's modification time does not show changes inside its subfolders.
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

    // One zip per day: trades if there are any, otherwise quotes.
    private List<string> LeanDays(string folder)
    {
        var days = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in _options.Files.FilesIn(folder, "*.zip"))
        {
            if (LeanLocation.Of(file) is not { Day: not null, Resolution: "minute" } location) continue;
            var day = Path.GetFileName(file)[..8];
            if (!location.Quotes || !days.ContainsKey(day)) days[day] = file;
        }
        return [.. days.Values];
    }

    private static string Show(string text) => string.Concat(text.Take(60).Select(c => char.IsControl(c) ? '?' : c));
}
