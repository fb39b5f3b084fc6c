namespace Granary.Engine.Market;

/// <summary>One instrument at one timeframe: what a feed carries.</summary>
public sealed record MarketSeries(Instrument Instrument, Timeframe Timeframe)
{
    /// <summary>
    /// Smaller bars that decide in which order a bar went through two prices; null where the batch does not ask for them, or there are
    /// none.
    /// </summary>
    public IntrabarPath? Path { get; init; }

    /// <summary>Further columns that its bars have; null where that is not known.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    public override string ToString() => $"{Instrument.Symbol}:{Timeframe}";
}
