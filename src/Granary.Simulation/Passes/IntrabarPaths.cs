using Granary.Engine.Market;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>Where the smaller bars come from that decide between a stop and a target that one bar touches.</summary>
public static class IntrabarPaths
{
    /// <summary>The timeframe of the smaller bars for strategies of a timeframe; null where the batch asks for none, or has none.</summary>
    public static Timeframe? TimeframeFor(BatchSpec spec, Timeframe feed) =>
        !spec.Execution.Settings.UsePath ? null
        : spec.Execution.PathTimeframe ?? (feed.Ticks > spec.Data.Timeframe.Ticks ? spec.Data.Timeframe : null);

    /// <summary>A feed's series with its path, where there is one.</summary>
    public static MarketSeries With(BatchSpec spec, OpenedMarket market, Timeframe feed)
    {
        var series = new MarketSeries(market.Instrument, feed);
        var smaller = TimeframeFor(spec, feed) is not { } timeframe ? null
            : timeframe == market.Series.Timeframe ? market.Series
            : market.Smaller ?? (feed.Ticks > market.Series.Timeframe.Ticks ? market.Series : null);
        if (smaller is null) return series;
        var path = new IntrabarPath(smaller.Timeframe);
        foreach (var block in smaller.ReadAsync(BarBlock.MaxCount).ToBlockingEnumerable()) path.Add(block);
        return series with { Path = path };
    }

    /// <summary>The smaller bars of a symbol, where the source holds them.</summary>
    /// <returns>null where it does not.</returns>
    public static async ValueTask<IBarSeries?> OpenAsync(IBarSource source, BatchSpec spec, string symbol,
        CancellationToken cancellationToken)
    {
        if (!spec.Execution.Settings.UsePath || spec.Execution.PathTimeframe is not { } timeframe || timeframe == spec.Data.Timeframe)
            return null;
        try
        {
            return await source.OpenAsync(new BarQuery(symbol, timeframe, spec.ReadFrom, spec.Data.To), cancellationToken);
        }
        catch (BarDataException)
        {
            // The report says how often the rule had to decide instead.
            return null;
        }
    }
}
