using Granary.Application.Batches;
using Granary.Application.Catalogues;
using Granary.Application.Json;
using Granary.Data.Resampling;
using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Application.RunFolders;

/// <summary>A factor at the bars of a chart: at a joined bar the value at its last one; null until the factor is warm.</summary>
public sealed record ChartFactor(string Name, IReadOnlyList<double?> Values);

/// <summary>The price chart of a strategy: bars with the factors that it uses.</summary>
public sealed record ChartBars(RunBars Bars, IReadOnlyList<ChartFactor> Factors);

/// <summary>All bars of a market of a run, in memory, so that a reader who pans does not read the source again for each step.</summary>
public sealed class RunChart
{
    private readonly string _symbol;
    private readonly Timeframe _timeframe;
    private readonly List<Bar> _bars = [];
    private readonly IReadOnlyList<string> _names;
    private readonly List<double>[] _factors;

    private RunChart(string symbol, Timeframe timeframe, IReadOnlyList<string> names)
    {
        (_symbol, _timeframe, _names) = (symbol, timeframe, names);
        _factors = [.. names.Select(_ => new List<double>())];
    }

    /// <summary>Reads the bars of a market from the run's source, and computes factors over all of them.</summary>
    /// <param name="runFolder">The folder of the run.</param>
    /// <param name="timeframe">null = the batch's.</param>
    /// <param name="factors">As users write them.</param>
    /// <exception cref="InputException">The run has no such symbol, or a text is no factor of one market.</exception>
    public static async Task<RunChart> ReadAsync(string runFolder, string symbol, Timeframe? timeframe, IReadOnlyList<string> factors,
        GranaryCatalogues catalogues, CancellationToken cancellationToken)
    {
        var manifest = RunManifest.Read(runFolder);
        if (!manifest.DataHashes.ContainsKey(symbol))
            throw new InputException($"this run has no symbol '{symbol}'; it has {string.Join(", ", manifest.DataHashes.Keys)}");
        var spec = new BatchReader(catalogues).Read("manifest.json (spec)", System.Text.Encoding.UTF8.GetBytes(manifest.BatchText),
            manifest.Folder, bindStrategies: false);
        var source = BatchSources.Open(catalogues.Sources, spec.Data, spec.Folder);
        var shown = timeframe ?? spec.Data.Timeframe;
        if (shown != spec.Data.Timeframe) source = new ResampledBarSource(source, spec.Data.Timeframe);
        var series = await source.OpenAsync(new BarQuery(symbol, shown, spec.Data.From, spec.Data.To), cancellationToken)
            .ConfigureAwait(false);
        await using var _ = series.ConfigureAwait(false);
        var chart = new RunChart(symbol, shown, factors);
        var columns = Columns(new MarketSeries(series.Instrument, shown), factors, catalogues.Factors);
        await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            columns.Next(block);
            for (var i = 0; i < block.Count; i++) chart._bars.Add(block[i]);
            for (var f = 0; f < factors.Count; f++) chart._factors[f].AddRange(columns[f]);
        }
        return chart;
    }

    /// <summary>The part of it that is in sight.</summary>
    public ChartBars Show(RunSeries part)
    {
        var (first, end) = (IndexOf(part.From ?? long.MinValue), IndexOf(part.To ?? long.MaxValue));
        var bars = _bars.GetRange(first, Math.Max(0, end - first));
        var joined = LevelOfDetail.Join(bars, part.Points);
        return new ChartBars(new RunBars(_symbol, _timeframe.ToString(), bars.Count,
            [.. joined.Select(b => new DateTime(b.Time, DateTimeKind.Utc))], [.. joined.Select(b => b.Open)],
            [.. joined.Select(b => b.High)], [.. joined.Select(b => b.Low)], [.. joined.Select(b => b.Close)],
            [.. joined.Select(b => b.Volume)]),
            [.. _names.Select((name, f) => new ChartFactor(name, [.. Enumerable.Range(0, joined.Count)
                .Select(i => JsonNumber.Finite(_factors[f][first + LevelOfDetail.LastOf(bars.Count, part.Points, i)]))]))]);
    }

    private static FactorColumns Columns(MarketSeries market, IReadOnlyList<string> factors, FactorCatalogue known)
    {
        FactorColumns columns;
        try
        {
            columns = new FactorColumns(market, factors, known);
        }
        catch (ArgumentException e)
        {
            throw new InputException($"factors: {e.Message}", e);
        }
        return columns.ReferenceSymbols.Count == 0 ? columns
            : throw new InputException("factors: a chart has one market, and "
                + $"{string.Join(", ", columns.ReferenceSymbols)} would be needed");
    }

    private int IndexOf(long time)
    {
        var (low, high) = (0, _bars.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_bars[middle].Time < time) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
