using Granary.Data.Files;
using Granary.Data.Formats;
using Granary.Data.Lean;
using Granary.Data.Reading;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.BarFiles;

/// <summary>Opens and inspects single bar files.</summary>
internal static class BarFile
{
    private const int MostInspected = 512;

    /// <summary>Opens one file as a market.</summary>
    /// <exception cref="BarDataException">The file does not exist, or its bars are invalid. The message is one sentence.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static ValueTask<BarFileSeries> OpenAsync(string path, BarQuery query, BarFileOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new BarFileOptions();
        return OpenAsync([path], query, options, new MemoryBudget(options.MemoryBudget), cancellationToken);
    }

    /// <summary>Reads the start of a file and returns its format, and its timeframe if the rows show one.</summary>
    /// <exception cref="BarDataException">The file does not exist, or its format is unknown.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static BarFileInspection Inspect(string path, BarFileOptions? options = null)
    {
        options ??= new BarFileOptions();
        var file = TextFile.Open(path, options.Files);
        var markets = Look(file, options);
        var layout = FirstLayout(markets);
        var (times, written) = FirstRows(file, layout, options);
        var timeframe = TimeframeGuess.Of(times);
        var isZoneOpen = timeframe is { IsIntraday: true } && layout.ZoneName.Length == 0
            && written.Exists(t => t.HasTime && t.Zone == ZoneStyle.None) && layout.DateStyle is not (DateStyle.EpochSeconds
                or DateStyle.EpochMilliseconds or DateStyle.EpochMicroseconds or DateStyle.EpochNanoseconds);
        return new BarFileInspection(path, layout.Format, timeframe, layout.HasAdjustedClose, layout.Notes)
        {
            Symbol = markets.Only,
            Rows = times.Count,
            HasDecimalComma = layout is RowLayout { DecimalComma: true },
            AssumedZone = isZoneOpen ? options.TimeZone ?? layout.TimeZone ?? "UTC" : null,
            Symbols = markets.Symbols,
            IsOfDay = layout.Format == "lean" && LeanLocation.Of(path)?.Day is not null,
        };
    }

    /// <summary>The timeframe that the first rows of a file have instead of a given one; null if they may have that one.</summary>
    /// <exception cref="BarDataException">The file cannot be read.</exception>
    internal static Timeframe? OtherTimeframe(TextFile file, FileMarkets markets, BarFileOptions options, Timeframe timeframe)
    {
        var times = FirstTimes(file, FirstLayout(markets), options);
        if (times is [var first, .., var last] && first > last) Array.Reverse(times);
        var spacing = new BarSpacing(timeframe);
        spacing.Add(times);
        return spacing.OtherTimeframe;
    }

    private static BarFileLayout FirstLayout(FileMarkets markets) =>
        markets.Symbols.Count > 0 ? markets.Layout.Of(markets.Symbols[0]) : markets.Layout;

    /// <summary>The first times of a file, in the order of its rows.</summary>
    internal static long[] FirstTimes(TextFile file, BarFileLayout layout, BarFileOptions options)
    {
        // The shortest timeframe accepts every step; faults in later rows are reported when the bars are read.
        var collector = new BarCollector(new BarQuery("", Timeframe.M1), 512, withAdjusted: layout.HasAdjustedClose, lenient: true);
        using var reader = new BarFileReader([new BarFilePart(file, layout)], collector, options with { Stamp = BarStamp.Open }, _ => { });
        while (collector.Completed.Count == 0 && reader.Next())
        {
        }
        if (collector.Completed.Count == 0) collector.Finish();
        return collector.Completed.Count == 0 ? [] : collector.Completed[0].Time[..collector.Completed[0].Count];
    }

    // The rows in their order, whatever their times.
    private static (IReadOnlyList<long> Times, List<Timestamp> Written) FirstRows(TextFile file, BarFileLayout layout,
        BarFileOptions options)
    {
        var collector = new BarCollector(new BarQuery("", Timeframe.M1), 1, withAdjusted: layout.HasAdjustedClose, lenient: true)
        {
            Gathered = [],
            Written = [],
        };
        using var reader = new BarFileReader([new BarFilePart(file, layout)], collector, options with { Stamp = BarStamp.Open }, _ => { });
        while (collector.Gathered.Count < MostInspected && reader.Next())
        {
        }
        return ([.. collector.Gathered.Take(MostInspected).Select(r => r.Time)], [.. collector.Written.Take(MostInspected)]);
    }

    internal static async ValueTask<BarFileSeries> OpenAsync(IReadOnlyList<string> paths, BarQuery query, BarFileOptions options,
        MemoryBudget budget, CancellationToken cancellationToken, Func<TextFile, FileMarkets>? look = null)
    {
        var (parts, factors) = Parts(paths, query, options, look);
        return await BarFileSeries.OpenAsync(parts, query, options, factors, budget, cancellationToken).ConfigureAwait(false);
    }

    /// <param name="look">Content of the file if it is known; null inspects it.</param>
    internal static (List<BarFilePart> Parts, BarFileSeries.LeanFactors? Factors) Parts(IReadOnlyList<string> paths, BarQuery query,
        BarFileOptions options, Func<TextFile, FileMarkets>? look = null)
    {
        var parts = new List<BarFilePart>();
        BarFileSeries.LeanFactors? factors = null;
        foreach (var path in paths)
        {
            // A future's zip has a text for each contract: gc-201312 is the one that expires in December 2013.
            var contract = LeanFuture.Contract(path, query.Symbol);
            if (contract is not null && !TextFile.HasEntry(path, options.Files, contract)) continue;
            var file = TextFile.Open(path, options.Files, contract);
            var layout = (look?.Invoke(file) ?? Look(file, options)).Of(query.Symbol, file.DisplayName);
            if (layout.Format != "lean" || LeanLocation.Of(path) is not { } location)
            {
                parts.Add(new BarFilePart(file, layout));
                continue;
            }
            // A file of one day outside of the requested range need not be opened.
            if (location.Day is { } day && paths.Count > 1 && !MayHold(day, query)) continue;
            var factorFile = Path.Combine(location.MarketFolder, "factor_files", location.Ticker + ".csv");
            if (File.Exists(factorFile)) factors = new BarFileSeries.LeanFactors(factorFile, options.Files);
            if (location.Day is null) AddMapped(parts, new BarFilePart(file, layout), location, options);
            else parts.Add(new BarFilePart(file, layout));
        }
        if (parts.Count == 0)
            throw BarDataException.At(Path.GetDirectoryName(paths[0]) ?? paths[0], null, null,
                "there are no files of the days that are asked for", "change from and to");
        var decided = PeriodLabels.Decided(parts, query, options);
        return (query.Columns.Count == 0 ? decided
            : decided.ConvertAll(p => p with { Layout = FurtherFields.Read(p.File, p.Layout, query.Columns) }), factors);
    }

    /// <summary>Names of the further columns of numbers that the files of a market have, in the order of the first.</summary>
    internal static IReadOnlyList<string> ColumnsOf(IReadOnlyList<string> paths, BarQuery query, BarFileOptions options,
        Func<TextFile, FileMarkets>? look = null)
    {
        var (parts, _) = Parts(paths, query with { Columns = [] }, options, look);
        var names = parts.Select(p => FurtherFields.In(p.File, p.Layout)).ToList();
        return [.. names[0].Where(n => names.TrueForAll(o => o.Contains(n, StringComparer.Ordinal)))];
    }

    private static bool MayHold(int day, BarQuery query)
    {
        var start = (day - 1L) * TimeSpan.TicksPerDay;
        var end = (day + 2L) * TimeSpan.TicksPerDay;
        return (query.To is not { } to || start < to) && (query.From is not { } from || end > from);
    }

    // A company that changed its ticker has its earlier bars under the old ticker.
    private static void AddMapped(List<BarFilePart> parts, BarFilePart own, LeanLocation location, BarFileOptions options)
    {
        var map = Path.Combine(location.MarketFolder, "map_files", location.Ticker + ".csv");
        var periods = File.Exists(map) ? LeanMapFile.Read(map, options.Files) : [];
        if (periods.Count == 0)
        {
            parts.Add(own);
            return;
        }
        foreach (var period in periods)
        {
            var from = period.FirstDay * TimeSpan.TicksPerDay;
            var to = (period.LastDay + 1L) * TimeSpan.TicksPerDay;
            if (period.Ticker == location.Ticker)
            {
                parts.Add(own with { WindowFrom = from, WindowTo = to });
                continue;
            }
            var earlier = Path.Combine(Path.GetDirectoryName(own.File.Path)!,
                period.Ticker + Path.GetFileName(own.File.Path)[location.Ticker.Length..]);
            if (!File.Exists(earlier)) continue;
            var file = TextFile.Open(earlier, options.Files);
            parts.Add(new BarFilePart(file, Layout(file, options), from, to));
        }
        if (!parts.Exists(p => p.File.Path == own.File.Path)) parts.Add(own);
    }

    private static BarFileLayout Layout(TextFile file, BarFileOptions options) => FormatsOf(options).Layout(file, options);

    internal static FileMarkets Look(TextFile file, BarFileOptions options) =>
        FileFaults.Guarded(file.DisplayName, () => FileMarkets.In(file, FormatsOf(options), options));

    internal static IBarFormats FormatsOf(BarFileOptions options) => options.Formats ?? BarFormatCatalogue.BuiltIn;
}
