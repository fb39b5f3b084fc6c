using Granary.Engine.Trading;

namespace Granary.Engine.Strategies;

/// <summary>Calls a strategy for its orders and trades, with the context in which it may answer.</summary>
internal sealed class StrategyCallbacks(Strategy strategy, StrategyContext context) : IRunListener
{
    public RunEventKinds Kinds => RunEventKinds.Order | RunEventKinds.Trade;

    public void On(in RunEvent e)
    {
        if (e.Kind == RunEventKinds.Order) strategy.OnOrder(context, context.Seen(e.Order));
        else if (e.Kind == RunEventKinds.Trade) strategy.OnTrade(context, context.Seen(e.Trade));
    }
}
