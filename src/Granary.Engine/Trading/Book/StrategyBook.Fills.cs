using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

// From an order and a reference price to a fill: how much of it, at which price, for which fee, and whether the account can pay it.
internal sealed partial class StrategyBook
{
    // The fee of an order's next fill, quote currency. It is added to the fees that the order has paid.
    private double NextFee(double price, double quantity, bool maker, long time, ref OrderFees paid) =>
        _hasProportionalFees
        ? _execution.Fee.Fee(price, quantity, _multiplier, maker)
        : _execution.Fee.NextFee(price, quantity, _multiplier, maker, _traded?.At(time) ?? 0, ref paid);

    // How much of a quantity the bar's volume allows, in whole lots.
    private double Fillable(double wanted, in Bar bar)
    {
        ref var volume = ref _market is null ? ref _volume : ref _market.VolumeOf(bar.Time);
        return volume.Fitting(wanted, bar.Time, _execution.VolumeShare * bar.Volume, Instrument);
    }

    private double Fillable(in Order order, in Bar bar)
    {
        var most = Fillable(order.Rest, bar);
        return order.TimeInForce == TimeInForce.FillOrKill && most < order.Rest ? 0 : most;
    }

    // Fills a waiting order, whole or as far as the bar's volume allows; true where it is not waiting any more (or others are not).
    // The reference price is that of the FillRule.
    private bool Fill(int at, double reference, in Bar bar, int index, bool atOpen)
    {
        ref var order = ref _orders[at];
        var quantity = _faults is null ? order.Quantity : _faults.NextPart(order, Instrument);
        if (_faults is not null && !(quantity > 0)) return false;
        if (_isVolumeLimited)
        {
            quantity = Math.Min(quantity, Fillable(order, bar));
            if (quantity <= 0)
            {
                order.Rests = true;
                return false;
            }
        }
        if (order.Role == OrderRole.Net) return FillNet(at, quantity, reference, bar, index, atOpen);
        var price = PriceOf(order, reference, quantity, bar);
        return order.Role == OrderRole.Entry
            ? FillEntry(at, quantity, price, bar, index, atOpen)
            : FillExit(at, quantity, price, bar, index);
    }

    // The price at which an order fills from a reference price.
    private FillPrice PriceOf(in Order order, double reference, double quantity, in Bar bar)
    {
        var terms = FillRule.Terms(order, reference, bar, out var isMaker);
        return new FillPrice(PriceOf(terms, order.Side, quantity), isMaker);
    }

    // The terms are kept: a smaller quantity may have another price.
    private double PriceOf(in FillTerms terms, Side side, double quantity)
    {
        if (_fillRule.DependsOnSize) _terms = terms;
        return _fillRule.Price(terms, side, quantity);
    }

    private bool FillEntry(int at, double quantity, FillPrice price, in Bar bar, int index, bool atOpen)
    {
        ref var order = ref _orders[at];
        var first = order.FilledQuantity == 0;
        if (_borrow is not null && order.Side == Side.Sell && !Borrow(ref order, ref quantity, bar.Time))
        {
            Drop(at, first ? OrderState.Rejected : OrderState.Cancelled, bar.Time, SignalEnd.NotShortable);
            return true;
        }
        if (Fits is not null && !Fit(at, ref quantity, price.Price))
        {
            Drop(at, OrderState.Cancelled, bar.Time);
            return true;
        }
        var paid = order.Fees;
        var fee = NextFee(price.Price, quantity, price.IsMaker, bar.Time, ref paid);
        if (!(price.Price > 0) && _usual.Of(order).CountsInPercent)
        {
            Drop(at, first ? OrderState.Rejected : OrderState.Cancelled, bar.Time, SignalEnd.PriceNotPositive);
            return true;
        }
        if (BuyingPower.Exceeds(_power.WithFee(_power.Outlay(price.Price, quantity), fee), AvailableAtFill(price.Price))
            && !(_settings.ResizeToCash && Resize(ref order, ref quantity, ref price, bar.Time, ref paid, ref fee)))
        {
            _events.CashShort(bar.Time);
            Drop(at, first ? OrderState.Rejected : OrderState.Cancelled, bar.Time);
            return true;
        }
        order.Fees = paid;
        var whole = RecordFill(ref order, quantity, price.Price);
        var fill = new TradeFill(order.TradeNumber, bar.Time, price.Price, quantity, fee, order.Id, IsEntry: true, first, price.IsMaker);
        if (first) EnterTrade(order, fill, bar, index, atOpen);
        else IncreaseTrade(order, fill, bar, index);
        if (whole) _orders.RemoveAt(at);
        return whole;
    }

    /// <summary>
    /// The part of the next fill of an entry that limits allow, by the number of its trade, its quantity and its price; null = all.
    /// </summary>
    public Func<int, double, double, double>? Fits { get; set; }

    // Cuts an entry to what limits allow at its price; false where that is nothing.
    private bool Fit(int at, ref double quantity, double price)
    {
        ref var order = ref _orders[at];
        var part = Fits!(order.TradeNumber, quantity, price);
        if (part == quantity) return true;
        if (!(part > 0)) return false;
        order.Quantity = order.FilledQuantity + part;
        quantity = order.Rest;
        return true;
    }

    private bool FillExit(int at, double quantity, FillPrice price, in Bar bar, int index)
    {
        ref var order = ref _orders[at];
        var paid = order.Fees;
        var fee = NextFee(price.Price, quantity, price.IsMaker, bar.Time, ref paid);
        order.Fees = paid;
        var (number, id, reason, isPart) = (order.TradeNumber, order.Id, order.Reason, order.IsPart);
        var whole = RecordFill(ref order, quantity, price.Price);
        if (whole) _orders.RemoveAt(at);
        var trade = _trades.IndexOf(number);
        if (trade < 0) return whole;
        if (whole) quantity = isPart ? Math.Min(quantity, _trades[trade].Quantity) : _trades[trade].Quantity;
        var fill = new TradeFill(number, bar.Time, price.Price, quantity, fee, id, IsEntry: false, IsFirst: false, price.IsMaker);
        CloseTrade(trade, fill, reason, bar, index);
        return whole;
    }

    // Cuts an entry to what can be paid at this price; false where that is nothing.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Resize(ref Order order, ref double quantity, ref FillPrice price, long time, ref OrderFees paid, ref double fee)
    {
        var available = AvailableAtFill(price.Price);
        var payable = Payable(quantity, HighestPrice(price.Price), available, price.IsMaker);
        if (!(payable > 0)) return false;
        var before = order.Quantity;
        order.Quantity = order.FilledQuantity + payable;
        quantity = order.Rest;
        paid = order.Fees;
        if (_fillRule.DependsOnSize) price = price with { Price = _fillRule.Price(_terms, order.Side, quantity) };
        fee = NextFee(price.Price, quantity, price.IsMaker, time, ref paid);
        // A fee by turnover may be more than the usual one.
        if (BuyingPower.Exceeds(_power.WithFee(_power.Outlay(price.Price, quantity), fee), available))
        {
            order.Quantity = before;
            return false;
        }
        _events.EntryCut(order.TradeNumber, time, quantity);
        return true;
    }

    // The highest price that a part of the next fill can have: a smaller sale brings a higher price.
    private double HighestPrice(double price) => _fillRule.DependsOnSize ? FillRule.Highest(_terms, price) : price;

    // Fills an order at the close at which it was made.
    private void FillAtClose(int at, int index)
    {
        var bar = _block[index];
        // Its entries do not pay the fundings until its close.
        if (_hasFunding) FundWithin(_timeframe.CloseOf(bar.Time), index);
        var trades = _trades.Count;
        SetExpiry(ref _orders[at], bar.Time);
        Fill(at, bar.Close, bar, index, atOpen: false);
        // The close at which it was entered is a close since the entry.
        if (_trades.Count > trades && _trades.Last.Protection.Terms.HasTrail)
        {
            _trades.Last.Protection.Trail(_trades.Last.Side, _trades.Last.EntryPrice, bar, sinceOpen: false, Instrument);
            _events.Protected(_trades.Last, bar.Time);
        }
        EndSteps(bar.Time);
        AddSteps(index);
        if (_isRuined) CancelAll(bar.Time);
        Refresh();
    }

    // ---- manual orders, which first close open trades on the other side and then open a trade with the rest ----

    // Returns whether the order, or another, is not waiting any more.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool FillNet(int at, double quantity, double reference, in Bar bar, int index, bool atOpen)
    {
        var order = _orders[at];
        var price = PriceOf(order, reference, quantity, bar);
        var waiting = _orders.Count;
        if (_borrow is not null && order.Side == Side.Sell && !BorrowNet(at, ref quantity, reference, price.Price, bar.Time)) return true;
        if (!CanPay(at, ref quantity, price, out var crumb))
        {
            _events.CashShort(bar.Time);
            RefuseNet(at, quantity, reference, price.Price, bar.Time, SignalEnd.NoCash);
            return true;
        }
        if (_fillRule.DependsOnSize) price = price with { Price = _fillRule.Price(_terms, order.Side, quantity) };
        var paid = order.Fees;
        var fees = new SplitFee(this, price, quantity,
            _hasProportionalFees ? 0 : NextFee(price.Price, quantity, price.IsMaker, bar.Time, ref paid));
        _orders[at].Fees = paid;
        if (RecordFill(ref _orders[at], quantity, price.Price)) _orders.RemoveAt(at);
        var left = CloseOpposite(order, quantity, price, ref fees, bar, index);
        if (left > crumb)
        {
            var fee = fees.Of(left, isLast: true);
            var fill = new TradeFill(0, bar.Time, price.Price, left, fee, order.Id, IsEntry: true, IsFirst: false, price.IsMaker)
            { IsByHand = true };
            OpenRest(ref order, fill, reference, bar, index, atOpen);
        }
        for (var i = _orders.Count - 1; i >= 0; i--)
            if (_orders[i].Id == order.Id) _orders[i].TradeNumber = order.TradeNumber;
            else if (order.OcoGroup != 0 && _orders[i].OcoGroup == order.OcoGroup) Drop(i, OrderState.Cancelled, bar.Time);
        return _orders.Count != waiting;
    }

    // Whether the account can pay for what the fill opens, cut to that where the batch allows it.
    private bool CanPay(int at, ref double quantity, FillPrice price, out double crumb)
    {
        ref var order = ref _orders[at];
        var opens = OpeningPart(order.Side, quantity, price.Price, out var released);
        crumb = 0;
        if (!(opens > 0)) return true;
        var available = Available(price.Price) + released;
        if (!BuyingPower.Exceeds(_power.Cost(price.Price, opens, price.IsMaker), available)) return true;
        if (!_settings.ResizeToCash && !order.FitsCash) return false;
        var rest = quantity - opens + Payable(opens, HighestPrice(price.Price), available, price.IsMaker);
        if (!(rest > 0)) return false;
        order.Quantity = order.FilledQuantity + rest;
        quantity = order.Rest;
        // Rounding may leave a crumb of an order that was cut, which opens no trade.
        crumb = Tolerance.Quantity * quantity;
        return true;
    }

    // Refuses a manual order. The trade that it would have opened is a signal, as that of an entry is.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RefuseNet(int at, double quantity, double reference, double price, long time, SignalEnd end)
    {
        var order = _orders[at];
        var opensNothingYet = order.TradeNumber == 0;
        if (opensNothingYet)
        {
            order.TradeNumber = _orders[at].TradeNumber = NextSignal();
            _events.SignalledByFill(order, reference, OpeningPart(order.Side, quantity, price, out _));
        }
        Drop(at, order.FilledQuantity == 0 ? OrderState.Rejected : OrderState.Cancelled, time);
        if (opensNothingYet) _events.SignalEnded(order.TradeNumber, end, time);
    }

    // Closes open trades on the other side; returns the remaining quantity of the fill.
    private double CloseOpposite(in Order order, double quantity, FillPrice price, ref SplitFee fees, in Bar bar, int index)
    {
        var left = quantity;
        for (var i = 0; i < _trades.Count && left > 0; i++)
        {
            ref var trade = ref _trades[i];
            if (trade.Side == order.Side) continue;
            var part = Closing(ref left, trade.Quantity);
            var fee = fees.Of(part, isLast: !(left > 0));
            var fill = new TradeFill(trade.Number, bar.Time, price.Price, part, fee, order.Id, IsEntry: false, IsFirst: false,
                price.IsMaker)
            { IsByHand = true, OpenBefore = trade.Quantity, FollowsEntry = trade.FilledIndex == _block.FirstIndex + index };
            if (CloseTrade(i, fill, ExitReason.Signal, bar, index)) i--;
        }
        return left;
    }

    // Opens a trade, or adds to the one that an earlier fill of the order has opened.
    private void OpenRest(ref Order order, in TradeFill fill, double reference, in Bar bar, int index, bool atOpen)
    {
        if (order.TradeNumber != 0 && _trades.IndexOf(order.TradeNumber) >= 0)
        {
            IncreaseTrade(order, fill with { Number = order.TradeNumber }, bar, index);
            return;
        }
        order.TradeNumber = NextSignal();
        _events.SignalledByFill(order, reference, fill.Quantity);
        EnterTrade(order, fill with { Number = order.TradeNumber, IsFirst = true }, bar, index, atOpen);
    }

    // A fee that is not proportional to size is split by quantity over the trades that the fill closes and opens; the last part takes the
    // remainder.
    private struct SplitFee(StrategyBook book, FillPrice price, double quantity, double fees)
    {
        private double _left = fees;

        public double Of(double part, bool isLast)
        {
            if (book._hasProportionalFees) return book._execution.Fee.Fee(price.Price, part, book._multiplier, price.IsMaker);
            var fee = isLast ? _left : _left * (part / quantity);
            _left -= fee;
            return fee;
        }
    }
}
