using Granary.Contracts.Runs;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Tables;

namespace Granary.Simulation.RunFolders;

/// <summary>The part of a run to show in a chart.</summary>
/// <param name="From">Time of the first row, UTC ticks; null = from the start.</param>
/// <param name="To">End, exclusive, UTC ticks; null = to the end.</param>
/// <param name="Points">Maximum number of points.</param>
internal sealed record RunSeries(long? From, long? To, int Points)
{
    /// <summary>Returns a column of equity.csv.</summary>
    /// <param name="path">equity.csv of the run.</param>
    /// <param name="column">equity, cash, exposure or drawdown.</param>
    /// <exception cref="InputException">The run has no such file, or the file is damaged.</exception>
    public RunCurve Curve(string path, string column)
    {
        var (times, values, _) = Read(path, column);
        return Curve(column, times, values);
    }

    /// <summary>Returns the part of a curve that is in the span.</summary>
    /// <param name="times">UTC ticks, ascending.</param>
    /// <param name="values">One for each time; NaN = none.</param>
    public RunCurve Curve(string name, IReadOnlyList<long> times, IReadOnlyList<double> values)
    {
        List<int> shown = [.. Enumerable.Range(0, times.Count).Where(i => Has(times[i]) && !double.IsNaN(values[i]))];
        return Curve(name, shown.ConvertAll(i => new DateTime(times[i], DateTimeKind.Utc)), shown.ConvertAll(i => values[i]));
    }

    private RunCurve Curve(string name, List<DateTime> times, List<double> values)
    {
        var kept = LevelOfDetail.Keep(values, Points);
        return new RunCurve(name, values.Count, [.. kept.Select(i => times[i])], [.. kept.Select(i => values[i])]);
    }

    /// <summary>
    /// Returns monthly returns: last equity of the month over the last equity before it, minus 1. The time is the first day. Months at the
    /// ends of the span have only their rows in it.
    /// </summary>
    /// <param name="path">equity.csv of the run.</param>
    /// <exception cref="InputException">The run has no such file, or the file is damaged.</exception>
    public RunCurve Months(string path)
    {
        var (times, values, earlier) = Read(path, "equity");
        var (months, returns) = (new List<DateTime>(), new List<double>());
        var before = earlier ?? (values.Count > 0 ? values[0] : 0);
        for (var i = 0; i < values.Count; i++)
        {
            var month = new DateTime(times[i].Year, times[i].Month, 1, 0, 0, 0, DateTimeKind.Utc);
            if (i + 1 < values.Count && times[i + 1].Year == month.Year && times[i + 1].Month == month.Month) continue;
            months.Add(month);
            returns.Add(before == 0 ? 0 : values[i] / before - 1);
            before = values[i];
        }
        return new RunCurve("months", values.Count, months, returns);
    }

    // Earlier is the last value before the span; null without one.
    private (List<DateTime> Times, List<double> Values, double? Earlier) Read(string path, string column)
    {
        if (!File.Exists(path)) throw new InputException("this run has no equity.csv; run its batch with \"equity\" among its outputs");
        var table = TimeTable.Read(path, names => names.Contains(column) ? [column]
            : throw new InputException($"{path}, line 1: there is no column '{column}'; run the batch again"));
        var (times, values, earlier) = (new List<DateTime>(), new List<double>(), default(double?));
        for (var i = 0; i < table.Times.Length; i++)
        {
            if (table.Times[i] < From) earlier = table.Columns[0][i];
            if (!Has(table.Times[i])) continue;
            times.Add(new DateTime(table.Times[i], DateTimeKind.Utc));
            values.Add(table.Columns[0][i]);
        }
        return (times, values, earlier);
    }

    /// <summary>Returns the bars of a symbol from the run's source.</summary>
    /// <param name="runFolder">Folder of the run.</param>
    /// <exception cref="InputException">The run has no such symbol.</exception>
    public async Task<RunBars> BarsAsync(string runFolder, string symbol, GranaryCatalogues catalogues, CancellationToken cancellationToken)
    {
        var manifest = RunManifest.Read(runFolder);
        if (!manifest.DataHashes.ContainsKey(symbol))
            throw new InputException($"this run has no symbol '{symbol}'; it has {string.Join(", ", manifest.DataHashes.Keys)}");
        var spec = manifest.ReadBatch(catalogues, bindStrategies: false);
        var source = BatchSources.Open(catalogues, spec.Data);
        var series = await source.OpenAsync(new BarQuery(symbol, spec.Data.Timeframe, From ?? spec.Data.From, To ?? spec.Data.To),
            cancellationToken).ConfigureAwait(false);
        await using var _ = series.ConfigureAwait(false);
        var bars = new List<Bar>();
        await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
            for (var i = 0; i < block.Count; i++) bars.Add(block[i]);
        return Show(series.Instrument, spec.Data.Timeframe, bars);
    }

    /// <summary>Returns bars of a market in the span, joined to <see cref="Points"/>.</summary>
    /// <param name="instrument">Its symbol, and whether its prices are adjusted.</param>
    /// <param name="timeframe">The timeframe of the bars.</param>
    /// <param name="bars">In the order of time.</param>
    public RunBars Show(Instrument instrument, Timeframe timeframe, IReadOnlyList<Bar> bars)
    {
        List<Bar> shown = [.. bars.Where(b => Has(b.Time))];
        var (each, joined) = (LevelOfDetail.EachOf(shown.Count, Points), LevelOfDetail.Join(shown, Points));
        return new RunBars
        {
            Symbol = instrument.Symbol,
            Timeframe = each == 1 ? timeframe.ToString() : FormattableString.Invariant($"{each} x {timeframe}"),
            Rows = shown.Count,
            Joined = each,
            Prices = instrument.IsAdjusted ? PriceBasis.Adjusted : PriceBasis.Raw,
            Times = [.. joined.Select(b => new DateTime(b.Time, DateTimeKind.Utc))],
            Open = [.. joined.Select(b => b.Open)],
            High = [.. joined.Select(b => b.High)],
            Low = [.. joined.Select(b => b.Low)],
            Close = [.. joined.Select(b => b.Close)],
            Volume = [.. joined.Select(b => b.Volume)],
        };
    }

    private bool Has(long time) => time >= (From ?? long.MinValue) && time < (To ?? long.MaxValue);
}
