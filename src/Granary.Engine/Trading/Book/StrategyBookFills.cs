using System.Runtime.CompilerServices;
using Granary.Engine.Market;

namespace Granary.Engine.Trading.Book;

// From an order and a reference price to a fill: how much of it, at which price, for which fee, and whether the account can pay it.
internal sealed partial class StrategyBook
{
    // Whether a bar's volume bounds fills, and whether fees follow from size alone.
    private readonly bool _limited, _proportional;
    // What the account has traded lately; null where no fee depends on it.
    private readonly TradedNotional? _traded;
    private BarVolume _volume = new();

    private double Fillable(in Order order, in Bar bar, int index)
    {
        var most = Fillable(order.Rest, bar, index);
        return order.TimeInForce == TimeInForce.FillOrKill && most < order.Rest ? 0 : most;
    }

    private double Fillable(double wanted, in Bar bar, int index) =>
        _volume.Fitting(wanted, _block.FirstIndex + index, _execution.VolumeShare * bar.Volume, _instrument);

    // Books what a fill takes of the bar's volume and adds to the account's turnover.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Count(long time, double price, double quantity)
    {
        _volume.Draw(quantity);
        _traded?.Add(time, price * quantity * _multiplier);
    }

    private double Slipped(Side side, double price, double quantity, in Bar bar)
    {
        if (_execution.Slippage is null) return price;
        var slipped = _execution.Slippage.Slip(side, price, quantity, bar.Volume, _instrument.TickSize);
        return side == Side.Buy ? Math.Min(slipped, Math.Max(bar.High, price)) : Math.Max(slipped, Math.Min(bar.Low, price));
    }

    // Fills a waiting order, whole or as far as the bar's volume allows; true where it is not waiting any more (or others are not).
    private bool Fill(int at, double reference, in Bar bar, int index, bool atOpen)
    {
        ref var order = ref _orders[at];
        var maker = false;
        double price;
        var quantity = order.Quantity;
        if (_limited)
        {
            quantity = Fillable(order, bar, index);
            if (quantity <= 0) return false;
        }
        if (order.Type is OrderType.Limit or OrderType.StopLimit)
        {
            // At its own limit price an order has waited for the market; at a better one it takes what is there, and slips, but never past
            // its limit.
            maker = reference == order.LimitPrice;
            price = maker ? reference : Slipped(order.Side, reference, quantity, bar);
            price = order.Side == Side.Buy ? Math.Min(price, order.LimitPrice) : Math.Max(price, order.LimitPrice);
        }
        else
        {
            price = Slipped(order.Side, reference, quantity, bar);
        }
        if (order.Role == OrderRole.Net) return FillNet(at, quantity, reference, price, maker, bar, index, atOpen);
        var paid = order.Fees;
        var fee = FeeOf(price, quantity, maker, bar.Time, ref paid);
        bool whole;
        if (order.Role == OrderRole.Entry)
        {
            var first = order.FilledQuantity == 0;
            if (BuyingPower.Exceeds(_power.Outlay(price, quantity) + fee, Available(price))
                && !(_settings.ResizeToCash && Resize(ref order, ref quantity, price, maker, bar.Time, ref paid, ref fee)))
            {
                _observer?.OnCashShort(bar.Time);
                Drop(at, first ? OrderState.Rejected : OrderState.Cancelled, bar.Time);
                return true;
            }
            order.Fees = paid;
            whole = Filled(ref order, quantity, price);
            if (first) OpenNew(order, quantity, price, fee, maker, bar, index, atOpen);
            else Increase(order, quantity, price, fee, maker, bar, index);
            if (whole) _orders.RemoveAt(at);
            return whole;
        }
        order.Fees = paid;
        var (number, id, reason) = (order.TradeNumber, order.Id, order.Reason);
        whole = Filled(ref order, quantity, price);
        if (whole) _orders.RemoveAt(at);
        var trade = _trades.IndexOf(number);
        if (trade >= 0) CloseTrade(trade, whole ? _trades[trade].Quantity : quantity, price, fee, maker, id, reason, bar, index);
        return whole;
    }

    // Cuts an entry to what can be paid at this price; false where that is nothing.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Resize(ref Order order, ref double quantity, double price, bool maker, long time, ref OrderFees paid, ref double fee)
    {
        var available = Available(price);
        var payable = Payable(quantity, price, available, maker);
        if (!(payable > 0)) return false;
        var before = order.Quantity;
        order.Quantity = order.FilledQuantity + payable;
        quantity = order.Rest;
        paid = order.Fees;
        fee = FeeOf(price, quantity, maker, time, ref paid);
        // A fee by turnover may be more than the usual one.
        if (BuyingPower.Exceeds(_power.Outlay(price, quantity) + fee, available))
        {
            order.Quantity = before;
            return false;
        }
        _observer?.OnEntryCut(order.TradeNumber, time, quantity);
        return true;
    }

    // The fee of an order's next fill, and what it has paid with it.
    private double FeeOf(double price, double quantity, bool maker, long time, ref OrderFees paid) => _proportional
        ? _execution.Fee.Fee(price, quantity, _multiplier, maker)
        : _execution.Fee.NextFee(price, quantity, _multiplier, maker, _traded?.At(time) ?? 0, ref paid);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool FillNet(int at, double quantity, double reference, double price, bool maker, in Bar bar, int index, bool atOpen)
    {
        var order = _orders[at];
        var waiting = _orders.Count;
        var (left, released) = (quantity, 0.0);
        for (var i = 0; i < _trades.Count && left > 0; i++)
        {
            if (_trades[i].Side == order.Side) continue;
            var part = Math.Min(left, _trades[i].Quantity);
            left -= part;
            released += _power.Released(_trades[i], part, price);
        }
        // Of an order that was cut rounding may leave a crumb, which opens no trade.
        var crumb = 0.0;
        if (left > 0 && BuyingPower.Exceeds(_power.Cost(price, left, maker), Available(price) + released))
        {
            if (!ResizeNet(at, ref quantity, left, price, Available(price) + released, maker))
            {
                _observer?.OnCashShort(bar.Time);
                Drop(at, order.FilledQuantity == 0 ? OrderState.Rejected : OrderState.Cancelled, bar.Time);
                return true;
            }
            crumb = 1e-9 * quantity;
        }
        // A fee that does not follow from size is split over what the fill closes and opens by quantity, the last taking what is left of
        // it.
        var paid = order.Fees;
        var fees = _proportional ? 0 : FeeOf(price, quantity, maker, bar.Time, ref paid);
        _orders[at].Fees = paid;
        var whole = Filled(ref _orders[at], quantity, price);
        if (whole) _orders.RemoveAt(at);
        left = quantity;
        double Share(double part)
        {
            if (_proportional) return _execution.Fee.Fee(price, part, _multiplier, maker);
            var fee = left > 0 ? fees * (part / quantity) : fees;
            fees -= fee;
            return fee;
        }
        for (var i = 0; i < _trades.Count && left > 0; i++)
        {
            if (_trades[i].Side == order.Side) continue;
            var part = Math.Min(left, _trades[i].Quantity);
            left -= part;
            if (CloseTrade(i, part, price, Share(part), maker, order.Id, ExitReason.Signal, bar, index)) i--;
        }
        if (left > crumb)
        {
            var part = left;
            left = 0;
            var fee = Share(part);
            if (order.TradeNumber != 0 && _trades.IndexOf(order.TradeNumber) >= 0)
            {
                Increase(order, part, price, fee, maker, bar, index);
            }
            else
            {
                order.TradeNumber = NextSignal();
                _fingerprint.Add((ulong)(uint)order.TradeNumber << 8 | (byte)order.Side, (ulong)order.CreatedAt);
                _observer?.OnSignal(new Signal(order.TradeNumber, order.CreatedAt, order.Side, order.Type, reference, part, 0, 0,
                    order.ExpiresAt)
                { AtFill = true });
                OpenNew(order, part, price, fee, maker, bar, index, atOpen);
            }
        }
        for (var i = _orders.Count - 1; i >= 0; i--)
            if (_orders[i].Id == order.Id) _orders[i].TradeNumber = order.TradeNumber;
            else if (order.OcoGroup != 0 && _orders[i].OcoGroup == order.OcoGroup) Drop(i, OrderState.Cancelled, bar.Time);
        return _orders.Count != waiting;
    }

    // Cuts the part of an order by hand that opens a trade to what can be paid; false where nothing of the order is left then.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool ResizeNet(int at, ref double quantity, double opens, double price, double available, bool maker)
    {
        if (!_settings.ResizeToCash) return false;
        var rest = quantity - opens + Payable(opens, price, available, maker);
        if (!(rest > 0)) return false;
        _orders[at].Quantity = _orders[at].FilledQuantity + rest;
        quantity = _orders[at].Rest;
        return true;
    }

    // Books a fill with its order; true where it is filled whole.
    private bool Filled(ref Order order, double quantity, double price)
    {
        var before = order.FilledQuantity;
        var whole = quantity == order.Rest;
        order.FilledPrice = before == 0 ? price : (order.FilledPrice * before + price * quantity) / (before + quantity);
        order.FilledQuantity = whole ? order.Quantity : before + quantity;
        order.Become(whole ? OrderState.Filled : OrderState.PartiallyFilled);
        Tell(order);
        if (whole && order.Role == OrderRole.Entry) _orders.CountEntry(order.Side, -1);
        return whole;
    }
}
