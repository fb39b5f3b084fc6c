using Granary.Data.BarFiles;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Quality;

/// <summary>Checks one market's files. Faulty rows are findings, not exceptions.</summary>
internal sealed class FileCheck
{
    private const int ExamplesPerKind = 5;

    private readonly BarQuery _query;
    private readonly BarFileOptions _options;
    private readonly List<BarFilePart> _parts;
    private readonly BarFileSeries.LeanFactors? _factors;
    private readonly bool _adjusted;
    private readonly BarCollector _collector;
    private readonly List<RowFault> _faults = [];
    private readonly Dictionary<RowFaultKind, long> _counts = [];
    private readonly List<Finding> _repeatedHours = [];

    // Bars are buffered, within the memory budget, until the whole file is read, because only then it is clear whether it is a stock's.
    private List<BarColumns> _kept = [];
    private long _budget;
    private BarQualityAnalyser? _analyser;
    private UnclosedBars? _unclosed;
    private long _index;

    private FileCheck(IReadOnlyList<string> paths, BarQuery query, BarFileOptions options)
    {
        (_query, _options, _budget) = (query, options, options.MemoryBudget);
        (_parts, _factors) = BarFile.Parts(paths, query, options);
        _adjusted = options.Adjust && (_factors is not null || _parts[0].Layout.HasAdjustedClose);
        _collector = new BarCollector(query, ContentHasher.GroupSize, _adjusted, lenient: true)
        {
            Factors = _adjusted ? _factors?.Read() : null,
        };
    }

    public static QualityReport Run(IReadOnlyList<string> paths, BarQuery query, BarFileOptions options,
        CancellationToken cancellationToken) => new FileCheck(paths, query, options).Run(cancellationToken);

    private QualityReport Run(CancellationToken cancellationToken)
    {
        using var reader = new BarFileReader(_parts, _collector, _options, Note);
        var more = true;
        while (more)
        {
            cancellationToken.ThrowIfCancellationRequested();
            more = reader.Next();
            foreach (var columns in _collector.Completed) Take(columns);
            _collector.Completed.Clear();
        }
        // Rows out of order would appear as gaps everywhere, so the sorted rows are analysed.
        if (_factors is null && (_counts.ContainsKey(RowFaultKind.Order) || _counts.ContainsKey(RowFaultKind.Duplicate)))
            LookInOrder(cancellationToken);
        else LookAtKept();
        return _analyser!.Finish(Findings(BarFileSeries.Describe(_collector, reader, _parts[0].Layout))).With(_unclosed!);
    }

    private void Note(RowFault fault)
    {
        _counts[fault.Kind] = _counts.GetValueOrDefault(fault.Kind) + 1;
        if (_counts[fault.Kind] <= ExamplesPerKind) _faults.Add(fault);
    }

    private void Take(BarColumns columns)
    {
        if (_adjusted) columns.Adjust();
        if (_analyser is not null)
        {
            Look(columns);
            return;
        }
        _kept.Add(columns);
        _budget -= (long)ContentHasher.GroupSize * BarColumns.BytesPerBar(_adjusted);
        if (_budget < 0) LookAtKept();
    }

    private void LookAtKept()
    {
        _analyser ??= NewAnalyser();
        // The bars are adjusted already.
        if (_collector.Descending) _kept = BarFileSeries.Reversed(_kept, _adjusted);
        foreach (var columns in _kept) Look(columns);
        _kept.Clear();
    }

    private void Look(BarColumns columns)
    {
        _analyser!.Add(columns.ToBlock(_index));
        _unclosed!.Add(columns.Time.AsSpan(0, columns.Count));
        _index += columns.Count;
    }

    private BarQualityAnalyser NewAnalyser()
    {
        var instrument = (_options.Template ?? _parts[0].Layout.Template ?? new Instrument { Symbol = _query.Symbol }) with
        {
            Symbol = _query.Symbol,
            DailyEquity = _query.Timeframe == Timeframe.D1 && !_collector.WeekendSeen,
        };
        _unclosed = new UnclosedBars(instrument.Calendar, _query.Timeframe, _options.Clock.GetUtcNow().UtcTicks);
        return new BarQualityAnalyser(instrument, _query.Timeframe);
    }

    // Reads all rows again, and analyses them in order of time without duplicates.
    private void LookInOrder(CancellationToken cancellationToken)
    {
        _analyser = NewAnalyser();
        _index = 0;
        using var ordered = new OrderedRows();
        Gather(ordered, cancellationToken);
        foreach (var piece in ordered.Read().Chunk(BarBlock.MaxCount))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var columns = new BarColumns(piece.Length, _adjusted);
            foreach (var (b, a) in piece)
            {
                var i = columns.Count++;
                (columns.Time[i], columns.Open[i], columns.High[i], columns.Low[i], columns.Close[i], columns.Volume[i]) =
                    (b.Time, b.Open, b.High, b.Low, b.Close, b.Volume);
                if (_adjusted) columns.Adjusted![i] = a;
            }
            if (_adjusted) columns.Adjust();
            Look(columns);
        }
    }

    private void Gather(OrderedRows ordered, CancellationToken cancellationToken)
    {
        var rows = new List<ParsedRow>();
        using var reader = new BarFileReader(_parts,
            new BarCollector(_query, ContentHasher.GroupSize, _adjusted, lenient: true) { Gathered = rows }, _options, _ => { });
        ParsedRow? before = null;
        var more = true;
        while (more)
        {
            cancellationToken.ThrowIfCancellationRequested();
            more = reader.Next();
            foreach (var row in rows)
            {
                if (_query.Timeframe.IsIntraday && _repeatedHours.Count == 0 && before is { } last
                    && DaylightSaving.Repeated(last, row, _query.Timeframe) is { } repeated) _repeatedHours.Add(repeated);
                if (_query.Wants(row.Time)) ordered.Add(row);
                before = row;
            }
            rows.Clear();
        }
    }

    private List<Finding> Findings(IEnumerable<string> notes)
    {
        var file = _parts[0].File.DisplayName;
        var findings = _faults.ConvertAll(f => new Finding(Severity.Error, Kind(f.Kind), f.Place, f.Fault, f.Remedy));
        foreach (var (kind, count) in _counts)
            if (count > ExamplesPerKind)
                findings.Add(new Finding(Severity.Error, Kind(kind), file,
                    $"{count - ExamplesPerKind} more rows have {Plural(kind)}", count > _collector.Rows ? RowFault.SameCause
                        : "correct or remove them all"));
        foreach (var note in notes) findings.Add(new Finding(Severity.Info, QualityCheck.Row, file, note, "nothing, if that is meant"));
        if (_collector.Rows == 0)
            findings.Add(new Finding(Severity.Error, QualityCheck.Row, file, "there are no good bars in it", "export it again"));
        findings.AddRange(_repeatedHours);
        return findings;
    }

    private static QualityCheck Kind(RowFaultKind kind) => kind switch
    {
        RowFaultKind.Duplicate => QualityCheck.Duplicate,
        RowFaultKind.Order => QualityCheck.Order,
        RowFaultKind.Consistency => QualityCheck.Consistency,
        RowFaultKind.Layout or RowFaultKind.Value or RowFaultKind.Zone or RowFaultKind.Symbol => QualityCheck.Row,
    };

    private static string Plural(RowFaultKind kind) => kind switch
    {
        RowFaultKind.Duplicate => "a time that was there before",
        RowFaultKind.Order => "a time before that of the row above",
        RowFaultKind.Consistency => "prices that contradict one another",
        RowFaultKind.Layout => "a wrong number of columns",
        RowFaultKind.Zone => "a time of another zone",
        RowFaultKind.Symbol => "another symbol",
        RowFaultKind.Value => "a field that is not what its column holds",
    };
}
