namespace Granary.Exchanges.Tests.Server;

/// <summary>A minute of a market that never was: a function of its time.</summary>
internal readonly record struct SimulatedCandle(decimal Open, decimal High, decimal Low, decimal Close, decimal Volume)
{
    /// <param name="time">Seconds since 1970, a whole minute.</param>
    public static SimulatedCandle At(long time)
    {
        var (open, close) = (100 + time / 60 % 50, 100 + (time / 60 + 1) % 50);
        return new SimulatedCandle(open, Math.Max(open, close) + 1, Math.Min(open, close) - 1, close, 5 + time / 60 % 7);
    }
}
