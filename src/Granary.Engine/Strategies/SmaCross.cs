using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Strategies;

/// <summary>Goes long when the fast average crosses above the slow one, and out or short when it crosses below.</summary>
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
