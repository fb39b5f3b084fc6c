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
