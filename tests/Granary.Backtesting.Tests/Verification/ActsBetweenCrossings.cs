using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Backtesting.Tests.Verification;

/// <summary>Declares that it acts only where its crossing turns, and buys at every seventh bar that it sees; only for tests.</summary>
public sealed class ActsBetweenCrossings : Strategy
{
    private readonly Crossing _cross;
    private int _bars;

    public ActsBetweenCrossings()
    {
        _cross = Cross(Use("sma", 5), Use("sma", 20));
        ActOnlyAtCrossings();
    }

    public override void OnBar(StrategyContext bar)
    {
        if (_cross.At(bar) != 0) bar.Exit();
        if (++_bars % 7 == 0) bar.Enter(Side.Buy);
    }
}
