using Granary.Engine.Market;

namespace Granary.Engine.Strategies.Library;

/// <summary>Goes long when the fast exponential average crosses above the slow one, and out or short when it crosses below.</summary>
[Strategy("Goes long when the fast exponential average crosses above the slow one, and exits or goes short when it crosses below.",
    WorksIn = "Trends, as SmaCross, and sooner after a sharp turn, because the newest bar has the largest weight.",
    LosesIn = "Choppy markets and single spikes: it also reacts to noise sooner.",
    Source = "Appel 1979")]
public sealed class EmaCross : Strategy
{
    private readonly Crossing _cross;

    public EmaCross([Range(1, 2_000)] int fast = 12, [Range(2, 5_000)] int slow = 26)
    {
        _cross = Cross(Use("ema", fast), Use("ema", slow));
        ActOnlyAtCrossings();
    }

    public override void OnBar(StrategyContext bar)
    {
        if (_cross.SideAt(bar) is { } side) bar.Go(side);
    }
}
