using System.Runtime.CompilerServices;
using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;

namespace Granary.Simulation.Passes;

/// <summary>
/// Computes the benchmark of a batch's portfolio: buying and holding a symbol of its source, or the batch's own markets in equal parts.
/// </summary>
internal static class BenchmarkCurve
{
    public const string Own = "buy-and-hold";

    /// <summary>Adds the benchmark, and the portfolio's metrics relative to it, to a run; returns the run unchanged without one.</summary>
    /// <param name="rows">All equity rows of the portfolio; null if the batch names no benchmark.</param>
    /// <param name="rowTicks">Time from a row's timestamp until it is known, in ticks.</param>
    /// <exception cref="InputException">The source does not have the symbol.</exception>
    public static async Task<RunModel> CompareAsync(RunModel model, EquityCurve? rows,
        (BatchSpec Spec, IBarSource Source, IReadOnlyDictionary<string, OpenedMarket> Markets) batch, long rowTicks,
        CancellationToken cancellationToken)
    {
        var (spec, source, markets) = batch;
        if (spec.Benchmark is not { } part || rows is not { Count: > 1 }) return model;
        var (name, from) = (part.String(), spec.Data.From ?? 0);
        var worth = new BenchmarkRows(rows.Times.ToArray(), rowTicks);
        if (name == Own)
        {
            await AddAsync(markets, from, worth, cancellationToken);
        }
        else if (markets.TryGetValue(name, out var market))
        {
            await AddAsync(market, from, worth, cancellationToken);
        }
        else
        {
            await using var series = await OpenAsync(spec, source, part, cancellationToken);
            await AddAsync(new OpenedMarket(name, series, series.Instrument), from, worth, cancellationToken);
        }
        if (worth.FirstLost is { } lost)
            return model.With([new RunNote(NoteCode.Benchmark, $"Nothing is compared with the benchmark {NameOf(spec)}, which has a price "
                + $"of 0 or less by {RunText.Time(rows.Times[lost])}: buying and holding needs prices above zero. Name another "
                + "benchmark.")]);
        var common = worth.Common();
        if (common.Length < 2)
            return model.With([new RunNote(NoteCode.Benchmark, $"The benchmark {NameOf(spec)} has fewer than two bars in the time of the "
                + "portfolio's rows, so that nothing is compared with it.")]);
        long[] times = [.. common.Select(i => rows.Times[i])];
        // It is bought at the first common row, with what the portfolio then has.
        var start = rows.Values[worth.First] / worth.At(worth.First);
        var benchmark = new EquityCurve(times, [.. common.Select(i => worth.At(i) * start)]);
        var comparison = BenchmarkComparison.Of(new EquityCurve(times, [.. common.Select(i => rows.Values[i])]), benchmark, spec.Metrics,
            model.PeriodScale);
        // The first common row is drawn too, so that no return of the benchmark is left out.
        int[] drawn = [.. worth.CommonAt(model.Closes.Select(r => r.Time)).Prepend(worth.First).Distinct()];
        if (worth.First > 0)
            model = model.With([new RunNote(NoteCode.Benchmark, $"The benchmark {NameOf(spec)} begins at {RunText.Time(times[0])}, "
                + $"after the portfolio's first row ({RunText.Time(rows.Times[0])}): the portfolio is compared with it from there on, at "
                + $"{Counted.Of(common.Length, "row")}.", common.Length)]);
        return model with
        {
            Benchmark = new EquityCurve([.. drawn.Select(i => rows.Times[i])], [.. drawn.Select(i => worth.At(i) * start)]),
            BenchmarkName = name == Own ? "Buy and hold" : name,
            Comparison = comparison,
            Portfolio = model.Portfolio?.With(MetricInput.Of(comparison.Against)),
        };
    }

    /// <summary>
    /// Returns the value of buying and holding markets in equal parts from the first row at which one of them has a bar, with what the
    /// account then has. NaN before that row.
    /// </summary>
    /// <param name="rows">The account's equity.</param>
    /// <param name="markets">By symbol.</param>
    /// <param name="from">Earlier bars only warm up, UTC ticks.</param>
    /// <param name="rowTicks">Time from a row's timestamp until it is known, in ticks.</param>
    public static async Task<double[]> HoldAsync(EquityCurve rows, IReadOnlyDictionary<string, OpenedMarket> markets, long from,
        long rowTicks, CancellationToken cancellationToken)
    {
        var worth = new BenchmarkRows(rows.Times.ToArray(), rowTicks);
        await AddAsync(markets, from, worth, cancellationToken);
        var values = new double[rows.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = i < worth.First ? double.NaN : worth.At(i) / worth.At(worth.First) * rows.Values[worth.First];
        return values;
    }

    /// <summary>Whether these symbols include all bars that the benchmark needs.</summary>
    public static bool IsOf(string name, IEnumerable<string> symbols) => name == Own || symbols.Contains(name, StringComparer.Ordinal);

    /// <summary>Checks before the run that the source has the benchmark's bars.</summary>
    /// <returns>The instrument of a benchmark that is none of the opened markets; otherwise null.</returns>
    public static async Task<Instrument?> CheckAsync(BatchSpec spec, IBarSource source, IEnumerable<string> opened,
        CancellationToken cancellationToken)
    {
        if (spec.Benchmark is not { } part || part.String() == Own || opened.Contains(part.String())) return null;
        await using var series = await OpenAsync(spec, source, part, cancellationToken);
        return series.Instrument;
    }

    private static async Task<IBarSeries> OpenAsync(BatchSpec spec, IBarSource source, JsonPart part, CancellationToken cancellationToken)
    {
        try
        {
            return await DeclaredSource.Of(source, spec.Data, spec.Catalogues).OpenAsync(
                new BarQuery(part.String(), spec.Data.Timeframe, spec.Data.From, spec.Data.To), cancellationToken);
        }
        catch (BarDataException e)
        {
            throw new InputException(part.Fault($"the benchmark cannot be read "
                + $"({e.Message}); name a symbol of the source, or \"{Own}\"").Message, e);
        }
    }

    /// <summary>
    /// Returns the benchmark's value, starting at 1, at the ends of the strategies' trace periods; null if the batch names no benchmark, or
    /// one with a price of 0 or less.
    /// </summary>
    /// <exception cref="InputException">The source does not have the symbol.</exception>
    public static async Task<BenchmarkTrace?> TraceAsync(BatchSpec spec, IBarSource source,
        IReadOnlyDictionary<string, OpenedMarket> markets, long periodTicks, CancellationToken cancellationToken) =>
        spec.Benchmark is not null
            && await TraceAsync(spec, source, markets, periodTicks, BenchmarkStretch.Whole, cancellationToken) is { IsLost: false } trace
            ? trace : null;

    /// <summary>
    /// Returns the benchmark over the rows of an account. It starts in the period of the first row, at its value then, and ends with the
    /// last row, as in the report; one that begins later starts with the end of its first period. Null if it has no bar before the last
    /// row is known.
    /// </summary>
    /// <param name="whole">The benchmark over all bars; returned if the account covers all of them.</param>
    /// <param name="rows">Open times of the first and the last row, UTC ticks.</param>
    /// <param name="rowTicks">Time from a row's timestamp until it is known, in ticks.</param>
    public static async Task<EquityTrace?> OverAsync(BenchmarkTrace whole, (long First, long Last) rows, long rowTicks, BatchSpec spec,
        IBarSource source, IReadOnlyDictionary<string, OpenedMarket> markets, CancellationToken cancellationToken)
    {
        var stretch = new BenchmarkStretch(rows.First, rows.First + rowTicks, rows.Last + rowTicks);
        var over = stretch.From <= whole.FirstKnown && whole.LastKnown <= stretch.To ? whole
            : await TraceAsync(spec, source, markets, whole.Trace.PeriodTicks, stretch, cancellationToken);
        return over?.FirstKnown > stretch.From ? over.WholePeriods : over?.Trace;
    }

    private static async Task<BenchmarkTrace?> TraceAsync(BatchSpec spec, IBarSource source,
        IReadOnlyDictionary<string, OpenedMarket> markets, long periodTicks, BenchmarkStretch stretch, CancellationToken cancellationToken)
    {
        var (part, from) = (spec.Benchmark!, spec.Data.From ?? 0);
        var name = part.String();
        if (name != Own)
        {
            if (markets.TryGetValue(name, out var market)) return await TraceAsync(market, from, periodTicks, stretch, cancellationToken);
            await using var series = await OpenAsync(spec, source, part, cancellationToken);
            return await TraceAsync(new OpenedMarket(name, series, series.Instrument), from, periodTicks, stretch, cancellationToken);
        }
        var traces = new List<BenchmarkTrace>();
        foreach (var (_, market) in markets.OrderBy(m => m.Key, StringComparer.Ordinal))
            if (await TraceAsync(market, from, periodTicks, stretch, cancellationToken) is { } trace)
                traces.Add(trace);
        return traces.Count == 0 ? null : BenchmarkTrace.Mean(traces);
    }

    /// <summary>Name of the benchmark in the report.</summary>
    public static string? NameOf(BatchSpec spec) =>
        spec.Benchmark is not { } part ? null : part.String() is var name && name == Own ? "buy and hold" : name;

    private static async Task<BenchmarkTrace?> TraceAsync(OpenedMarket market, long from, long periodTicks, BenchmarkStretch stretch,
        CancellationToken cancellationToken)
    {
        var (start, first, last) = (1.0, -1L, -1L);
        EquityTracer? tracer = null;
        await foreach (var (time, ratio) in WorthAsync(market, from, cancellationToken))
        {
            var known = market.Series.Timeframe.CloseOf(time);
            if (known > stretch.To) break;
            if (first < 0) first = known;
            last = known;
            // The benchmark's return starts at the first row.
            if (known <= stretch.From)
            {
                start = ratio;
                continue;
            }
            if (tracer is null)
            {
                tracer = new EquityTracer(periodTicks, start);
                // Held at the first row, it has no return in a period that ends before its next bar.
                if (first <= stretch.From && stretch.Row / periodTicks < time / periodTicks) tracer.Add(stretch.Row, start);
            }
            tracer.Add(time, ratio);
        }
        if (first < 0) return null;
        return new BenchmarkTrace(tracer?.Finish() ?? new EquityTrace(periodTicks, first / periodTicks, start, [start]), first, last);
    }

    private static async Task AddAsync(IReadOnlyDictionary<string, OpenedMarket> markets, long from, BenchmarkRows rows,
        CancellationToken cancellationToken)
    {
        foreach (var (_, market) in markets.OrderBy(m => m.Key, StringComparer.Ordinal))
            await AddAsync(market, from, rows, cancellationToken);
    }

    private static async Task AddAsync(OpenedMarket market, long from, BenchmarkRows rows, CancellationToken cancellationToken)
    {
        rows.Begin();
        await foreach (var (time, worth) in WorthAsync(market, from, cancellationToken))
            rows.Add(market.Series.Timeframe.CloseOf(time), worth);
        rows.End();
    }

    // Value at the close of each bar, in the account's currency, of one unit of money invested in a market; 1 at the first bar from a time
    // on, because earlier bars only warm up. Dividends are reinvested, a future is rolled, and what a listing that has ended was worth is
    // invested in the next one. From a price of 0 or less on, which no money can be invested at, it is NaN.
    private static async IAsyncEnumerable<(long Time, double Worth)> WorthAsync(OpenedMarket market, long from, [EnumeratorCancellation]
        CancellationToken cancellationToken)
    {
        var (ex, rates) = (market.Instrument.CorporateActions, market.Instrument.Rates);
        var (action, units, first) = (0, 1.0, double.NaN);
        var (listing, changes, change, last) = (new ListingCursor(market.Instrument, market.Series.Timeframe), market.Instrument.Changes, 0,
            double.NaN);
        await foreach (var block in market.Series.ReadAsync(BarBlock.MaxCount, cancellationToken))
            for (var i = 0; i < block.Count; i++)
            {
                var time = block.Time[i];
                if (time < from) continue;
                for (; action < ex.Count && ex[action].From(market.Series.Timeframe) <= time; action++)
                    if (!double.IsNaN(first))
                        units *= ex[action].SplitRatio + ex[action].Dividend / block.Open[i];
                if (listing.IsNew(time) && last / block.Open[i] is > 0 and var after) units *= after;
                for (; change < changes.Count && changes[change].Time <= time; change++)
                    if (!double.IsNaN(first) && changes[change] is { Kind: ListingChangeKind.Roll } roll)
                        units *= roll is { OldPrice: > 0, NewPrice: > 0 } ? roll.OldPrice / roll.NewPrice : double.NaN;
                last = block.Close[i];
                if (!(last > 0)) units = double.NaN;
                var close = last * rates.At(market.Series.Timeframe.CloseOf(time));
                if (double.IsNaN(first)) first = close;
                yield return (time, units * close / first);
            }
    }
}
