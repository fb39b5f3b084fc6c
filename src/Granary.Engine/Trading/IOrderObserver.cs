namespace Granary.Engine.Trading;

/// <summary>Sends a strategy's orders to a broker, and is notified of what the strategy's simulated account makes of them.</summary>
public interface IOrderObserver
{
    /// <summary>
    /// An entry, an exit or a manual order was made, or changed its state in the simulated account. Stops and targets are part of the
    /// entry.
    /// </summary>
    void OnOrder(in Order order);

    /// <summary>The stop of an open trade was moved.</summary>
    /// <param name="price">The new stop price.</param>
    void OnStopMoved(int trade, double price);
}
