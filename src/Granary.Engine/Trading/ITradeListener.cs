namespace Granary.Engine.Trading;

/// <summary>Receives a strategy's orders that changed their state and its trades that ended.</summary>
public interface ITradeListener
{
    void OnOrder(in Order order);

    void OnTrade(in Trade trade);
}
