using System.Runtime.CompilerServices;
using Granary.Data.Reading;
using Granary.Data.Text;
using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Data.BarFiles;

/// <summary>
/// The bars of one market in text files. Opening reads all of them once, so every fault is reported before a computation starts. Bars
/// within the memory budget stay in memory. Others are read from the disk each time and compared with the first reading.
/// </summary>
internal sealed class BarFileSeries : IBarSeries
{
    private readonly IReadOnlyList<BarFilePart> _parts;
    private readonly BarQuery _query;
    private readonly BarFileOptions _options;
    private readonly bool _withAdjusted;
    private readonly LeanFactors? _factors;
    private readonly MemoryBudget _budget;
    private readonly List<BarColumns>? _kept;
    private BarBlock[]? _blocks;
    private long _taken;

    internal sealed record LeanFactors(string Path, PermittedFiles Files)
    {
        // Each reading needs its own cursor.
        public Lean.LeanFactorFile Read() => Lean.LeanFactorFile.Read(Path, Files);
    }

    private BarFileSeries(IReadOnlyList<BarFilePart> parts, BarQuery query, BarFileOptions options, LeanFactors? factors,
        MemoryBudget budget, CancellationToken cancellationToken)
    {
        _parts = parts;
        _query = query;
        _options = options;
        _factors = factors;
        _budget = budget;
        HasAdjustedClose = factors is not null || parts[0].Layout.HasAdjustedClose;
        _withAdjusted = options.Adjust && HasAdjustedClose;
        foreach (var part in parts)
            if (part.Layout.HasAdjustedClose != parts[0].Layout.HasAdjustedClose)
                throw BarDataException.At(part.File.DisplayName, null, null,
                    "some files of this market have an adjusted close and some have not", "import them one by one");

        using var first = new FirstReading(budget, _withAdjusted, query.Columns.Count, parts[0].File.DisplayName);
        try
        {
            using var reader = NewReader(ContentHasher.GroupSize);
            var collector = reader.Collector;
            var more = true;
            while (more)
            {
                cancellationToken.ThrowIfCancellationRequested();
                more = reader.Next();
                first.Take(collector);
            }
            RequireBars(collector);
            Last = collector.LastCounted;
            ContentHash = first.Finish(collector);
            (_kept, _taken) = (first.Kept, first.Taken);
            Count = collector.Count;
            BytesRead = reader.Bytes;
            var layout = parts[0].Layout;
            Format = layout.Format;
            Timeframe = query.Timeframe;
            SkippedRows = collector.SkippedRows;
            Instrument = (options.Template ?? layout.Template ?? new Instrument { Symbol = query.Symbol }) with
            {
                Symbol = query.Symbol,
                PriceDecimals = _withAdjusted ? -1 : collector.PriceDecimals,
                IsAdjusted = _withAdjusted,
                DailyEquity = query.Timeframe == Timeframe.D1 && !collector.WeekendSeen,
                // Unadjusted prices: a run that holds through a split or a dividend needs the corporate action.
                CorporateActions = !_withAdjusted && factors is not null ? factors.Read().Actions() : [],
            };
            Notes = Describe(collector, reader, layout);
        }
        catch (BarDataException e)
        {
            budget.Return(first.Taken);
            if (SameCause.Of(e, parts, query, options) is not { } cause) throw;
            throw cause;
        }
        catch
        {
            budget.Return(first.Taken);
            throw;
        }
    }

    /// <summary>Open time of the latest bar, UTC ticks.</summary>
    public long Last { get; }

    /// <summary>The name of the detected format.</summary>
    public string Format { get; }

    public Instrument Instrument { get; }

    public Timeframe Timeframe { get; }

    public long Count { get; }

    public IReadOnlyList<string> Columns => _query.Columns;

    public string ContentHash { get; }

    public IReadOnlyList<string> Notes { get; }

    /// <summary>The number of rows that were skipped because they have no prices.</summary>
    public long SkippedRows { get; }

    /// <summary>Bytes of uncompressed text per reading.</summary>
    public long BytesRead { get; }

    /// <summary>Whether the file has an adjusted close, whether or not it is used.</summary>
    public bool HasAdjustedClose { get; }

    /// <summary>Whether the bars are in memory, so further readings cost nothing.</summary>
    public bool IsInMemory => _kept is not null;

    internal static BarFileSeries Open(IReadOnlyList<BarFilePart> parts, BarQuery query, BarFileOptions options, LeanFactors? factors) =>
        new(parts, query, options, factors, new MemoryBudget(options.MemoryBudget), CancellationToken.None);

    internal static ValueTask<BarFileSeries> OpenAsync(IReadOnlyList<BarFilePart> parts, BarQuery query, BarFileOptions options,
        LeanFactors? factors, MemoryBudget budget, CancellationToken cancellationToken) =>
        new(Task.Run(() => new BarFileSeries(parts, query, options, factors, budget, cancellationToken), cancellationToken));

    public async IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize, [EnumeratorCancellation]
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blockSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(blockSize, BarBlock.MaxCount);
        if (_kept is not null)
        {
            foreach (var block in blockSize == ContentHasher.GroupSize ? Blocks(_kept) : Recut(_kept, blockSize))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return block;
            }
            yield break;
        }

        using var hasher = new ContentHasher();
        using var reader = NewReader(blockSize);
        var index = 0L;
        var more = true;
        while (more)
        {
            cancellationToken.ThrowIfCancellationRequested();
            more = await Task.Run(reader.Next, cancellationToken).ConfigureAwait(false);
            foreach (var columns in reader.Collector.Completed)
            {
                if (_withAdjusted) columns.Adjust();
                hasher.Append(columns);
                index += columns.Count;
                if (index > Count) throw _parts[0].File.Changed();
                yield return columns.ToBlock(index - columns.Count);
            }
            reader.Collector.Completed.Clear();
        }
        if (index != Count || hasher.Finish() != ContentHash) throw _parts[0].File.Changed();
    }

    /// <summary>
    /// The raw bars of the file, with the adjusted close if there is one, in pieces of up to <paramref name="size"/> bars.
    /// </summary>
    internal IEnumerable<BarColumns> ReadRaw(int size)
    {
        if (_kept is not null && !_withAdjusted && !HasAdjustedClose)
        {
            foreach (var block in RecutColumns(_kept, size)) yield return block;
            yield break;
        }
        using var reader =
            new BarFileReader(_parts, new BarCollector(_query, size, HasAdjustedClose) { Factors = _factors?.Read() }, _options);
        var all = new List<BarColumns>();
        var more = true;
        while (more)
        {
            more = reader.Next();
            if (reader.Collector.Descending)
            {
                all.AddRange(reader.Collector.Completed);
                reader.Collector.Completed.Clear();
                continue;
            }
            foreach (var columns in reader.Collector.Completed) yield return columns;
            reader.Collector.Completed.Clear();
        }
        if (all.Count == 0) yield break;
        foreach (var columns in RecutColumns(Reversed(all, HasAdjustedClose), size)) yield return columns;
    }

    public ValueTask DisposeAsync()
    {
        var taken = Interlocked.Exchange(ref _taken, 0);
        if (taken > 0) _budget.Return(taken);
        return ValueTask.CompletedTask;
    }

    private void RequireBars(BarCollector collector)
    {
        var file = _parts[0].File.DisplayName;
        if (collector.Rows == 0)
            throw BarDataException.At(file, null, null, "there are no bars in it", "export it again with rows below its header");
        if (collector.TooDense)
            throw BarDataException.At(file, null, "timeframe",
                $"the bars are {collector.TypicalStep} apart and cannot be {_query.Timeframe} bars",
                "name the file's own timeframe, or resample it");
        if (collector.Count == 0)
            throw BarDataException.At(file, null, null,
                $"there are no bars{BarTimeText.RangeOf(_query)}; the file "
                    + $"has {BarTimeText.Of(Math.Min(collector.FirstTime, collector.LastTime))} "
                    + $"to {BarTimeText.Of(Math.Max(collector.FirstTime, collector.LastTime))}", "change from and to");
    }

    private BarFileReader NewReader(int blockSize) =>
        new(_parts, new BarCollector(_query, blockSize, _withAdjusted) { Factors = _withAdjusted ? _factors?.Read() : null }, _options);

    // All readings share one set of blocks.
    private BarBlock[] Blocks(List<BarColumns> kept)
    {
        if (_blocks is { } made) return made;
        var blocks = new BarBlock[kept.Count];
        var index = 0L;
        for (var i = 0; i < kept.Count; i++)
        {
            blocks[i] = kept[i].ToBlock(index);
            index += kept[i].Count;
        }
        return Interlocked.CompareExchange(ref _blocks, blocks, null) ?? blocks;
    }

    private static IEnumerable<BarBlock> Recut(List<BarColumns> kept, int size)
    {
        var index = 0L;
        foreach (var columns in RecutColumns(kept, size, withAdjusted: false))
        {
            yield return columns.ToBlock(index);
            index += columns.Count;
        }
    }

    private static IEnumerable<BarColumns> RecutColumns(List<BarColumns> kept, int size, bool? withAdjusted = null)
    {
        BarColumns? next = null;
        foreach (var columns in kept)
        {
            var start = 0;
            while (start < columns.Count)
            {
                next ??= new BarColumns(size, withAdjusted ?? columns.HasAdjusted, columns.FurtherNames);
                var n = Math.Min(columns.Count - start, size - next.Count);
                next.Append(columns, start, n);
                start += n;
                if (next.Count < size) continue;
                yield return next;
                next = null;
            }
        }
        if (next is not null) yield return next;
    }

    internal static List<BarColumns> Reversed(List<BarColumns> blocks, bool withAdjusted)
    {
        var result = new List<BarColumns>(blocks.Count);
        BarColumns? next = null;
        for (var b = blocks.Count - 1; b >= 0; b--)
        {
            for (var i = blocks[b].Count - 1; i >= 0; i--)
            {
                next ??= new BarColumns(ContentHasher.GroupSize, withAdjusted, blocks[b].FurtherNames);
                next.Append(blocks[b], i, 1);
                if (next.Count < ContentHasher.GroupSize) continue;
                result.Add(next);
                next = null;
            }
        }
        if (next is not null) result.Add(next);
        return result;
    }

    internal static List<string> Describe(BarCollector collector, BarFileReader reader, BarFileLayout layout)
    {
        var notes = new List<string>(layout.Notes);
        notes.AddRange(reader.Notes);
        if (layout is RowLayout { OnePrice: true }) notes.Add(BarNotes.OnePrice);
        if (collector.SkippedRows > 0)
            notes.Add(collector.SkippedRows == 1 ? "1 row without prices (null) was skipped"
                : $"{collector.SkippedRows} rows without prices (null) were skipped");
        if (collector.RowsWithoutVolume > 0)
            notes.Add(collector.RowsWithoutVolume == 1 ? "1 row has no volume, read as 0"
                : $"{collector.RowsWithoutVolume} rows have no volume, read as 0");
        if (collector.ActionRows > 0)
            notes.Add(collector.ActionRows == 1 ? "1 row of a dividend or split was passed over"
                : $"{collector.ActionRows} rows of dividends or splits were passed over");
        if (collector.WidenedRows > 0)
            notes.Add($"in {collector.WidenedRows} {(collector.WidenedRows == 1 ? "row" : "rows")} open or close lies outside of high and "
                + "low by rounding, at most 1e-9 of the price; high and low were widened to them");
        if (reader.ShortYears is { } years)
            notes.Add($"years of two digits were read as {years.First}{(years.Last > years.First ? $" to {years.Last}" : "")}, not later "
                + "than the current year");
        if (collector.Descending) notes.Add("the rows run from newest to oldest and were turned round");
        if (reader.DatesStayAmbiguous)
            notes.Add(layout.DateStyle == Data.Text.DateStyle.DayFirst ? "no date tells day from month; they were read day first"
                : "no date tells day from month; they were read month first");
        return notes;
    }
}
