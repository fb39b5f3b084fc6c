using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

// Orders of a client: of the simulated exchange, or of a portfolio, whose orders are its strategies'. They come as they are: the size rule
// and the limits of a strategy do not apply.
internal sealed partial class StrategyBook
{
    // Whether it is the book of an exchange or of a portfolio.
    private bool _isServed;

    // Latency and parts of a simulated venue; null elsewhere.
    private VenueFaults? _faults;

    /// <summary>The protection of an entry, by the number of its trade; null = the settings'.</summary>
    private Func<int, Protection>? _termsOf;

    /// <summary>Whether an order waits or a trade is open.</summary>
    public bool HasWork => _orders.Count + _trades.Count > 0;

    /// <summary>Makes it the book of an exchange.</summary>
    /// <param name="termsOf">The protection of an entry, by the number of its trade.</param>
    public void Serve(VenueFaults faults, Func<int, Protection> termsOf) => (_isServed, _faults, _termsOf) = (true, faults, termsOf);

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
        var isWhole = !trade.Exiting && request.Quantity >= trade.Quantity * (1 - Tolerance.Arithmetic);
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

    // ---- orders of a portfolio: those of a strategy, with quantities of its own ----

    /// <summary>Makes it the book of a portfolio.</summary>
    public void Serve() => _isServed = true;

    /// <summary>Takes the entry of a strategy's signal.</summary>
    /// <param name="quantity">Base units.</param>
    /// <param name="index">The bar at whose close it came.</param>
    public void TakeSignal(in Signal signal, double quantity, int index)
    {
        ValueAtClose(index);
        KeepOwnClose(index);
        ref var order = ref NewOrder(OrderRole.Entry, signal.Type, signal.Side, quantity, signal.Time);
        (order.TradeNumber, order.AddsTo) = (signal.Number, signal.AddsTo);
        (order.LimitPrice, order.StopPrice) = (signal.Type.HasLimit() ? signal.Price : 0, signal.StopPrice);
        (order.StopLoss, order.TakeProfit) = (signal.OwnStop, signal.OwnTarget);
        (order.TrailFraction, order.Atr) = (signal.TrailFraction, signal.Atr);
        (order.TimeInForce, order.ExpiresAt) = (signal.TimeInForce, signal.ValidUntil);
        Send(ref order, signal.WorksIn, index);
    }

    /// <summary>Takes an exit of a trade, or of a part of it; it withdraws what waits of the entry.</summary>
    /// <returns>Whether there was something to close.</returns>
    /// <inheritdoc cref="TakeSignal"/>
    public bool TakeExit(in ExitingEvent exit, int index)
    {
        ValueAtClose(index);
        KeepOwnClose(index);
        if (exit.Share >= 1) CancelEntryOf(exit.Number, exit.Time);
        var at = _trades.IndexOf(exit.Number);
        if (at < 0 || _trades[at].Exiting)
        {
            Refresh();
            return false;
        }
        ref var trade = ref _trades[at];
        if (exit.IsByHand)
        {
            trade.Exiting = true;
            Refresh();
            return true;
        }
        var rest = RestOf(exit.Number);
        var stays = Instrument.Staying(rest, rest * (1 - exit.Share));
        var goes = rest - stays;
        if (!(goes > 0)) return false;
        if (!(stays > 0)) CancelStepsOf(exit.Number, exit.Time);
        ref var order = ref NewExit(trade, exit.Type, exit.Reason, exit.Time);
        if (stays > 0) (order.Quantity, order.IsPart) = (goes, true);
        else trade.Exiting = true;
        Send(ref order, exit.WorksIn, index);
        return true;
    }

    private void Send(ref Order order, int worksIn, int index)
    {
        if (worksIn > 0) order.WorksFrom = _block.FirstIndex + index + worksIn;
        var fills = worksIn == 0 && FillsNow(order.Type);
        Send(ref order);
        if (fills) FillAtClose(_orders.Count - 1, index);
        else Refresh();
    }

    /// <summary>Withdraws what waits of an entry.</summary>
    /// <param name="time">Open time of the bar, UTC ticks.</param>
    public void Withdraw(int number, long time)
    {
        CancelEntryOf(number, time);
        Refresh();
    }

    /// <summary>Closes a part of a trade, or all of it, at the last close, with the slippage of an order at the market.</summary>
    public void CloseAtClose(int number, double quantity, ExitReason reason, int index)
    {
        var (at, bar) = (_trades.IndexOf(number), LastBar(index));
        ref var trade = ref _trades[at];
        var terms = new FillTerms(FillSlippage.Order, LastPrice, double.NaN, bar);
        var price = PriceOf(terms, (Side)(-(int)trade.Side), quantity);
        var paid = default(OrderFees);
        var fee = NextFee(price, quantity, maker: false, bar.Time, ref paid);
        _events.IsAtOpen = false;
        CloseTrade(at, new TradeFill(number, bar.Time, price, quantity, fee, default, IsEntry: false, IsFirst: false, IsMaker: false),
            reason, bar, index);
        EndSteps(bar.Time);
        Refresh();
    }

    /// <summary>The open quantity of a trade less what waits to be closed of it, base units.</summary>
    public double RestOf(int number)
    {
        var at = _trades.IndexOf(number);
        if (at < 0) return 0;
        var rest = _trades[at].Quantity;
        for (var i = 0; i < _orders.Count; i++)
            if (_orders[i].Role == OrderRole.Exit && _orders[i].TradeNumber == number && _orders[i].IsPart) rest -= _orders[i].Rest;
        return Math.Max(0, rest);
    }

    /// <summary>Whether a trade is open and has no exit on its way.</summary>
    public bool IsHeld(int number) => _trades.IndexOf(number) is >= 0 and var at && !_trades[at].Exiting;

    /// <summary>The numbers of the open trades, in the order of their entries.</summary>
    public int[] OpenNumbers
    {
        get
        {
            var numbers = new int[_trades.Count];
            for (var i = 0; i < numbers.Length; i++) numbers[i] = _trades[i].Number;
            return numbers;
        }
    }

    /// <summary>The open trade with this number.</summary>
    public ref readonly OpenTrade TradeOf(int number) => ref _trades[_trades.IndexOf(number)];

    /// <summary>Longs plus shorts, base units.</summary>
    public double GrossQuantity => _trades.QuantityOf(Side.Buy) + _trades.QuantityOf(Side.Sell);

    /// <summary>The margins of the open trades, quote currency.</summary>
    public double InitialMargin
    {
        get
        {
            var sum = 0.0;
            for (var i = 0; i < _trades.Count; i++) sum += _margin.Initial(_trades[i].EntryPrice, _trades[i].Quantity);
            return sum;
        }
    }

    /// <summary>The net profit of an open trade at the last close, quote currency.</summary>
    public double NetOf(int number)
    {
        ref var trade = ref _trades[_trades.IndexOf(number)];
        return MarkedAt(trade, LastPrice).Profit - trade.Commission + trade.Financing;
    }

    /// <summary>The open of a bar, UTC ticks.</summary>
    public long OpenTimeOf(int index) => _block.TimeColumn[index];

    /// <summary>The close of a bar, UTC ticks.</summary>
    public long CloseTimeOf(int index) => _timeframe.CloseOf(_block.TimeColumn[index]);

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
