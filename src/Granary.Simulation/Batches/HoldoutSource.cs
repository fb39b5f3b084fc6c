using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Reporting.Runs;

namespace Granary.Simulation.Batches;

/// <summary>Leaves out all bars that close after a time, so no reader of the source sees them.</summary>
/// <remarks>
/// Faults and notes of the source can describe bars that are left out, so they are replaced by sentences without their values.
/// </remarks>
/// <param name="holdout">Time of the last close, UTC ticks.</param>
internal sealed class HoldoutSource(IBarSource source, long holdout) : IBarSource
{
    // Symbols whose bars are as far apart as their timeframe says.
    private readonly ConcurrentDictionary<(string Symbol, Timeframe Timeframe), bool> _checked = new();

    /// <summary>Wraps a source; returns the source itself without a holdout.</summary>
    /// <param name="holdout">Time of the last close, UTC ticks; null = all bars are read.</param>
    public static IBarSource Of(IBarSource source, long? holdout) => holdout is { } time ? new HoldoutSource(source, time) : source;

    /// <summary>Returns the end of the open times of the bars that close until a time, UTC ticks, exclusive.</summary>
    public static long EndOf(Timeframe timeframe, long holdout)
    {
        // Months have different lengths, so that the bar before the inverse may also close later.
        var open = timeframe.OpenOf(holdout);
        while (timeframe.CloseOf(open) > holdout) open -= TimeSpan.TicksPerDay;
        return open + 1;
    }

    public async ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default)
    {
        try
        {
            return await source.ListSymbolsAsync(timeframe, cancellationToken);
        }
        catch (BarDataException e)
        {
            throw Hidden(e, "the source", holdout);
        }
    }

    public IReadOnlyList<string> PassedOver => [];

    public async ValueTask<IReadOnlyList<string>> ListColumnsAsync(BarQuery query, CancellationToken cancellationToken = default)
    {
        try
        {
            return await source.ListColumnsAsync(Cut(query), cancellationToken);
        }
        catch (BarDataException e)
        {
            throw Hidden(e, query.Symbol, holdout);
        }
    }

    public async ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
    {
        var cut = Cut(query);
        try
        {
            if (cut.From >= cut.To) throw new BarDataException("no bar is left");
            if (!_checked.ContainsKey((query.Symbol, query.Timeframe)))
            {
                await CheckAsync(query, cancellationToken);
                _checked[(query.Symbol, query.Timeframe)] = true;
            }
            return new Series(await source.OpenAsync(cut, cancellationToken), query.Symbol, holdout);
        }
        catch (BarDataException e)
        {
            throw Hidden(e, query.Symbol, holdout);
        }
    }

    // Longer bars that are named as shorter ones would close after the holdout without saying so. All bars are compared, because a query
    // can be so short that it has one of them.
    private async Task CheckAsync(BarQuery query, CancellationToken cancellationToken)
    {
        await using var series = await source.OpenAsync(Cut(query with { From = null, To = null, Columns = [] }), cancellationToken);
        var (previous, shortest) = (long.MinValue, long.MaxValue);
        await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken))
            foreach (var time in block.Time)
            {
                if (previous != long.MinValue) shortest = Math.Min(shortest, time - previous);
                previous = time;
                if (shortest <= query.Timeframe.Ticks) return;
            }
        throw new BarDataException("no two bars are as close as the timeframe");
    }

    private BarQuery Cut(BarQuery query) => query with { To = Math.Min(query.To ?? long.MaxValue, EndOf(query.Timeframe, holdout)) };

    // The inner exception is left out too, because logs and messages of callers may show it.
    private static BarDataException Hidden(BarDataException fault, string symbol, long holdout) => new(
        $"{symbol} cannot be read until the holdout at {RunText.Time(holdout)}: the source does not have its bars of this timeframe and "
        + $"time, or {(fault.Line is null ? "they are" : "a row of its file is")} not valid; 'granary data check' of the operator says "
        + "which");

    private sealed class Series(IBarSeries series, string symbol, long holdout) : SeriesWrapper(series, disposes: true)
    {
        public override IReadOnlyList<string> Notes { get; } =
            [$"{symbol}: bars that close after the holdout at {RunText.Time(holdout)} are not read."];

        public override async IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize,
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await using var blocks = Inner.ReadAsync(blockSize, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (true)
            {
                try
                {
                    if (!await blocks.MoveNextAsync()) yield break;
                }
                catch (BarDataException e)
                {
                    throw Hidden(e, symbol, holdout);
                }
                var block = blocks.Current;
                if (Timeframe.CloseOf(block.Time[^1]) > holdout)
                    throw new BarDataException($"the source of {symbol} returned bars after the end of the query; report this fault");
                yield return block;
            }
        }
    }
}
