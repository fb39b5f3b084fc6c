namespace Granary.Engine.Market;

/// <summary>Query for the bars of one symbol and timeframe between two times.</summary>
/// <param name="Symbol">As the source lists it.</param>
/// <param name="From">The first open time, UTC ticks, inclusive; null from the start.</param>
/// <param name="To">The end of the open times, UTC ticks, exclusive; null to the end.</param>
public sealed record BarQuery(string Symbol, Timeframe Timeframe, long? From = null, long? To = null)
{
    /// <summary>
    /// Further columns that the bars are to carry, by the names of the source; the source refuses a name that it does not have.
    /// </summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Whether a bar that opens at this time is selected.</summary>
    public bool Wants(long time) => (From is not { } from || time >= from) && (To is not { } to || time < to);
}
