using Granary.Engine.Market;

namespace Granary.Engine.Strategies.Library;

/// <summary>Goes long when the MACD crosses above its signal line, and out or short when it crosses below.</summary>
[Strategy("Goes long when the MACD crosses above its signal line, and exits or goes short when it crosses below.",
    WorksIn = "Markets whose trends accelerate and slow down over some weeks of bars: it enters before the averages cross and exits "
        + "before the trend ends.",
    LosesIn = "Steady trends, whose small changes of speed it trades, often against the trend; quiet sideways markets.",
    Source = "Appel 1979")]
public sealed class MacdCross : Strategy
{
    private readonly Crossing _cross;

    public MacdCross([Range(1, 1_000)] int fast = 12, [Range(2, 2_000)] int slow = 26, [Range(1, 1_000)] int signal = 9)
    {
        var macd = Use("macd", fast, slow, signal);
        _cross = Cross(macd, Use(macd.Request, line: 1));
        ActOnlyAtCrossings();
    }

    public override void OnBar(StrategyContext bar)
    {
        if (_cross.SideAt(bar) is { } side) bar.Go(side);
    }
}
