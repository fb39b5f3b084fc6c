using Granary.Engine.Market;

namespace Granary.Simulation.Batches;

/// <summary>Computes how far before its first bar a batch reads, so its factors are warm by then.</summary>
internal static class WarmUpSpan
{
    private const int Bars = 500;

    /// <summary>
    /// Returns the start of a period for about 500 bars of the longest timeframe, UTC ticks. The period has room for weekends and holidays,
    /// for stock sessions of a quarter of the day, and for a weekend before the first bar.
    /// </summary>
    public static long Before(long from, Timeframe longest)
    {
        var room = longest.IsIntraday ? 6 : 1.5;
        return Math.Max(0, from - (long)(Bars * room * longest.Ticks) - 5 * TimeSpan.TicksPerDay);
    }

    /// <summary>Opens a symbol's bars, including the warm-up bars before the batch's first bar.</summary>
    /// <exception cref="BarDataException">The source has no bars of the symbol in the batch's range.</exception>
    public static ValueTask<IBarSeries> OpenAsync(IBarSource source, BatchSpec spec, string symbol,
        CancellationToken cancellationToken) => OpenAsync(source, spec.Data, spec.ReadFrom, symbol, cancellationToken);

    /// <inheritdoc cref="OpenAsync(IBarSource, BatchSpec, string, CancellationToken)"/>
    /// <param name="readFrom">The first time that is read; without warm-up bars the data's first time.</param>
    public static async ValueTask<IBarSeries> OpenAsync(IBarSource source, DataSpec data, long? readFrom, string symbol,
        CancellationToken cancellationToken)
    {
        var own = new BarQuery(symbol, data.Timeframe, data.From, data.To);
        if (readFrom == data.From) return await source.OpenAsync(own, cancellationToken);
        IBarSeries series;
        try
        {
            series = await source.OpenAsync(own with { From = readFrom }, cancellationToken);
        }
        catch (BarDataException e) when (e.Line is null)
        {
            // Query the batch's own range, so that the source's error names that range and not the longer one.
            return await source.OpenAsync(own, cancellationToken);
        }
        await foreach (var block in series.ReadAsync(IBarSeries.DefaultBlockSize, cancellationToken))
            if (block.Time[^1] >= data.From)
                return series;
        // All bars are warm-up bars. The query of the batch's own range lets the source report the missing bars.
        await series.DisposeAsync();
        return await source.OpenAsync(own, cancellationToken);
    }
}
