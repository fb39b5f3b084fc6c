using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Library.Tests;

/// <summary>A strategy of a program, which is not public: it buys above the middle of the bar, and sells after some bars.</summary>
internal sealed class EveryOther : Strategy
{
    private readonly Factor _middle;
    private readonly int _length;
    private int _bars;

    public EveryOther([Range(2, 50)] int bars = 5)
    {
        _length = bars;
        _middle = Use("middle-of-bar");
    }

    public override void OnBar(StrategyContext bar)
    {
        if (++_bars % _length != 0) return;
        if (!bar.InMarket && bar.Close > bar[_middle]) bar.Enter(Side.Buy);
        else if (bar.InMarket) bar.Exit();
    }
}
