namespace Granary.Engine.Trading;

/// <summary>Who is told of a strategy's orders that changed their state and of its trades that ended.</summary>
public interface ITradeListener
{
    void OnOrder(in Order order);

    void OnTrade(in Trade trade);
}
