using System.Runtime.InteropServices;

namespace Granary.Engine.Trading;

/// <summary>One fill of a trade: its entry, a part of it, or a part of what closes it.</summary>
/// <param name="Number">The number of the trade.</param>
/// <param name="Time">Open time of the bar, UTC ticks.</param>
/// <param name="Price">Quote currency, slippage included.</param>
/// <param name="Quantity">Base units, positive.</param>
/// <param name="Commission">Quote currency; negative is a rebate.</param>
/// <param name="Order">The order's number; none for a stop or target that fills whole.</param>
/// <param name="IsEntry">Whether it opens the trade or adds to it.</param>
/// <param name="IsFirst">Whether it is the trade's first fill.</param>
/// <param name="IsMaker">Whether the order had waited for the market.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct TradeFill(
    int Number, long Time, double Price, double Quantity, double Commission, OrderId Order, bool IsEntry, bool IsFirst, bool IsMaker)
{
    /// <summary>The cause of an exit; <see cref="ExitReason.Open"/> for an entry.</summary>
    public ExitReason Reason { get; init; }

    /// <summary>
    /// Whether it is of a manual order, or of a recorded trade: an account that follows the strategy takes it as it is.
    /// </summary>
    public bool IsByHand { get; init; }

    /// <summary>The strategy's open quantity before an exit by hand, base units.</summary>
    public double OpenBefore { get; init; }

    /// <summary>Whether an order has filled for the entry of the trade in the same bar before an exit by hand.</summary>
    public bool FollowsEntry { get; init; }

    /// <summary>Whether it is at the open of its bar. Any other is certainly known at the bar's close.</summary>
    public bool IsAtOpen { get; init; }
}

/// <summary>Cash that a trade brings or costs while it is open.</summary>
public enum FinancingKind : byte
{
    /// <summary>Received on long positions, owed on short positions.</summary>
    Dividend,
    /// <summary>The fee for borrowed shares.</summary>
    BorrowFee,
    /// <summary>Interest on the part of long positions that was bought on margin.</summary>
    Interest,
    /// <summary>
    /// The loss beyond the account's equity, which the broker bears when it closes the account; with isolated margin the loss beyond the
    /// margin of what an order closes.
    /// </summary>
    WriteOff,
    /// <summary>Funding of a perpetual future, paid or received.</summary>
    Funding,
    /// <summary>The rest of its margin with which the exchange takes a liquidated trade over; a loss beyond the margin is paid back.
    /// </summary>
    Liquidation,
    /// <summary>
    /// Interest on what the account has in its own currency. It belongs to no trade: the number of its event is 0, and its amount is for
    /// the whole balance.
    /// </summary>
    CashInterest,
    /// <summary>The same for the balance in the currency of the symbol's prices, in that currency.</summary>
    BalanceInterest,
}
