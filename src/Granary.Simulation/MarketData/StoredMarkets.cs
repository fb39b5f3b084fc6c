using Granary.Contracts.MarketData;
using Granary.Contracts.Runs;
using Granary.Data.Comparison;
using Granary.Data.Quality;
using Granary.Data.Resampling;
using Granary.Data.Sources;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;
using Granary.Storage.Addresses;

namespace Granary.Simulation.MarketData;

/// <summary>Reads coverage, quality and differences of markets in stores.</summary>
/// <param name="stores">Stores that the process knows.</param>
internal sealed class StoredMarkets(BarStoreCatalogue stores)
{
    /// <exception cref="BarDataException">The store or market does not exist.</exception>
    public async Task<MarketCoverage> CoverageAsync(Address store, BarQuery query, CancellationToken cancellationToken)
    {
        await using var opened = stores.Open(store);
        await using var series = await opened.Source(adjust: false).OpenAsync(query, cancellationToken).ConfigureAwait(false);
        var counts = new List<int>();
        var first = 0L;
        await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
            for (var i = 0; i < block.Count; i++)
            {
                var day = block[i].Time / TimeSpan.TicksPerDay;
                if (counts.Count == 0) first = day;
                while (counts.Count <= day - first) counts.Add(0);
                counts[(int)(day - first)]++;
            }
        var report = await DataCheck.SeriesAsync(series, cancellationToken).ConfigureAwait(false);
        int[] traded = [.. counts.Where(c => c > 0).Order()];
        var calendar = series.Instrument.Calendar;
        return new MarketCoverage(query.Symbol, query.Timeframe.ToString(), calendar.Zone.Id,
            DateOnly.FromDateTime(new DateTime(first * TimeSpan.TicksPerDay)), counts, Quantile.UpperMedian<int>(traded),
            report.MissingDays, report.ShortDays, calendar.IsContinuous ? null : calendar.Name);
    }

    /// <summary>Checks the quality of one market, or of all markets of a timeframe.</summary>
    /// <param name="symbol">Null = all symbols of the timeframe.</param>
    /// <exception cref="InputException">The store has no bars of the timeframe.</exception>
    /// <exception cref="BarDataException">The store or market does not exist.</exception>
    public async Task<IReadOnlyList<QualityReport>> CheckAsync(Address store, string? symbol, Timeframe timeframe,
        CancellationToken cancellationToken)
    {
        await using var opened = stores.Open(store);
        var source = opened.Source(adjust: false);
        var symbols = symbol is not null ? [symbol]
            : await source.ListSymbolsAsync(timeframe, cancellationToken).ConfigureAwait(false);
        if (symbols.Count == 0)
            throw new InputException($"{store} has no {timeframe} bars; 'granary data list --store {store}' shows what it has");
        var reports = new List<QualityReport>();
        foreach (var stored in symbols)
            reports.Add(await DataCheck.RunAsync(source, new BarQuery(stored, timeframe), cancellationToken).ConfigureAwait(false));
        return reports;
    }

    /// <summary>Compares the bars of a market in two stores.</summary>
    /// <exception cref="BarDataException">The store or market does not exist.</exception>
    public async Task<SourceComparison> CompareAsync(Address a, Address b, BarQuery query, SourceComparer comparer,
        CancellationToken cancellationToken) =>
        comparer.Compare(await BarsAsync(a, query, cancellationToken).ConfigureAwait(false),
            await BarsAsync(b, query, cancellationToken).ConfigureAwait(false), query.Timeframe);

    /// <summary>Returns all bars of a market as stored, without adjustments.</summary>
    /// <exception cref="BarDataException">The store or market does not exist.</exception>
    public async Task<IReadOnlyList<Bar>> BarsAsync(Address store, BarQuery query, CancellationToken cancellationToken)
    {
        await using var opened = stores.Open(store);
        await using var series = await opened.Source(adjust: false).OpenAsync(query, cancellationToken).ConfigureAwait(false);
        return await BarsOfAsync(series, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns bars for a chart. Bars of a timeframe that the store lacks are built from its longest shorter ones.</summary>
    /// <exception cref="BarDataException">The store or market does not exist, or has no timeframe to build the bars from.</exception>
    public async Task<RunBars> ShownAsync(Address store, string symbol, Timeframe timeframe, RunSeries part,
        CancellationToken cancellationToken)
    {
        await using var opened = stores.Open(store);
        var source = opened.Source(adjust: false);
        foreach (var from in Timeframe.All.Where(timeframe.IsMultipleOf).Reverse())
        {
            if (!(await source.ListSymbolsAsync(from, cancellationToken).ConfigureAwait(false)).Contains(symbol)) continue;
            if (from != timeframe) source = new ResampledBarSource(source, from);
            break;
        }
        await using var series = await source.OpenAsync(new BarQuery(symbol, timeframe, part.From, part.To), cancellationToken)
            .ConfigureAwait(false);
        return part.Show(series.Instrument, timeframe, await BarsOfAsync(series, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Reads all bars of an opened series.</summary>
    public static async Task<IReadOnlyList<Bar>> BarsOfAsync(IBarSeries series, CancellationToken cancellationToken)
    {
        var bars = new List<Bar>();
        await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
            for (var i = 0; i < block.Count; i++)
                bars.Add(block[i]);
        return bars;
    }
}
