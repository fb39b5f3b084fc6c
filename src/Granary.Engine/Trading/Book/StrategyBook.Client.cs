using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

// Orders of a client of the simulated exchange. They come as they are: the size rule and the limits of a strategy do not apply.
internal sealed partial class StrategyBook
{
    // Null in the account of a strategy.
    private VenueFaults? _faults;

    /// <summary>The protection of an entry, by the number of its trade; null = the settings'.</summary>
    private Func<int, Protection>? _termsOf;

    /// <summary>Whether an order waits or a trade is open.</summary>
    public bool HasWork => _orders.Count + _trades.Count > 0;

    /// <summary>Makes it the book of an exchange.</summary>
    /// <param name="termsOf">The protection of an entry, by the number of its trade.</param>
    public void Serve(VenueFaults faults, Func<int, Protection> termsOf) => (_faults, _termsOf) = (faults, termsOf);

    /// <summary>The open quantity of a trade, base units.</summary>
    public double OpenQuantityOf(int number) => _trades.IndexOf(number) is >= 0 and var at ? _trades[at].Quantity : 0;

    /// <summary>Takes an entry.</summary>
    /// <param name="terms">Its protection.</param>
    /// <param name="made">Open time of the bar at whose close it was made, UTC ticks.</param>
    /// <param name="index">The bar at whose close it came; -1 = it waits for the bound bar.</param>
    public void TakeEntry(in OrderRequest request, Protection terms, (long Arrives, int Parts) way, long made, int index)
    {
        ref var order = ref NewOrder(OrderRole.Entry, request.Type, request.Side, request.Quantity, made);
        order.TradeNumber = NextSignal();
        // They fall with a split, as the prices of the order do.
        (order.StopLoss, order.TakeProfit) = (terms.StopPrice, terms.TargetPrice);
        (order.TrailFraction, order.Atr) = (terms.TrailFraction, terms.Atr);
        Take(ref order, request, way, index);
    }

    /// <summary>Takes an order that closes a trade, or a part of it.</summary>
    /// <inheritdoc cref="TakeEntry"/>
    public void TakeExit(int number, in OrderRequest request, (long Arrives, int Parts) way, long made, int index)
    {
        ref var trade = ref _trades[_trades.IndexOf(number)];
        var isWhole = !trade.Exiting && request.Quantity >= trade.Quantity * (1 - 1e-12);
        if (isWhole && trade.EntryWorking) CancelEntryOf(number, made);
        ref var order = ref NewExit(trade, request.Type, ExitReason.Signal, made);
        if (isWhole) trade.Exiting = true;
        else (order.Quantity, order.IsPart) = (Math.Min(request.Quantity, trade.Quantity), true);
        Take(ref order, request, way, index);
    }

    private void Take(ref Order order, in OrderRequest request, (long Arrives, int Parts) way, int index)
    {
        (order.LimitPrice, order.StopPrice) = (request.LimitPrice, request.StopPrice);
        (order.TimeInForce, order.ExpiresAt) = (request.TimeInForce, request.ExpiresAt);
        var isThere = index >= 0 && way.Arrives <= _timeframe.CloseOf(TimeAt(index));
        if (!isThere || way.Parts > 1) _faults!.Add(order.Id, way.Arrives, way.Parts);
        Delay(ref order, index);
        Send(ref order);
        if (isThere && FillsNow(request.Type)) FillAtClose(_orders.Count - 1, index);
        else Refresh();
    }

    /// <summary>Moves the stop of a trade, or of the entry that will open it.</summary>
    public void MoveStopOf(int number, double price)
    {
        if (_trades.IndexOf(number) is >= 0 and var at) _trades[at].Protection.Stop = price;
        else
            for (var i = 0; i < _orders.Count; i++)
                if (_orders[i].Role == OrderRole.Entry && _orders[i].TradeNumber == number) _orders[i].StopLoss = price;
        Refresh();
    }

    /// <summary>Replaces stop, trailing stop and targets of a trade, or of the entry that will open it.</summary>
    /// <param name="terms">Prices.</param>
    public void ProtectTrade(int number, Protection terms)
    {
        if (_trades.IndexOf(number) is >= 0 and var at)
        {
            ref var trade = ref _trades[at];
            // A session sends its prices again at each start; a target that has filled in part goes on.
            if (!trade.Protection.Replace(terms)) return;
            (trade.TargetOrder, trade.TargetFees) = (default, default);
        }
        else
        {
            for (var i = 0; i < _orders.Count; i++)
                if (_orders[i].Role == OrderRole.Entry && _orders[i].TradeNumber == number)
                    (_orders[i].StopLoss, _orders[i].TakeProfit, _orders[i].TrailFraction) = (terms.StopPrice, terms.TargetPrice, 0);
        }
        Refresh();
    }

    /// <summary>Cancels all orders of an account that was closed.</summary>
    public void CancelWaiting(long time)
    {
        CancelAll(time);
        Refresh();
    }

    /// <summary>The waiting order of a kind that was made next after another; none if that was the last.</summary>
    /// <param name="exits">Whether orders that close trades are meant.</param>
    public OrderId OrderAfter(OrderId id, bool exits)
    {
        for (var next = _orders.After(id); !next.IsNone; next = _orders.After(next))
            if (_orders[_orders.IndexOf(next)].Role == OrderRole.Exit == exits) return next;
        return default;
    }

    // An order on its way works from the first bar that opens after its arrival. A market order that arrives within a bar fills on the
    // straight line from that bar's open to its close.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool ArriveWithin(int at, long arrives, in Bar bar, int index)
    {
        var close = _timeframe.CloseOf(bar.Time);
        if (_orders[at].Type != OrderType.Market || arrives >= close) return false;
        var way = (double)(arrives - bar.Time) / (close - bar.Time);
        return Fill(at, bar.Open + (bar.Close - bar.Open) * way, bar, index, atOpen: false);
    }
}
