using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Resampling;

/// <summary>
/// Aggregates another source's bars to a longer timeframe. Without a session, the bars show the hours of the market. The last bar is
/// omitted if the market would still have traded before its end.
/// </summary>
/// <param name="session">The sessions of the market; null for its instrument's.</param>
internal sealed class ResampledBarSource(IBarSource inner, Timeframe from, SessionCalendar? session = null) : IBarSource
{
    public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
        inner.ListSymbolsAsync(from, cancellationToken);

    public IReadOnlyList<string> PassedOver => inner.PassedOver;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListColumnsAsync(BarQuery query, CancellationToken cancellationToken = default) =>
        inner.ListColumnsAsync(query with { Timeframe = from }, cancellationToken);

    public async ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
    {
        if (query.Timeframe == from) return await inner.OpenAsync(query, cancellationToken).ConfigureAwait(false);
        if (!query.Timeframe.IsMultipleOf(from))
            throw new BarDataException($"timeframe: {query.Timeframe} bars cannot be built from {from} bars; choose a multiple of {from}");
        // Read without a range: a long bar at its edge must not lack the short bars outside of it.
        await using var series = await inner.OpenAsync(query with { Timeframe = from, From = null, To = null }, cancellationToken)
            .ConfigureAwait(false);
        var sessions = await LongerBars.OfAsync(series, [query.Timeframe], [], session, cancellationToken).ConfigureAwait(false);
        var aggregator = new BlockAggregator(from, query.Timeframe, sessions.Calendar, IBarSeries.DefaultBlockSize);
        var bars = new List<Bar>();
        await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
            foreach (var longer in aggregator.Add(block)) Keep(longer);
        if (aggregator.End() is { } last) Keep(last);
        if (bars.Count == 0) throw new BarDataException($"{query.Symbol}: its {series.Count} bars "
            + $"of {from} do not finish one {query.Timeframe} bar in the range; widen from and to, or use a shorter timeframe");
        var isEquity = query.Timeframe == Timeframe.D1 && !bars.Exists(b => b.Time / TimeSpan.TicksPerDay % 7 >= 5);
        return new MemoryBarSeries(series.Instrument with { DailyEquity = isEquity, Calendar = sessions.Calendar }, query.Timeframe,
            [.. bars], [.. series.Notes, $"{query.Timeframe} bars were built from {from} bars", .. sessions.Notes]);

        void Keep(BarBlock block)
        {
            for (var i = 0; i < block.Count; i++)
                if (query.Wants(block.Time[i]))
                    bars.Add(block[i]);
        }
    }
}
