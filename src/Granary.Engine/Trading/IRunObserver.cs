namespace Granary.Engine.Trading;

/// <summary>Receives what a strategy run does, in time order.</summary>
public interface IRunObserver
{
    void OnSignal(in Signal signal);

    /// <summary>A signal ended without a trade.</summary>
    /// <param name="time">Open time of the bar at which it ended, UTC ticks.</param>
    void OnSignalEnded(int number, SignalEnd end, long time);

    /// <summary>A trade was opened.</summary>
    void OnEntry(int number, long time, double price, double quantity, double commission);

    /// <summary>
    /// A fill: the entry of each trade always (it goes on to <see cref="OnEntry"/> unless taken here), and the others where a trade has
    /// several, where a bar's volume bounds what fills, or where an order's fees do not follow from its size. What is left goes with
    /// <see cref="OnTrade"/>.
    /// </summary>
    void OnFill(in TradeFill fill)
    {
        if (fill.IsFirst) OnEntry(fill.Number, fill.Time, fill.Price, fill.Quantity, fill.Commission);
    }

    /// <summary>What was still to come of a trade's entry will not come.</summary>
    void OnEntryEnded(int number, long time)
    {
    }

    /// <summary>
    /// An exit at the market is on its way for an open trade; notified before the next signal of the strategy, whose account counts on its
    /// proceeds.
    /// </summary>
    /// <param name="time">Open time of the bar at whose close the signal was made, UTC ticks.</param>
    void OnExiting(int number, long time)
    {
    }

    /// <summary>The account could not pay for an entry, or for a part of it.</summary>
    void OnCashShort(long time)
    {
    }

    /// <summary>An entry was made smaller, to what the account can pay; notified after its signal, or before it fills.</summary>
    /// <param name="rest">Base units that are to come of it.</param>
    void OnEntryCut(int number, long time, double rest)
    {
    }

    /// <summary>An open trade has brought or cost cash.</summary>
    /// <param name="amount">Quote currency per unit that is open of it; negative is a cost.</param>
    void OnFinancing(int number, long time, FinancingKind kind, double amount)
    {
    }

    /// <summary>
    /// The shares of an open trade were split: there are <paramref name="ratio"/> times as many, at a price that is as much lower.
    /// </summary>
    /// <param name="time">Open time of the bar, UTC ticks.</param>
    /// <param name="exDate">Of the split, UTC ticks; the same for all who hold it.</param>
    void OnSplit(int number, long time, long exDate, double ratio)
    {
    }

    /// <summary>
    /// What was closed of a trade that is open at the end; notified before <see cref="OnTrade"/> with what is open of it.
    /// </summary>
    void OnClosedPart(in Trade part);

    /// <summary>A trade was closed whole, or is still open at the end (<see cref="ExitReason.Open"/>).</summary>
    void OnTrade(in Trade trade);
}
