using System.Runtime.CompilerServices;
using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>
/// Records the events of a book in the digest, and passes them on: to the entry filter, to the listener, and as call-backs to the strategy,
/// in this order. It makes an event only if one of them wants its kind, and changes nothing in the book.
/// </summary>
/// <param name="symbol">The book's index among the strategy's symbols.</param>
internal struct BookEvents(IRunListener? listener, int symbol, bool isVolumeLimited, bool hasProportionalFees)
{
    private IRunListener? _listener = listener;
    private readonly int _symbol = symbol;
    // The kinds of events that the listener and the filter receive.
    private RunEventKinds _listened = listener?.Kinds ?? RunEventKinds.None;
    private RunEventKinds _filtered;
    private readonly bool _isVolumeLimited = isVolumeLimited, _hasProportionalFees = hasProportionalFees;

    /// <summary>Whether what happens is at the open of the bar.</summary>
    public bool IsAtOpen { private get; set; }

    // Null if the strategy has no call-backs.
    private StrategyNotices? _notices;
    private RunDigest _digest = new();

    public readonly UInt128 Digest => _digest.Value;

    /// <summary>Signals that ended without a trade.</summary>
    public SignalEnds SignalEnds { get; private set; }

    /// <summary>The model beside the strategy; null if there is none.</summary>
    public IEntryFilter? Filter { get; private set; }

    public readonly bool HasCallBacks => _notices is not null;

    /// <summary>Whether call-backs wait for <see cref="Deliver"/>.</summary>
    public readonly bool HasNotices => _notices is { Any: true };

    /// <summary>Returns a copy with the digest so far, whose events only a listener receives.</summary>
    /// <param name="listener">Null = none.</param>
    public readonly BookEvents CopyFor(IRunListener? listener) => this with
    {
        _listener = listener,
        _listened = listener?.Kinds ?? RunEventKinds.None,
        _filtered = RunEventKinds.None,
        _notices = null,
    };

    public void CallBack(IRunListener callBacks) => _notices = new StrategyNotices(callBacks);

    public readonly void Deliver() => _notices!.Deliver();

    public void FilterBy(IEntryFilter filter)
    {
        Filter = filter;
        _filtered = filter.Kinds;
    }

    /// <summary>Whether the filter or the listener receives events of one of these kinds.</summary>
    public readonly bool Want(RunEventKinds kinds) => ((_listened | _filtered) & kinds) != 0;

    private readonly void Send(in RunEvent e)
    {
        if ((_filtered & e.Kind) != 0) Filter!.On(e);
        if ((_listened & e.Kind) != 0) _listener!.On(e);
    }

    // ---- orders ----

    /// <summary>Records that an order was made or changed its state.</summary>
    public readonly void OrderChanged(in Order order)
    {
        if (_notices is not null) Notify(order);
        if (Want(RunEventKinds.Order)) SendOrder(order);
    }

    /// <summary>Keeps an order for the strategy's call-back.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public readonly void Notify(in Order order) => _notices!.Add(RunEvent.Of(order, _symbol));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void SendOrder(in Order order) => Send(RunEvent.Of(order, _symbol));

    // ---- signals ----

    /// <summary>Records an entry signal in the digest. <see cref="Signal"/> sends it.</summary>
    /// <param name="stop">0 = none.</param>
    public void Signalled(in Order order, double stop, double target, in EntryAdvice advice) =>
        _digest.Signal(order.TradeNumber, order.Side, order.CreatedAt, stop, target, advice.Prediction, advice.SizeFactor);

    /// <summary>Sends a signal.</summary>
    public readonly void Signal(in Signal signal)
    {
        if (Want(RunEventKinds.Signal)) Send(RunEvent.Of(signal, _symbol));
    }

    /// <summary>Records the signal of a trade that a manual order opens by its fill.</summary>
    public void SignalledByFill(in Order order, double reference, double quantity)
    {
        _digest.FillSignal(order.TradeNumber, order.Side, order.CreatedAt);
        Signal(new Signal(order.TradeNumber, order.CreatedAt, order.Side, order.Type, reference, quantity, 0, 0, order.ExpiresAt)
        { AtFill = true, IsByHand = true });
    }

    public void SignalEnded(int number, SignalEnd end, long time)
    {
        _digest.SignalEnded(number, end, time);
        SignalEnds = SignalEnds.Plus(end);
        if (Want(RunEventKinds.SignalEnded)) Send(RunEvent.Of(new SignalEndedEvent(number, end, time), _symbol));
    }

    /// <summary>Records that an entry was reduced to the quantity that the account can pay or borrow.</summary>
    /// <param name="rest">The remaining quantity, base units.</param>
    /// <param name="isBorrowed">Whether it is what could be borrowed.</param>
    public readonly void EntryCut(int number, long time, double rest, bool isBorrowed = false)
    {
        if (Want(RunEventKinds.EntryCut)) Send(RunEvent.Of(new EntryCutEvent(number, time, rest, isBorrowed), _symbol));
    }

    /// <summary>Records that the rest of an entry is not filled any more.</summary>
    public readonly void EntryEnded(int number, long time)
    {
        if (Want(RunEventKinds.EntryEnded)) Send(RunEvent.Of(new EntryEndedEvent(number, time), _symbol));
    }

    /// <summary>Records that the account could not pay for an entry, or for a part of it.</summary>
    public readonly void CashShort(long time)
    {
        if (Want(RunEventKinds.CashShort)) Send(RunEvent.Of(new CashShortEvent(time), _symbol));
    }

    // ---- trades ----

    public void Entered(in OpenTrade trade, in TradeFill fill, in Bar bar)
    {
        _digest.Entered(trade.Number, trade.Side, fill.Time, fill.Price, fill.Quantity);
        Filled(fill);
        Protected(trade, bar.Time);
    }

    public void Increased(in OpenTrade trade, in TradeFill fill, in Bar bar)
    {
        _digest.Increased(fill.Number, fill.Time, fill.Price, fill.Quantity);
        Filled(fill);
        Protected(trade, bar.Time);
    }

    public void Reduced(in TradeFill fill, ExitReason reason)
    {
        _digest.Reduced(fill.Number, fill.Time, fill.Price, fill.Quantity);
        Filled(fill, reason);
    }

    /// <summary>Sends the last fill of a trade if a listener cannot compute it from the trade.</summary>
    public readonly void LastFill(in OpenTrade trade, in TradeFill fill, ExitReason reason)
    {
        if (trade.Parted || _isVolumeLimited || !_hasProportionalFees || fill.IsByHand) Filled(fill, reason);
    }

    private readonly void Filled(in TradeFill fill, ExitReason reason = ExitReason.Open)
    {
        if (Want(RunEventKinds.Fill)) SendFill(fill, reason);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void SendFill(in TradeFill fill, ExitReason reason) =>
        Send(RunEvent.Of(fill with { IsAtOpen = IsAtOpen, Reason = reason }, _symbol));

    /// <summary>Records that an exit of a trade has been sent.</summary>
    public readonly void Exiting(in ExitingEvent exit)
    {
        if (Want(RunEventKinds.Exiting)) Send(RunEvent.Of(exit, _symbol));
    }

    /// <summary>Records in the digest that a trade was closed in full. <see cref="Trade"/> sends it.</summary>
    public void Closed(int number, in TradeEnd end) => _digest.Closed(number, end.Reason, end.Time, end.ExitPrice, end.Net);

    /// <summary>Sends a trade that has ended, or is open at the end.</summary>
    public readonly void Trade(in Trade trade)
    {
        if (Want(RunEventKinds.Trade)) Send(RunEvent.Of(Own(trade)));
    }

    /// <summary>Keeps a closed trade for the strategy's call-back.</summary>
    public readonly void Notify(in Trade closed) => _notices!.Add(RunEvent.Of(Own(closed)));

    private readonly Trade Own(in Trade trade) => _symbol == 0 ? trade : trade with { SymbolIndex = _symbol };

    /// <summary>
    /// Records that a trade was closed at the end of its symbol's data. The strategy is not notified, since it had already run before that
    /// was known.
    /// </summary>
    public void ClosedAtEnd(in TradeEnd end, in Trade trade)
    {
        Closed(trade.Number, end);
        Trade(trade);
    }

    /// <summary>Records a trade that is open when the run ends.</summary>
    /// <param name="end">The end of the whole trade.</param>
    /// <param name="part">Its closed part; null if it has none.</param>
    /// <param name="open">The part that is open.</param>
    public void StaysOpen(in TradeEnd end, in Trade? part, in Trade open)
    {
        _digest.StaysOpen(open.Number, end.Time, end.ExitPrice, end.Profit);
        if (part is { } closed && Want(RunEventKinds.ClosedPart)) Send(RunEvent.OfPart(Own(closed)));
        Trade(open);
    }

    // ---- financing and splits ----

    /// <param name="amount">Quote currency per open unit.</param>
    /// <param name="cash">Quote currency for the whole position.</param>
    public void Financed(int number, FinancingKind kind, long time, double amount, double cash)
    {
        _digest.Financed(number, kind, time, amount, cash);
        if (!Want(RunEventKinds.Financing)) return;
        Send(RunEvent.Of(new FinancingEvent(number, time, kind, amount), _symbol));
    }

    public void Split(in OpenTrade trade, long time, long exDate, double ratio)
    {
        _digest.Split(trade.Number, time, ratio, trade.Quantity);
        if (Want(RunEventKinds.Split)) Send(RunEvent.Of(new SplitEvent(trade.Number, time, exDate, ratio), _symbol));
        Protected(trade, time);
    }

    public void Rolled(in OpenTrade trade, in RollEvent roll)
    {
        _digest.Rolled(roll);
        if (Want(RunEventKinds.Roll)) Send(RunEvent.Of(roll, _symbol));
        Protected(trade, roll.Time);
    }

    // ---- stops and targets ----

    /// <summary>Records that the stop of an open trade was moved.</summary>
    /// <param name="time">Open time of the bar at whose close it was moved, UTC ticks.</param>
    public readonly void StopMoved(in OpenTrade trade, long time)
    {
        if (Want(RunEventKinds.StopMoved)) Send(RunEvent.Of(new StopMovedEvent(trade.Number, time, trade.Protection.Stop), _symbol));
        Protected(trade, time);
    }

    /// <summary>Records that the strategy asked to close an open trade, which the settings keep open.</summary>
    /// <param name="time">Open time of the bar at whose close it asked, UTC ticks.</param>
    public readonly void ExitRefused(int number, long time)
    {
        if (Want(RunEventKinds.ExitRefused)) Send(RunEvent.Of(new ExitRefusedEvent(number, time), _symbol));
    }

    /// <summary>Sends the levels of an open trade, which may have changed.</summary>
    /// <param name="time">Open time of the bar, UTC ticks.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Protected(in OpenTrade trade, long time)
    {
        if (Want(RunEventKinds.Levels)) SendLevels(trade, time);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void SendLevels(in OpenTrade trade, long time)
    {
        var stop = trade.Protection.WorkingStop(trade.Side).Price;
        Send(RunEvent.Of(new LevelsEvent(trade.Number, time, stop, trade.Protection.Target), _symbol));
    }

    /// <summary>Adds the sums of the equity, the last event of a book with an account of its own.</summary>
    public void Equity(in EquitySums sums) => _digest.Equity(sums);
}
