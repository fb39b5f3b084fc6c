using System.Runtime.CompilerServices;

namespace Granary.Engine.Trading.Book;

// What a strategy asks for: entries, exits, orders by hand, moved stops, and taking orders back.
internal sealed partial class StrategyBook
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public OrderId Enter(Side side, in EntryOptions options, int index)
    {
        if (_closed || !MayTrade(index) || (_settings.Sides & (side == Side.Buy ? Sides.Long : Sides.Short)) == 0) return default;
        if (_orders.EntriesOf(side) + _trades.Settled(side) >= _settings.MaxOpenTrades) return default;

        var close = _block.CloseColumn[index];
        var time = TimeAt(index);
        var price = options.Type == OrderType.Market ? close : PriceOf(options, close);
        var sign = (int)side;
        var advice = EntryFilter is null ? EntryAdvice.NoOpinion : EntryFilter.Advise(index, side);
        var ownStop = options.StopLoss > 0 ? options.StopLoss : advice.StopFraction > 0 ? price * (1 - sign * advice.StopFraction) : 0;
        var stop = ownStop > 0 ? _instrument.RoundPrice(ownStop) : _settings.StopAt(price, side, _instrument);
        var target = options.TakeProfit > 0 ? _instrument.RoundPrice(options.TakeProfit) : _settings.TargetAt(price, side, _instrument);
        var trail = (options.TrailingStopPercent > 0 ? options.TrailingStopPercent : _settings.TrailingStopPercent) / 100;
        var riskStop = stop > 0 ? stop : trail > 0 ? price * (1 - sign * trail) : 0;

        var quantity = options.Quantity > 0
            ? options.Quantity
            : _settings.Size.Quantity(EquityAt(close), price, riskStop, _multiplier) * (options.SizeFactor > 0 ? options.SizeFactor : 1);
        var noStop = double.IsNaN(quantity);
        if (_instrument.LotSize > 0 && !noStop) quantity = _instrument.RoundQuantity(quantity);
        var wanted = quantity;
        if (_settings.ResizeToCash && quantity > 0
            && Payable(quantity, price, Available(close) + PendingCash(close), options.Type == OrderType.Limit) is > 0 and var payable)
            quantity = payable;

        ref var order = ref New(OrderRole.Entry, options.Type, side, noStop ? 0 : quantity, time);
        order.LimitPrice = options.Type is OrderType.Limit or OrderType.StopLimit ? price : 0;
        order.StopPrice = options.Type is OrderType.Stop or OrderType.StopLimit ? _instrument.RoundPrice(options.StopPrice) : 0;
        order.TimeInForce = options.TimeInForce == TimeInForce.GoodTillCancelled ? _execution.EntryTimeInForce : options.TimeInForce;
        order.ExpiresAt = options.TimeInForce == TimeInForce.GoodTillDate ? options.ExpiresAt : long.MaxValue;
        // Absolute prices are kept; percentages are taken from the fill.
        order.StopLoss = ownStop > 0 ? stop : 0;
        order.TakeProfit = options.TakeProfit > 0 ? target : 0;
        order.TrailFraction = trail;
        order.TradeNumber = NextSignal();
        if (_late) Delay(ref order, index);
        var id = order.Id;

        _fingerprint.Add((ulong)(uint)order.TradeNumber << 8 | (byte)side, (ulong)time);
        if (riskStop > 0 || target > 0) _fingerprint.Add(riskStop, target);
        if (!double.IsNaN(advice.Prediction)) _fingerprint.Add(advice.Prediction, advice.SizeFactor);
        if (_observer is not null)
        {
            NotifyExiting(time);
            TellSignal(order, price, riskStop, target, advice, IsSizedOnEquity(options) ? EquityAt(close) : 0);
            if (quantity < wanted) _observer.OnEntryCut(order.TradeNumber, time, quantity);
        }

        if (noStop || !(quantity > 0))
        {
            Reject(ref order, noStop ? SignalEnd.NoStop : SignalEnd.NoQuantity, time);
            return default;
        }
        if (BuyingPower.Exceeds(_power.Cost(price, quantity, maker: options.Type == OrderType.Limit),
            Available(close) + PendingCash(close)))
        {
            _observer?.OnCashShort(time);
            Reject(ref order, SignalEnd.NoCash, time);
            return default;
        }
        _orders.CountEntry(side, 1);
        Send(ref order);
        if (FillsNow(options.Type)) FillAtClose(_orders.Count - 1, index);
        return id;
    }

    // Bars before the account's first only warm up; an order that would work after its last is not made.
    private bool MayTrade(int index)
    {
        var time = TimeAt(index);
        return time >= _settings.TradeFrom && time + _barTicks < _settings.TradeUntil;
    }

    // A quantity of the strategy's own counts as one where the strategy has asked for the usual one.
    private bool IsSizedOnEquity(in EntryOptions options) =>
        _settings.Size.Kind is SizeKind.PercentOfEquity or SizeKind.RiskPercent
            && (options.Quantity <= 0 || (_account?.KnowsUsualQuantity ?? _knowsUsualQuantity));

    private double Payable(double wanted, double price, double available, bool maker)
    {
        var payable = _power.Payable(wanted, price, available, maker);
        return payable == wanted ? wanted : _instrument.RoundQuantity(payable);
    }

    // What an entry expects to pay.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private double PriceOf(in EntryOptions options, double close)
    {
        var price = options.Type switch
        {
            OrderType.MarketOnClose => close,
            OrderType.Limit or OrderType.StopLimit => _instrument.RoundPrice(options.LimitPrice),
            OrderType.Stop => _instrument.RoundPrice(options.StopPrice),
            _ => throw new ArgumentException($"an entry cannot be a {options.Type} order", nameof(options)),
        };
        return price > 0 ? price : throw new ArgumentException($"a {options.Type} entry needs a positive price", nameof(options));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Exit(Side side, int index, OrderType type = OrderType.Market)
    {
        if (_closed) return;
        for (var i = 0; _settings.ExitOnSignal && i < _trades.Count; i++)
            if (_trades[i].Side == side && !_trades[i].Exiting && Close(ref _trades[i], index, type, ExitReason.Signal))
                i--;
        if (_orders.EntriesOf(side) > 0) CancelEntries(side, index);
    }

    // Sends an exit; true where it has filled at once.
    private bool Close(ref OpenTrade trade, int index, OrderType type, ExitReason reason)
    {
        if (trade.EntryWorking) EndEntry(trade.Number, TimeAt(index));
        ref var order = ref NewExit(trade, type, reason, TimeAt(index));
        if (_late) Delay(ref order, index);
        Send(ref order);
        trade.Exiting = true;
        if (!FillsNow(type)) return false;
        FillAtClose(_orders.Count - 1, index);
        return true;
    }

    public OrderId Submit(in OrderRequest request, int index)
    {
        if (_closed || !MayTrade(index)) return default;
        var quantity = _instrument.RoundQuantity(request.Quantity);
        if (!(quantity > 0)) return default;
        ref var order = ref New(OrderRole.Net, request.Type, request.Side, quantity, TimeAt(index));
        order.LimitPrice = _instrument.RoundPrice(request.LimitPrice);
        order.StopPrice = _instrument.RoundPrice(request.StopPrice);
        order.TimeInForce = request.TimeInForce;
        order.ExpiresAt = request.TimeInForce == TimeInForce.GoodTillDate ? request.ExpiresAt : long.MaxValue;
        order.OcoGroup = request.OcoGroup;
        order.Reason = ExitReason.Signal;
        if (_late) Delay(ref order, index);
        var id = order.Id;
        Send(ref order);
        if (FillsNow(request.Type)) FillAtClose(_orders.Count - 1, index);
        return id;
    }

    public bool Cancel(OrderId id, int index)
    {
        var at = _orders.IndexOf(id);
        if (at < 0) return false;
        Drop(at, OrderState.Cancelled, TimeAt(index));
        Refresh();
        return true;
    }

    public void CancelEntries(Side side, int index)
    {
        for (var i = _orders.Count - 1; i >= 0; i--)
            if (_orders[i].Role == OrderRole.Entry && _orders[i].Side == side)
                Drop(i, OrderState.Cancelled, TimeAt(index));
        Refresh();
    }

    /// <summary>The instrument has stopped trading: what waits to open a trade expires.</summary>
    public void ExpireEntries(long time)
    {
        var waiting = _orders.Count;
        for (var i = _orders.Count - 1; i >= 0; i--)
            if (_orders[i].Role is OrderRole.Entry or OrderRole.Net)
                Drop(i, OrderState.Expired, time);
        if (_orders.Count != waiting) Refresh();
    }

    public void MoveStop(Side side, double price)
    {
        for (var i = 0; i < _trades.Count; i++)
            if (_trades[i].Side == side)
            {
                ref var trade = ref _trades[i];
                trade.Stop = _instrument.RoundPrice(price);
                TellNewStop(ref trade);
            }
        Refresh();
    }

    // What exits on their way will bring, less what waiting entries will cost.
    private double PendingCash(double close) =>
        _account is not null ? _account.PendingCash
        : _trades.Count + _orders.Count == 0 ? 0
        : ExitProceeds(close) - Reserved(close);

    /// <summary>What market exits on their way will bring, at the last close.</summary>
    public double ExitProceeds(double close)
    {
        var sum = 0.0;
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            if (!trade.Exiting) continue;
            sum += _power.Released(trade, trade.Quantity, close) - _execution.Fee.Fee(close, trade.Quantity, _multiplier, maker: false);
        }
        return sum;
    }

    /// <summary>What waiting market entries will cost, so that cash is not promised twice.</summary>
    public double Reserved(double close)
    {
        var sum = 0.0;
        for (var i = 0; i < _orders.Count; i++)
            if (_orders[i].Role == OrderRole.Entry && _orders[i].Type is OrderType.Market or OrderType.MarketOnClose)
                sum += _power.Cost(close, _orders[i].Rest, maker: false);
        return sum;
    }
}
