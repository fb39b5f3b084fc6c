using Granary.Application.Hosting;
using Granary.Application.Json;
using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Reporting.Runs;

namespace Granary.Application.Batches;

/// <summary>What a batch's portfolio is compared with: a symbol of its source bought and held, or its own markets in equal parts.</summary>
internal static class BenchmarkCurve
{
    public const string Own = "buy-and-hold";

    /// <summary>The model with its benchmark, and the portfolio's figures against it, where the batch names one.</summary>
    /// <param name="rowTicks">A row of the equity is known so long after its stamp.</param>
    /// <exception cref="InputException">The source does not have the symbol.</exception>
    public static async Task<RunModel> CompareAsync(RunModel model, BatchSpec spec, IBarSource source, IReadOnlyDictionary<string, OpenedMarket> markets, long rowTicks, CancellationToken cancellationToken)
    {
        if (spec.Benchmark is not { } part || model.Closes.Count < 2) return model;
        var name = part.String();
        var times = model.Closes.Select(r => r.Time).ToArray();
        var ratios = new double[times.Length];
        if (name == Own)
        {
            foreach (var (symbol, market) in markets.OrderBy(m => m.Key, StringComparer.Ordinal)) await AddAsync(market, times, rowTicks, spec.Data.From ?? 0, ratios, cancellationToken);
            for (var i = 0; i < ratios.Length; i++) ratios[i] /= markets.Count;
        }
        else if (markets.TryGetValue(name, out var market))
        {
            await AddAsync(market, times, rowTicks, spec.Data.From ?? 0, ratios, cancellationToken);
        }
        else
        {
            await using var series = await OpenAsync(spec, source, part, cancellationToken);
            await AddAsync(new OpenedMarket(name, series, series.Instrument), times, rowTicks, spec.Data.From ?? 0, ratios, cancellationToken);
        }
        for (var i = 0; i < ratios.Length; i++) ratios[i] *= model.StartingCash;
        var curve = new EquityCurve(times, ratios);
        var statistics = BenchmarkComparison.Of(new EquityCurve(times, [.. model.Closes.Select(r => r.Equity)]), curve);
        return model with
        {
            Benchmark = curve,
            BenchmarkName = name == Own ? "Buy and hold" : name,
            Portfolio = model.Portfolio is null ? null : model.Portfolio with { Benchmark = statistics },
        };
    }

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
            return await source.OpenAsync(new BarQuery(part.String(), spec.Data.Timeframe, spec.Data.From, spec.Data.To), cancellationToken);
        }
        catch (BarDataException e)
        {
            throw new InputException(part.Fault($"the benchmark cannot be read ({e.Message}); name a symbol of the source, or \"{Own}\"").Message, e);
        }
    }

    // What a unit of money in a market had become at each instant; 1 before its first bar. Dividends buy more of it.
    private static async Task AddAsync(OpenedMarket market, long[] times, long rowTicks, long from, double[] sums, CancellationToken cancellationToken)
    {
        var ex = market.Instrument.CorporateActions;
        var (row, action, units, ratio, first) = (0, 0, 1.0, 1.0, double.NaN);
        var ticks = market.Series.Timeframe.Ticks;
        await foreach (var block in market.Series.ReadAsync(BarBlock.MaxCount, cancellationToken))
            for (var i = 0; i < block.Count; i++)
            {
                var time = block.Time[i];
                if (time < from) continue;
                while (row < times.Length && time + ticks > times[row] + rowTicks) sums[row++] += ratio;
                for (; action < ex.Count && ex[action].From(market.Series.Timeframe) <= time; action++)
                    if (!double.IsNaN(first))
                        units *= ex[action].SplitRatio * (1 + ex[action].Dividend / block.Open[i]);
                if (double.IsNaN(first)) first = block.Close[i];
                ratio = units * block.Close[i] / first;
            }
        while (row < times.Length) sums[row++] += ratio;
    }
}
