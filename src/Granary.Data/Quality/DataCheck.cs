using Granary.Data.BarFiles;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Quality;

/// <summary>The use case behind <c>data check</c>, and what a report says of its bars.</summary>
public static class DataCheck
{
    private const int ExamplesPerKind = 5;

    /// <summary>Looks through opened bars.</summary>
    public static async Task<QualityReport> SeriesAsync(IBarSeries series, CancellationToken cancellationToken = default)
    {
        var analyser = new BarQualityAnalyser(series.Instrument, series.Timeframe);
        await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false)) analyser.Add(block);
        return analyser.Finish([.. series.Notes.Select(n => new Finding(Severity.Info, QualityCheck.Row, series.Instrument.Symbol, n,
            "nothing, if that is meant"))]);
    }

    /// <summary>Looks through a market of a source. A file's faulty rows are findings here, not exceptions.</summary>
    /// <exception cref="BarDataException">The market is not there, or its file is not of a known format.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static async Task<QualityReport> RunAsync(IBarSource source, BarQuery query, CancellationToken cancellationToken = default)
    {
        if (source is CsvBarSource files)
            return await Task.Run(() => Check(files.PathsOf(query), query, files.Options, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
        await using var series = await source.OpenAsync(query, cancellationToken).ConfigureAwait(false);
        return await SeriesAsync(series, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Looks through one file.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public static Task<QualityReport> FileAsync(string path, BarQuery query, BarFileOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Task.Run(() => Check([path], query, options ?? new BarFileOptions(), cancellationToken), cancellationToken);

    private static QualityReport Check(IReadOnlyList<string> paths, BarQuery query, BarFileOptions options,
        CancellationToken cancellationToken)
    {
        var (parts, factors) = BarFile.Parts(paths, query, options);
        var adjusted = options.Adjust && (factors is not null || parts[0].Layout.HasAdjustedClose);
        var faults = new List<RowFault>();
        var counts = new Dictionary<RowFaultKind, long>();
        void Note(RowFault fault)
        {
            counts[fault.Kind] = counts.GetValueOrDefault(fault.Kind) + 1;
            if (counts[fault.Kind] <= ExamplesPerKind) faults.Add(fault);
        }
        var collector = new BarCollector(query, ContentHasher.GroupSize, adjusted,
            lenient: true)
        { Factors = adjusted ? factors?.Read() : null };
        using var reader = new BarFileReader(parts, collector, options, Note);
        // Bars wait until the whole file is read: whether it is a stock's shows at its end. What is kept is bounded by the budget.
        var kept = new List<BarColumns>();
        var budget = options.MemoryBudget;
        BarQualityAnalyser? analyser = null;
        var index = 0L;
        var more = true;
        while (more)
        {
            cancellationToken.ThrowIfCancellationRequested();
            more = reader.Next();
            foreach (var columns in collector.Completed)
            {
                if (adjusted) columns.Adjust();
                if (analyser is null)
                {
                    kept.Add(columns);
                    budget -= (long)ContentHasher.GroupSize * BarColumns.BytesPerBar(adjusted);
                    if (budget < 0) Flush();
                }
                else
                {
                    Look(columns);
                }
            }
            collector.Completed.Clear();
        }
        var slipped = new List<Finding>();
        if (factors is null && (counts.ContainsKey(RowFaultKind.Order) || counts.ContainsKey(RowFaultKind.Duplicate)))
        {
            // Rows at the wrong place would leave holes everywhere: what is looked through is what they are in order.
            analyser = new BarQualityAnalyser(Describe(), query.Timeframe);
            InOrder(parts, query, options, adjusted, analyser, slipped, cancellationToken);
        }
        else
        {
            Flush();
        }

        void Flush()
        {
            analyser ??= new BarQualityAnalyser(Describe(), query.Timeframe);
            if (collector.Descending)
            {
                kept = BarFileSeries.Reversed(kept, adjusted);
                // Its bars have their adjusted closes already.
            }
            foreach (var columns in kept) Look(columns);
            kept.Clear();
        }

        void Look(BarColumns columns)
        {
            analyser!.Add(columns.ToBlock(index));
            index += columns.Count;
        }

        Instrument Describe() => (options.Template ?? parts[0].Layout.Template ?? new Instrument { Symbol = query.Symbol }) with
        {
            Symbol = query.Symbol,
            DailyEquity = query.Timeframe == Timeframe.D1 && !collector.WeekendSeen,
        };

        var findings = faults.ConvertAll(f => new Finding(Severity.Error, Kind(f.Kind), f.Field is null ? $"line {f.Line}"
            : $"line {f.Line}, {f.Field}", f.Fault, f.Remedy));
        foreach (var (kind, count) in counts)
            if (count > ExamplesPerKind)
                findings.Add(new Finding(Severity.Error, Kind(kind), parts[0].File.DisplayName,
                    $"{count - ExamplesPerKind} more rows have {Plural(kind)}", "correct or remove them all"));
        foreach (var note in BarFileSeries.Describe(collector, reader, parts[0].Layout))
            findings.Add(new Finding(Severity.Info, QualityCheck.Row, parts[0].File.DisplayName, note, "nothing, if that is meant"));
        if (collector.Rows == 0) findings.Add(new Finding(Severity.Error, QualityCheck.Row, parts[0].File.DisplayName,
            "there are no good bars in it", "export it again"));
        findings.AddRange(slipped);
        return analyser!.Finish(findings);
    }

    private static void InOrder(List<BarFilePart> parts, BarQuery query, BarFileOptions options, bool adjusted, BarQualityAnalyser analyser,
        List<Finding> slipped, CancellationToken cancellationToken)
    {
        var rows = new List<GatheredRow>();
        using (var reader = new BarFileReader(parts,
            new BarCollector(query, ContentHasher.GroupSize, adjusted, lenient: true) { Gathered = rows }, options, _ => { }))
            while (reader.Next())
                cancellationToken.ThrowIfCancellationRequested();
        if (query.Timeframe.IsIntraday) slipped.AddRange(DaylightSaving.Repeated(rows, query.Timeframe));
        var sorted = rows.Where(r => query.Wants(r.Time)).DistinctBy(r => r.Time).OrderBy(r => r.Time).ToList();
        var index = 0L;
        foreach (var piece in sorted.Chunk(BarBlock.MaxCount))
        {
            var columns = new BarColumns(piece.Length, adjusted);
            foreach (var (_, _, b, a) in piece)
            {
                var i = columns.Count++;
                (columns.Time[i], columns.Open[i], columns.High[i], columns.Low[i], columns.Close[i], columns.Volume[i]) =
                    (b.Time, b.Open, b.High, b.Low, b.Close, b.Volume);
                if (adjusted) columns.Adjusted![i] = a;
            }
            if (adjusted) columns.Adjust();
            analyser.Add(columns.ToBlock(index));
            index += piece.Length;
        }
    }

    private static QualityCheck Kind(RowFaultKind kind) => kind switch
    {
        RowFaultKind.Duplicate => QualityCheck.Duplicate,
        RowFaultKind.Order => QualityCheck.Order,
        RowFaultKind.Consistency => QualityCheck.Consistency,
        _ => QualityCheck.Row,
    };

    private static string Plural(RowFaultKind kind) => kind switch
    {
        RowFaultKind.Duplicate => "a time that was there before",
        RowFaultKind.Order => "a time before that of the row above",
        RowFaultKind.Consistency => "prices that contradict one another",
        RowFaultKind.Layout => "a wrong number of columns",
        RowFaultKind.Zone => "a time of another zone",
        _ => "a field that is not what its column holds",
    };
}
