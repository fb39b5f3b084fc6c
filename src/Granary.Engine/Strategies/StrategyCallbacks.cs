using Granary.Engine.Trading;

namespace Granary.Engine.Strategies;

/// <summary>Tells a strategy of its orders and trades, with the context in which it may answer.</summary>
internal sealed class StrategyCallbacks(Strategy strategy, StrategyContext context) : ITradeListener
{
    public void OnOrder(in Order order) => strategy.OnOrder(context, order);

    public void OnTrade(in Trade trade) => strategy.OnTrade(context, trade);
}
