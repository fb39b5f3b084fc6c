namespace Granary.Engine.Market;

/// <summary>A bar of a market that closes now.</summary>
public readonly record struct ClosedBar(string Symbol, Bar Bar, Timeframe Timeframe)
{
    /// <summary>The time at which the bar is complete, UTC ticks.</summary>
    public long CloseTime => Timeframe.CloseOf(Bar.Time);
}
