using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Resampling;

/// <summary>Aggregates another source's bars to a longer timeframe. A bar that the source's data does not complete is omitted.</summary>
public sealed class ResampledBarSource(IBarSource inner, Timeframe from) : IBarSource
{
    public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
        inner.ListSymbolsAsync(from, cancellationToken);

    public IReadOnlyList<string> PassedOver => inner.PassedOver;

    public async ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
    {
        if (query.Timeframe == from) return await inner.OpenAsync(query, cancellationToken).ConfigureAwait(false);
        if (!query.Timeframe.IsMultipleOf(from))
            throw new BarDataException($"timeframe: {query.Timeframe} bars cannot be built from {from} bars; choose a multiple of {from}");
        // Read without a range: a long bar at its edge must not lack the short bars outside of it.
        await using var series = await inner.OpenAsync(query with { Timeframe = from, From = null, To = null }, cancellationToken)
            .ConfigureAwait(false);
        var aggregator = new BarAggregator(from, query.Timeframe, series.Instrument.Calendar);
        var bars = new List<Bar>();
        await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            for (var i = 0; i < block.Count; i++)
            {
                aggregator.Add(block[i], out var before, out var completed);
                if (before is { } gap && query.Wants(gap.Time)) bars.Add(gap);
                if (completed is { } full && query.Wants(full.Time)) bars.Add(full);
            }
        }
        if (bars.Count == 0) throw new BarDataException($"{query.Symbol}: its {series.Count} bars "
            + $"of {from} do not finish one {query.Timeframe} bar in the range; widen from and to, or use a shorter timeframe");
        return new MemoryBarSeries(series.Instrument
            with
        { DailyEquity = query.Timeframe == Timeframe.D1 && !bars.Exists(b => b.Time / TimeSpan.TicksPerDay % 7 >= 5) },
            query.Timeframe, [.. bars], [.. series.Notes, $"{query.Timeframe} bars were built from {from} bars"]);
    }
}
