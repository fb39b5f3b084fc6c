using Granary.Engine.Market;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>Provides the smaller bars that decide which comes first if one bar touches both a stop and a target.</summary>
internal static class IntrabarPaths
{
    /// <summary>Returns the timeframe of the smaller bars for strategies of a timeframe; null if none are requested or available.</summary>
    public static Timeframe? TimeframeFor(BatchSpec spec, Timeframe feed) =>
        !spec.Execution.Settings.UsePath ? null
        : spec.Execution.PathTimeframe ?? (feed.Ticks > spec.Data.Timeframe.Ticks ? spec.Data.Timeframe : null);

    /// <summary>Returns a feed's series with its smaller bars, if there are any.</summary>
    public static MarketSeries With(BatchSpec spec, OpenedMarket market, Timeframe feed)
    {
        var series = new MarketSeries(market.Instrument, feed) { Columns = market.Series.Columns };
        var smaller = TimeframeFor(spec, feed) is not { } timeframe ? null
            : timeframe == market.Series.Timeframe ? market.Series
            : market.Smaller ?? (feed.Ticks > market.Series.Timeframe.Ticks ? market.Series : null);
        if (smaller is null) return series;
        var path = new IntrabarPath(smaller.Timeframe);
        foreach (var block in smaller.ReadAsync(BarBlock.MaxCount).ToBlockingEnumerable()) path.Add(block);
        return series with { Path = path };
    }

    /// <summary>Returns the reader of the smaller bars of a portfolio's books; null if the batch asks for none.</summary>
    public static Func<string, Timeframe, IntrabarPath?>? ReaderOf(BatchSpec spec, IReadOnlyDictionary<string, OpenedMarket> markets) =>
        !spec.Execution.Settings.UsePath ? null : (symbol, timeframe) => With(spec, markets[symbol], timeframe).Path;

    /// <summary>Opens the smaller bars of a symbol.</summary>
    /// <returns>null if the source does not have them.</returns>
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
            // Not an error: the report gives the number of bars that the default rule decided instead.
            return null;
        }
    }
}
