using System.Runtime.CompilerServices;
using Granary.Application.Batches;
using Granary.Application.Json;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Reporting.Runs;

namespace Granary.Application.Simulation;

/// <summary>What a batch's portfolio is compared with: a symbol of its source bought and held, or its own markets in equal parts.</summary>
internal static class BenchmarkCurve
{
    public const string Own = "buy-and-hold";

    /// <summary>The model with its benchmark, and the portfolio's figures against it, where the batch names one.</summary>
    /// <param name="rowTicks">A row of the equity is known so long after its stamp.</param>
    /// <exception cref="InputException">The source does not have the symbol.</exception>
    public static async Task<RunModel> CompareAsync(RunModel model, BatchSpec spec, IBarSource source,
        IReadOnlyDictionary<string, OpenedMarket> markets, long rowTicks, CancellationToken cancellationToken)
    {
        if (spec.Benchmark is not { } part || model.Closes.Count < 2) return model;
        var name = part.String();
        var times = model.Closes.Select(r => r.Time).ToArray();
        var ratios = new double[times.Length];
        if (name == Own)
        {
            foreach (var (symbol, market) in markets.OrderBy(m => m.Key, StringComparer.Ordinal))
                await AddAsync(market, times, rowTicks, spec.Data.From ?? 0, ratios, cancellationToken);
            for (var i = 0; i < ratios.Length; i++) ratios[i] /= markets.Count;
        }
        else if (markets.TryGetValue(name, out var market))
        {
            await AddAsync(market, times, rowTicks, spec.Data.From ?? 0, ratios, cancellationToken);
        }
        else
        {
            await using var series = await OpenAsync(spec, source, part, cancellationToken);
            await AddAsync(new OpenedMarket(name, series, series.Instrument), times, rowTicks, spec.Data.From ?? 0, ratios,
                cancellationToken);
        }
        for (var i = 0; i < ratios.Length; i++) ratios[i] *= model.StartingCash;
        var curve = new EquityCurve(times, ratios);
        var statistics = BenchmarkComparison.Of(new EquityCurve(times, [.. model.Closes.Select(r => r.Equity)]), curve);
        return model with
        {
            Benchmark = curve,
            BenchmarkName = name == Own ? "Buy and hold" : name,
            Portfolio = model.Portfolio?.With(MetricInput.Of(statistics)),
        };
    }

    /// <summary>Whether the bars of these symbols are all that the benchmark needs.</summary>
    public static bool IsOf(string name, IEnumerable<string> symbols) => name == Own || symbols.Contains(name, StringComparer.Ordinal);

    /// <summary>Tells early that the benchmark is not there.</summary>
    public static async Task CheckAsync(BatchSpec spec, IBarSource source, IEnumerable<string> opened, CancellationToken cancellationToken)
    {
        if (spec.Benchmark is not { } part || part.String() == Own || opened.Contains(part.String())) return;
        await using var series = await OpenAsync(spec, source, part, cancellationToken);
    }

    private static async Task<IBarSeries> OpenAsync(BatchSpec spec, IBarSource source, JsonPart part, CancellationToken cancellationToken)
    {
        try
        {
            return await source.OpenAsync(new BarQuery(part.String(), spec.Data.Timeframe, spec.Data.From, spec.Data.To),
                cancellationToken);
        }
        catch (BarDataException e)
        {
            throw new InputException(part.Fault($"the benchmark cannot be read "
                + $"({e.Message}); name a symbol of the source, or \"{Own}\"").Message, e);
        }
    }

    /// <summary>
    /// The benchmark's worth at the ends of the periods of the strategies' traces, from 1 on; null where the batch names none.
    /// </summary>
    /// <exception cref="InputException">The source does not have the symbol.</exception>
    public static async Task<EquityTrace?> TraceAsync(BatchSpec spec, IBarSource source, IReadOnlyDictionary<string, OpenedMarket> markets,
        long periodTicks, CancellationToken cancellationToken)
    {
        if (spec.Benchmark is not { } part) return null;
        var name = part.String();
        if (name != Own)
        {
            if (markets.TryGetValue(name, out var market))
                return await TraceAsync(market, spec.Data.From ?? 0, periodTicks, cancellationToken);
            await using var series = await OpenAsync(spec, source, part, cancellationToken);
            return await TraceAsync(new OpenedMarket(name, series, series.Instrument), spec.Data.From ?? 0, periodTicks, cancellationToken);
        }
        var traces = new List<EquityTrace>();
        foreach (var (_, market) in markets.OrderBy(m => m.Key, StringComparer.Ordinal))
            if (await TraceAsync(market, spec.Data.From ?? 0, periodTicks, cancellationToken) is { } trace)
                traces.Add(trace);
        if (traces.Count == 0) return null;
        var (first, last) = (traces.Min(t => t.FirstPeriod), traces.Max(t => t.LastPeriod));
        var worth = new double[last - first + 1];
        for (var p = 0; p < worth.Length; p++) worth[p] = traces.Average(t => t.EquityAt(first + p));
        return new EquityTrace(periodTicks, first, 1, worth);
    }

    /// <summary>As the benchmark is called in the report.</summary>
    public static string? NameOf(BatchSpec spec) =>
        spec.Benchmark is not { } part ? null : part.String() is var name && name == Own ? "buy and hold" : name;

    private static async Task<EquityTrace?> TraceAsync(OpenedMarket market, long from, long periodTicks,
        CancellationToken cancellationToken)
    {
        var tracer = new EquityTracer(periodTicks, 1);
        await foreach (var (time, ratio) in WorthAsync(market, from, cancellationToken)) tracer.Add(time, ratio);
        return tracer.Finish();
    }

    private static async Task AddAsync(OpenedMarket market, long[] times, long rowTicks, long from, double[] sums,
        CancellationToken cancellationToken)
    {
        var (row, ratio, ticks) = (0, 1.0, market.Series.Timeframe.Ticks);
        await foreach (var (time, worth) in WorthAsync(market, from, cancellationToken))
        {
            while (row < times.Length && time + ticks > times[row] + rowTicks) sums[row++] += ratio;
            ratio = worth;
        }
        while (row < times.Length) sums[row++] += ratio;
    }

    // What a unit of money in a market has become at the close of each bar; 1 at the first from a time on, since bars before it only warm
    // up. Dividends buy more of it.
    private static async IAsyncEnumerable<(long Time, double Worth)> WorthAsync(OpenedMarket market, long from, [EnumeratorCancellation]
        CancellationToken cancellationToken)
    {
        var ex = market.Instrument.CorporateActions;
        var (action, units, first) = (0, 1.0, double.NaN);
        await foreach (var block in market.Series.ReadAsync(BarBlock.MaxCount, cancellationToken))
            for (var i = 0; i < block.Count; i++)
            {
                var time = block.Time[i];
                if (time < from) continue;
                for (; action < ex.Count && ex[action].From(market.Series.Timeframe) <= time; action++)
                    if (!double.IsNaN(first))
                        units *= ex[action].SplitRatio * (1 + ex[action].Dividend / block.Open[i]);
                if (double.IsNaN(first)) first = block.Close[i];
                yield return (time, units * block.Close[i] / first);
            }
    }
}
