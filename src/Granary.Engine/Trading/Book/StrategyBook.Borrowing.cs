using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

// Borrowing for short positions: checked for an entry at its signal and at its fill, and taken back by a recall.
internal sealed partial class StrategyBook
{
    // The quantity that more short positions can have at a time.
    private double Borrowable(long time) => Math.Max(0, _borrow!.AvailableAt(time) - HeldShort);

    // The account's short quantity in the instrument.
    private double HeldShort => _market is null ? _trades.QuantityOf(Side.Sell) : _market.Sums.Shorts;

    // The same at a close, with the entries that wait.
    private double BorrowableAtClose(int index)
    {
        var room = Borrowable(_timeframe.CloseOf(TimeAt(index)));
        if (_market is null) return Math.Max(0, room - WaitingShort());
        foreach (var book in _market.Books) room -= book.WaitingShort();
        return Math.Max(0, room);
    }

    /// <summary>The quantity of short entries that wait.</summary>
    public double WaitingShort()
    {
        var sum = 0.0;
        for (var i = 0; i < _orders.Count; i++)
        {
            ref var waiting = ref _orders[i];
            if (waiting.Role == OrderRole.Entry && waiting.Side == Side.Sell) sum += waiting.Rest;
        }
        return sum;
    }

    // The part of an entry's quantity that can be borrowed at a close; NaN where the entry is to be refused.
    private double Shortable(double wanted, int index) => Shortable(wanted, BorrowableAtClose(index));

    private double Shortable(double wanted, double room)
    {
        var part = _borrow!.PartOf(wanted, room, Instrument);
        return part > 0 || part == wanted ? part : double.NaN;
    }

    // Cuts the next fill of a short entry to what can be borrowed at the open of its bar; false where that is nothing.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Borrow(ref Order order, ref double quantity, long time)
    {
        var part = Shortable(quantity, Borrowable(time));
        if (part == quantity) return true;
        if (!(part > 0)) return false;
        order.Quantity = order.FilledQuantity + part;
        quantity = order.Rest;
        _events.EntryCut(order.TradeNumber, time, quantity, isBorrowed: true);
        return true;
    }

    // Takes from a manual order what would open more short than can be borrowed. What closes longs is filled; the rest is a refused signal.
    // Returns whether something is left to fill.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool BorrowNet(int at, ref double quantity, double reference, double price, long time)
    {
        var opens = OpeningPart(Side.Sell, quantity, price, out _);
        if (!(opens > 0)) return true;
        var part = Shortable(opens, Borrowable(time));
        if (part == opens) return true;
        if (double.IsNaN(part)) part = 0;
        var rest = quantity - opens + part;
        if (!(rest > 0))
        {
            RefuseNet(at, quantity, reference, price, time, SignalEnd.NotShortable);
            return false;
        }
        ref var order = ref _orders[at];
        if (part == 0 && order.TradeNumber == 0)
        {
            var refused = order;
            refused.TradeNumber = NextSignal();
            _events.SignalledByFill(refused, reference, opens);
            _events.SignalEnded(refused.TradeNumber, SignalEnd.NotShortable, time);
        }
        order.Quantity = order.FilledQuantity + rest;
        quantity = order.Rest;
        return true;
    }

    // Whether a manual order can only open a short position, and nothing can be borrowed for it.
    private bool OpensUnborrowed(Side side, double quantity, int index) => _borrow is not null && side == Side.Sell
        && !(_trades.QuantityOf(Side.Buy) > 0) && double.IsNaN(Shortable(quantity, Borrowable(_timeframe.CloseOf(TimeAt(index)))));

    // Closes what is held short beyond what can be borrowed at a close, the last entered first, at the next open.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CloseRecalled(in Bar bar, int index)
    {
        if (_trades.Count == 0) return;
        var excess = _trades.QuantityOf(Side.Sell) - Leaving() - _borrow!.AvailableAt(_timeframe.CloseOf(bar.Time));
        for (var i = _trades.Count - 1; i >= 0 && excess > 0; i--) Recall(i, ref excess, index);
    }

    /// <summary>Closes what the account holds short in an instrument beyond what can be borrowed, the last entered first.</summary>
    /// <param name="bars">The books whose bars close now, with the indices of the bars.</param>
    /// <param name="close">The close, UTC ticks.</param>
    public static void CloseRecalled(AccountMarket market, IReadOnlyList<(StrategyBook Book, int Index)> bars, long close)
    {
        var excess = market.Sums.Shorts - market.Instrument.Borrow.AvailableAt(close);
        foreach (var book in market.Books) excess -= book.Leaving();
        if (!(excess > 0)) return;
        var trades = from bar in bars
                     where bar.Book._market == market
                     from at in Enumerable.Range(0, bar.Book._trades.Count)
                     orderby bar.Book._trades[at].EntryTime descending, bar.Book.Place descending, at descending
                     select (bar.Book, bar.Index, bar.Book._trades[at].Number);
        foreach (var (book, index, number) in trades.ToList())
            if (excess > 0)
                book.Recall(book._trades.IndexOf(number), ref excess, index);
    }

    // Closes a short trade, or as much of it as was recalled.
    private void Recall(int at, ref double excess, int index)
    {
        ref var trade = ref _trades[at];
        if (trade.Side != Side.Sell || trade.Exiting) return;
        var stays = Instrument.Staying(trade.Quantity, trade.Quantity - excess);
        var (goes, isWhole) = (trade.Quantity - stays, !(stays > 0));
        if (!(goes > trade.Quantity * (BorrowSeries.Enough - 1))) return;
        excess -= goes;
        if (isWhole) SendExit(ref trade, index, OrderType.Market, ExitReason.Recalled, isForced: true);
        else SendPart(trade, goes, ExitReason.Recalled, index);
        Refresh();
    }

    // Sends an exit of a part of a trade at once.
    private void SendPart(in OpenTrade trade, double quantity, ExitReason reason, int index)
    {
        ref var order = ref NewExit(trade, OrderType.Market, reason, TimeAt(index));
        (order.Quantity, order.IsPart) = (quantity, true);
        Send(ref order);
        ReportExit(_orders.Last, quantity / trade.Quantity, index);
        if (FillsNow(OrderType.Market)) FillAtClose(_orders.Count - 1, index);
    }

    // The quantity held short that has an exit on its way.
    private double Leaving()
    {
        var sum = 0.0;
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            if (trade.Side == Side.Sell && trade.Exiting) sum += trade.Quantity;
        }
        for (var i = 0; i < _orders.Count; i++)
        {
            ref var order = ref _orders[i];
            if (order.Role == OrderRole.Exit && order.IsPart && order.Reason == ExitReason.Recalled) sum += order.Rest;
        }
        return sum;
    }
}
