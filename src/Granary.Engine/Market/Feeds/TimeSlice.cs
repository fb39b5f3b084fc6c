namespace Granary.Engine.Market.Feeds;

/// <summary>A complete time slice of the market: all bars that close at one time.</summary>
/// <param name="Time">UTC ticks.</param>
/// <param name="Bars">The feed's own bars, and the longer ones that are built from them, by market.</param>
public readonly record struct TimeSlice(long Time, IReadOnlyList<ClosedBar> Bars)
{
    /// <summary>Returns the bars of one timeframe.</summary>
    public IReadOnlyList<ClosedBar> Of(Timeframe timeframe) =>
        Bars.All(b => b.Timeframe == timeframe) ? Bars : [.. Bars.Where(b => b.Timeframe == timeframe)];
}
