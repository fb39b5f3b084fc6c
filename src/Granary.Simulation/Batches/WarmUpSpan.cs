using Granary.Engine.Market;

namespace Granary.Simulation.Batches;

/// <summary>How far before its first bar a batch reads, so that its factors are warm by then.</summary>
public static class WarmUpSpan
{
    private const int Bars = 500;

    /// <summary>
    /// Room for 500 bars of the longest timeframe: daily bars have weekends and holidays, intraday bars of stocks a quarter of the day, and
    /// a weekend may come before the first.
    /// </summary>
    public static long Before(long from, Timeframe longest)
    {
        var room = longest.IsIntraday ? 6 : 1.5;
        return Math.Max(0, from - (long)(Bars * room * longest.Ticks) - 5 * TimeSpan.TicksPerDay);
    }

    /// <summary>A symbol's bars with those before the batch's first that warm up.</summary>
    /// <exception cref="BarDataException">The source has no bars of it in the batch's range.</exception>
    public static async ValueTask<IBarSeries> OpenAsync(IBarSource source, BatchSpec spec, string symbol,
        CancellationToken cancellationToken)
    {
        var own = new BarQuery(symbol, spec.Data.Timeframe, spec.Data.From, spec.Data.To);
        if (spec.ReadFrom == spec.Data.From) return await source.OpenAsync(own, cancellationToken);
        IBarSeries series;
        try
        {
            series = await source.OpenAsync(own with { From = spec.ReadFrom }, cancellationToken);
        }
        catch (BarDataException e) when (e.Line is null)
        {
            // The source reports the range that the batch names, not the longer one.
            return await source.OpenAsync(own, cancellationToken);
        }
        await foreach (var block in series.ReadAsync(IBarSeries.DefaultBlockSize, cancellationToken))
            if (block.Time[^1] >= spec.Data.From)
                return series;
        // Bars that only warm up are no bars of the batch: the source says what is missing.
        await series.DisposeAsync();
        return await source.OpenAsync(own, cancellationToken);
    }
}
