namespace Granary.Engine.Trading;

/// <summary>Receives the events of a strategy run, in order of time.</summary>
public interface IRunObserver
{
    void OnSignal(in Signal signal);

    /// <summary>A signal ended without a trade.</summary>
    /// <param name="time">Open time of the bar at which it ended, UTC ticks.</param>
    void OnSignalEnded(int number, SignalEnd end, long time);

    /// <summary>
    /// Called for the first fill of each trade. Also called for the other fills if a trade has several, if a bar's volume bounds fills, or
    /// if an order's fees do not follow from its size. The fill that closes the trade is passed to <see cref="OnTrade"/> instead.
    /// </summary>
    void OnFill(in TradeFill fill);

    /// <summary>Called when the rest of a trade's entry is not filled any more.</summary>
    void OnEntryEnded(int number, long time)
    {
    }

    /// <summary>
    /// A market exit of an open trade was sent. Reported before the strategy's next signal, whose account counts on the proceeds.
    /// </summary>
    /// <param name="time">Open time of the bar at whose close the signal was made, UTC ticks.</param>
    void OnExiting(int number, long time)
    {
    }

    /// <summary>The account could not pay for an entry, or for a part of it.</summary>
    void OnCashShort(long time)
    {
    }

    /// <summary>An entry was reduced to the quantity that the account can pay for; reported after its signal, or before its fill.</summary>
    /// <param name="rest">The remaining quantity, base units.</param>
    void OnEntryCut(int number, long time, double rest)
    {
    }

    /// <summary>Financing of an open trade was booked.</summary>
    /// <param name="amount">Quote currency per open unit; negative is a cost.</param>
    void OnFinancing(int number, long time, FinancingKind kind, double amount)
    {
    }

    /// <summary>
    /// The shares of an open trade were split: their number is multiplied by <paramref name="ratio"/>, and their price divided by it.
    /// </summary>
    /// <param name="time">Open time of the bar, UTC ticks.</param>
    /// <param name="exDate">Ex date of the split, UTC ticks; the same for all holders.</param>
    void OnSplit(int number, long time, long exDate, double ratio)
    {
    }

    /// <summary>Called with the closed part of a trade that is open at the end, before <see cref="OnTrade"/> with the open part.</summary>
    void OnClosedPart(in Trade part);

    /// <summary>A trade was closed in full, or is still open at the end (<see cref="ExitReason.Open"/>).</summary>
    void OnTrade(in Trade trade);
}
