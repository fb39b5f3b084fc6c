using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Strategies.Library;

/// <summary>Goes long when the fast average crosses above the slow one, and out or short when it crosses below.</summary>
[Strategy("Goes long when the fast simple average crosses above the slow one, and out or short when it crosses below.",
    Earns = "Markets that move one way for several times the slow average's length: it is late by about half of that length at both ends and keeps the middle. "
        + "A few long trades pay for many short ones.",
    Bleeds = "Sideways markets: each swing that is shorter than the averages' lag is bought near its top and sold near its bottom, and commission is paid on both sides.",
    Source = "Donchian 1960; Brock, Lakonishok and LeBaron 1992")]
public sealed class SmaCross : Strategy
{
    private readonly Crossing _cross;

    public SmaCross([Range(1, 2_000)] int fast = 10, [Range(2, 5_000)] int slow = 30)
    {
        _cross = Cross(Use("sma", fast), Use("sma", slow));
    }

    public override void OnBar(StrategyContext bar)
    {
        var turn = _cross.At(bar);
        if (turn != 0) bar.Go((Side)turn);
    }
}
