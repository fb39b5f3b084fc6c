using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Trading.Tests.Live;

/// <summary>Buys below the close with a limit order, at each bar at which it has neither a trade nor an order; only for tests.</summary>
public sealed class LimitEntries : Strategy
{
    private readonly double _percent;

    public LimitEntries(double percent = 0.5) => _percent = percent;

    public override void OnBar(StrategyContext bar)
    {
        if (bar.InMarket || bar.HasPendingEntry(Side.Buy)) return;
        bar.Enter(Side.Buy, new EntryOptions { Type = OrderType.Limit, LimitPrice = bar.Close * (1 - _percent / 100) });
    }
}
