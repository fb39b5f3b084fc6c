using Granary.Engine.Market;

namespace Granary.Engine.Strategies.Library;

/// <summary>Goes long when the fast average crosses above the slow one, and out or short when it crosses below.</summary>
[Strategy("Goes long when the fast simple average crosses above the slow one, and exits or goes short when it crosses below.",
    WorksIn = "Trends that last several times the slow average's length: it loses about half of that length at both ends. A few long "
        + "trades pay for many short ones.",
    LosesIn = "Sideways markets: it buys the top and sells the bottom of each swing that is shorter than the averages' lag, and pays "
        + "costs on both sides.",
    Source = "Donchian 1960; Brock, Lakonishok and LeBaron 1992")]
public sealed class SmaCross : Strategy
{
    private readonly Crossing _cross;

    public SmaCross([Range(1, 2_000)] int fast = 10, [Range(2, 5_000)] int slow = 30)
    {
        _cross = Cross(Use("sma", fast), Use("sma", slow));
        ActOnlyAtCrossings();
    }

    public override void OnBar(StrategyContext bar)
    {
        if (_cross.SideAt(bar) is { } side) bar.Go(side);
    }
}
