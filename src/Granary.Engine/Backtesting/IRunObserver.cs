using Granary.Engine.Trading;

namespace Granary.Engine.Backtesting;

/// <summary>Who is told what a strategy run does, in time order.</summary>
public interface IRunObserver
{
    void OnSignal(in Signal signal);

    /// <summary>A signal ended without a trade.</summary>
    /// <param name="time">Open time of the bar at which it ended, UTC ticks.</param>
    void OnSignalEnded(int number, SignalEnd end, long time);

    /// <summary>A trade was opened.</summary>
    void OnEntry(int number, long time, double price, double quantity, double commission);

    /// <summary>A trade was closed whole, or is still open at the end (<see cref="ExitReason.Open"/>).</summary>
    void OnTrade(in Trade trade);
}

/// <summary>Who sends a strategy's orders on to a broker, beside being told what its simulated account makes of them.</summary>
public interface IOrderObserver
{
    /// <summary>An entry, an exit or an order by hand was made, or reached another state in the simulated account. Stops and targets are part of the entry.</summary>
    void OnOrder(in Order order);

    /// <summary>The stop of an open trade was moved.</summary>
    /// <param name="price">The new stop price.</param>
    void OnStopMoved(int trade, double price);
}
