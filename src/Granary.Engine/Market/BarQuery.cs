namespace Granary.Engine.Market;

/// <summary>Which bars: one symbol at one timeframe, between two times.</summary>
/// <param name="Symbol">As the source lists it.</param>
/// <param name="From">The first open time wanted, UTC ticks; null from the start.</param>
/// <param name="To">The first open time no longer wanted, UTC ticks; null to the end.</param>
public sealed record BarQuery(string Symbol, Timeframe Timeframe, long? From = null, long? To = null)
{
    /// <summary>Whether a bar that opens at this time is asked for.</summary>
    public bool Wants(long time) => (From is not { } from || time >= from) && (To is not { } to || time < to);
}
