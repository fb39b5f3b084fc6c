using System.Runtime.CompilerServices;
using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>
/// Passes the events of a book on, each in this order: to the digest, to the entry filter, to the observers, and as a call-back to the
/// strategy. It changes nothing in the book.
/// </summary>
internal struct BookEvents(IRunObserver? observer, bool isVolumeLimited, bool hasProportionalFees)
{
    private readonly IRunObserver? _observer = observer;
    // Null if no observer receives the orders.
    private readonly IOrderObserver? _orderObserver = observer as IOrderObserver;
    // Null if no observer follows the levels of open trades.
    private readonly IProtectionObserver? _protectionObserver = observer as IProtectionObserver;
    private readonly bool _isVolumeLimited = isVolumeLimited, _hasProportionalFees = hasProportionalFees;
    // Null if the strategy has no call-backs.
    private StrategyNotices? _notices;
    private RunDigest _digest = new();

    public readonly UInt128 Digest => _digest.Value;

    /// <summary>Signals that ended without a trade.</summary>
    public SignalEnds SignalEnds { get; private set; }

    /// <summary>Filters the entries and is notified of them; null without a model.</summary>
    public IEntryFilter? Filter { get; set; }

    public readonly bool HasObserver => _observer is not null;

    public readonly bool HasListener => _notices is not null;

    /// <summary>Whether call-backs wait for <see cref="Deliver"/>.</summary>
    public readonly bool HasNotices => _notices is { Any: true };

    public void Listen(ITradeListener listener) => _notices = new StrategyNotices(listener);

    public readonly void Deliver() => _notices!.Deliver();

    // ---- orders ----

    /// <summary>Records that an order was made or changed its state.</summary>
    public readonly void OrderChanged(in Order order)
    {
        if (_notices is not null) Note(order);
        if (_orderObserver is not null) SendOn(order);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Note(in Order order) => _notices!.Add(order);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void SendOn(in Order order) => _orderObserver!.OnOrder(order);

    // ---- signals ----

    /// <summary>Records an entry signal in the digest and the entry filter. <see cref="Signal"/> sends it to the observer.</summary>
    /// <param name="stop">0 = none.</param>
    public void Signalled(in Order order, double stop, double target, in EntryAdvice advice)
    {
        _digest.Signal(order.TradeNumber, order.Side, order.CreatedAt, stop, target, advice.Prediction, advice.SizeFactor);
        Filter?.Signalled(order.TradeNumber);
    }

    /// <summary>Sends a signal to the observer.</summary>
    public readonly void Signal(in Signal signal) => _observer!.OnSignal(signal);

    /// <summary>Records the signal of a trade that a manual order opens by its fill.</summary>
    public void SignalledByFill(in Order order, double reference, double quantity)
    {
        _digest.FillSignal(order.TradeNumber, order.Side, order.CreatedAt);
        _observer?.OnSignal(new Signal(order.TradeNumber, order.CreatedAt, order.Side, order.Type, reference, quantity, 0, 0,
            order.ExpiresAt)
        { AtFill = true });
    }

    public void SignalEnded(int number, SignalEnd end, long time)
    {
        _digest.SignalEnded(number, end, time);
        SignalEnds = SignalEnds.Plus(end);
        Filter?.Ended(number);
        _observer?.OnSignalEnded(number, end, time);
    }

    /// <summary>Records that an entry was reduced to the quantity that the account can pay for.</summary>
    /// <param name="rest">The remaining quantity, base units.</param>
    public readonly void EntryCut(int number, long time, double rest) => _observer?.OnEntryCut(number, time, rest);

    /// <summary>Notifies the observer that the rest of an entry is not filled any more.</summary>
    public readonly void EntryEnded(int number, long time) => _observer?.OnEntryEnded(number, time);

    /// <summary>Records that the account could not pay for an entry, or for a part of it.</summary>
    public readonly void CashShort(long time) => _observer?.OnCashShort(time);

    // ---- trades ----

    public void Entered(in OpenTrade trade, in TradeFill fill, in Bar bar)
    {
        _digest.Entered(trade.Number, trade.Side, fill.Time, fill.Price, fill.Quantity);
        if (_observer is not null) Report(fill, bar);
        Protected(trade, bar.Time);
    }

    public void Increased(in OpenTrade trade, in TradeFill fill, in Bar bar)
    {
        _digest.Increased(fill.Number, fill.Time, fill.Price, fill.Quantity);
        if (_observer is not null) Report(fill, bar);
        Protected(trade, bar.Time);
    }

    public void Reduced(in TradeFill fill, in Bar bar)
    {
        _digest.Reduced(fill.Number, fill.Time, fill.Price, fill.Quantity);
        if (_observer is not null) Report(fill, bar);
    }

    /// <summary>Reports the last fill of a trade if the observer cannot compute it from the trade.</summary>
    public readonly void LastFill(in OpenTrade trade, in TradeFill fill, in Bar bar)
    {
        if (_observer is not null && (trade.Parted || _isVolumeLimited || !_hasProportionalFees)) Report(fill, bar);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Report(in TradeFill fill, in Bar bar) =>
        _observer!.OnFill(fill with { BarVolume = _isVolumeLimited ? bar.Volume : 0 });

    /// <summary>Notifies the observer that the market exit of a trade has been sent.</summary>
    public readonly void Exiting(int number, long time) => _observer?.OnExiting(number, time);

    /// <summary>Records that a trade was closed in full, except for observer and strategy: see <see cref="Trade"/>.</summary>
    public void Closed(int number, in TradeEnd end)
    {
        _digest.Closed(number, end.Reason, end.Time, end.ExitPrice, end.Net);
        Filter?.Closed(number, end.Net, end.Time);
    }

    /// <summary>Sends a closed trade to the observer.</summary>
    public readonly void Trade(in Trade closed) => _observer?.OnTrade(closed);

    /// <summary>Keeps a closed trade for the strategy's call-back.</summary>
    public readonly void Notify(in Trade closed) => _notices!.Add(closed);

    /// <summary>
    /// Records that a trade was closed at the end of its symbol's data. The strategy is not notified, since it had already run before that
    /// was known.
    /// </summary>
    public void ClosedAtEnd(in OpenTrade trade, in TradeEnd end)
    {
        _digest.Closed(trade.Number, end.Reason, end.Time, end.ExitPrice, end.Net);
        _observer?.OnTrade(trade.ToTrade(end));
    }

    /// <summary>Records a trade that is open when the run ends.</summary>
    /// <param name="end">The end of the whole trade.</param>
    /// <param name="part">Its closed part; null if it has none.</param>
    /// <param name="open">The part that is open.</param>
    public void StaysOpen(in TradeEnd end, in Trade? part, in Trade open)
    {
        _digest.StaysOpen(open.Number, end.Time, end.ExitPrice, end.Profit);
        if (part is { } closed) _observer?.OnClosedPart(closed);
        _observer?.OnTrade(open);
    }

    // ---- financing and splits ----

    /// <param name="amount">Quote currency per open unit.</param>
    /// <param name="cash">Quote currency for the whole position.</param>
    public void Financed(int number, FinancingKind kind, long time, double amount, double cash)
    {
        _digest.Financed(number, kind, time, amount, cash);
        _observer?.OnFinancing(number, time, kind, amount);
    }

    public void Split(in OpenTrade trade, long time, long exDate, double ratio)
    {
        _digest.Split(trade.Number, time, ratio, trade.Quantity);
        _observer?.OnSplit(trade.Number, time, exDate, ratio);
        Protected(trade, time);
    }

    // ---- stops and targets ----

    /// <summary>Records that the stop of an open trade was moved.</summary>
    /// <param name="time">Open time of the bar at whose close it was moved, UTC ticks.</param>
    public readonly void StopMoved(in OpenTrade trade, long time)
    {
        _orderObserver?.OnStopMoved(trade.Number, trade.Protection.Stop);
        Protected(trade, time);
    }

    /// <summary>Reports the levels of an open trade if they have changed.</summary>
    /// <param name="time">Open time of the bar, UTC ticks.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Protected(in OpenTrade trade, long time)
    {
        if (_protectionObserver is not null) ReportLevels(trade, time);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void ReportLevels(in OpenTrade trade, long time) =>
        _protectionObserver!.OnProtection(trade.Number, time, trade.Protection.WorkingStop(trade.Side).Price, trade.Protection.Target);

    /// <summary>Adds the sums of the equity, the last event of a book with an account of its own.</summary>
    public void Equity(in EquitySums sums) => _digest.Equity(sums);
}
