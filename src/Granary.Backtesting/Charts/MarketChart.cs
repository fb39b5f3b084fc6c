using Granary.Contracts.Runs;
using Granary.Data.Resampling;
using Granary.Engine;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;

namespace Granary.Backtesting.Charts;

/// <summary>All bars of a market of a run or a session, in memory, with factors over all of them.</summary>
internal sealed class MarketChart
{
    private readonly Instrument _instrument;
    private readonly Timeframe _timeframe;
    private readonly List<Bar> _bars = [];
    private readonly ChartQuery _query;
    private readonly FactorColumns _columns;
    private readonly List<double>[] _factors;
    private double[] _stops = [], _targets = [];
    private string? _missing;

    /// <param name="timeframe">The timeframe of the bars.</param>
    /// <param name="known">The factors that the process knows.</param>
    /// <exception cref="InputException">A text is not a factor of one market.</exception>
    public MarketChart(ChartQuery query, Instrument instrument, Timeframe timeframe, FactorCatalogue known)
    {
        (_query, _instrument, _timeframe) = (query, instrument, timeframe);
        _columns = FactorColumns.OfOneMarket(new MarketSeries(instrument, timeframe), query.Factors, known, "factors",
            others => $"a chart has one market, and {others} would be needed");
        _factors = [.. query.Factors.Select(_ => new List<double>())];
    }

    /// <summary>Adds the next bars, and computes the factors over them.</summary>
    public void Add(BarBlock block)
    {
        _columns.Next(block);
        for (var i = 0; i < block.Count; i++) _bars.Add(block[i]);
        for (var f = 0; f < _factors.Length; f++) _factors[f].AddRange(_columns[f]);
    }

    /// <summary>Reads the bars of a market from the run's source, and computes factors over all of them.</summary>
    /// <param name="runFolder">The folder of the run.</param>
    /// <param name="replayed">Runs the strategy again for its levels; null without a strategy.</param>
    /// <exception cref="InputException">The run has no such symbol, or a text is not a factor of one market.</exception>
    internal static async Task<MarketChart> ReadAsync(string runFolder, ChartQuery query, Func<Task<StrategyReplay>>? replayed,
        GranaryCatalogues catalogues, CancellationToken cancellationToken)
    {
        var manifest = RunManifest.Read(runFolder);
        if (!manifest.DataHashes.ContainsKey(query.Symbol))
            throw new InputException($"this run has no symbol '{query.Symbol}'; it has {string.Join(", ", manifest.DataHashes.Keys)}");
        var spec = manifest.ReadBatch(catalogues, bindStrategies: false);
        var source = BatchSources.Open(catalogues, spec.Data);
        var shown = query.Timeframe ?? spec.Data.Timeframe;
        if (shown != spec.Data.Timeframe) source = new ResampledBarSource(source, spec.Data.Timeframe);
        var wanted = new BarQuery(query.Symbol, shown, spec.Data.From, spec.Data.To)
        {
            Columns = [.. query.Factors.SelectMany(FurtherNames.In).Distinct(StringComparer.Ordinal)],
        };
        var series = await source.OpenAsync(wanted, cancellationToken).ConfigureAwait(false);
        await using var _ = series.ConfigureAwait(false);
        var chart = new MarketChart(query, series.Instrument, shown, catalogues.Factors);
        var replay = replayed?.Invoke();
        await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false)) chart.Add(block);
        if (replay is not null && await replay.ConfigureAwait(false) is var strategy)
        {
            // If the strategy cannot be run again, the chart is shown without levels, with the reason.
            chart._missing = strategy.Missing;
            if (strategy.LevelsOf(query.Symbol, chart._bars) is { } levels) (chart._stops, chart._targets) = levels;
        }
        return chart;
    }

    /// <summary>Returns the visible part.</summary>
    public ChartBars Show(RunSeries part)
    {
        var (first, end) = (IndexOf(part.From ?? long.MinValue), IndexOf(part.To ?? long.MaxValue));
        var bars = _bars.GetRange(first, Math.Max(0, end - first));
        var shown = part.Show(_instrument, _timeframe, bars);
        return new ChartBars(shown, [.. _query.Factors.Select((name, f) => new ChartFactor(name, Shown(_factors[f])))],
            _query.Strategy is null ? null : new ChartLevels(Shown(_stops), Shown(_targets), _missing));

        IReadOnlyList<double?> Shown(IReadOnlyList<double> values) => values.Count == 0 ? []
            : [.. Enumerable.Range(0, shown.Times.Count)
                .Select(i => JsonNumber.Finite(values[first + LevelOfDetail.LastOf(bars.Count, part.Points, i)]))];
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
