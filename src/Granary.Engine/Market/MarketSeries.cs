namespace Granary.Engine.Market;

/// <summary>One instrument at one timeframe: what a feed carries.</summary>
public sealed record MarketSeries(Instrument Instrument, Timeframe Timeframe)
{
    public override string ToString() => $"{Instrument.Symbol}:{Timeframe}";
}
