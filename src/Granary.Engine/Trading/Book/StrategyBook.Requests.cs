using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

// Requests of the strategy: entries, exits, manual orders and moved stops.
internal sealed partial class StrategyBook
{
    /// <summary>An entry at the market with the batch's own size and protection.</summary>
    public static readonly EntryOptions AtMarket;

    // Prices of an entry before its order is made: the expected price, the stop of the strategy or of its model (0 = the batch's), and the
    // stop or trailing stop that the size rule counts with (0 = none). The average true range is 0 if no distance counts in it.
    private readonly record struct EntryPlan(double Price, double OwnStop, double Target, double Trail, double RiskStop, double Atr = 0);

    /// <summary>Requests an entry. Most requests make no order, since the trade is already open.</summary>
    /// <returns>None if no order was made.</returns>
    public OrderId Enter(Side side, in EntryOptions options, int index) =>
        MayEnter(side, index) && MayTrade(index) ? Make(side, options, index) : default;

    // An entry that adds to a trade names it; else it is 0.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private OrderId Make(Side side, in EntryOptions asked, int index, int addsTo = 0)
    {
        ValueAtClose(index);
        var close = _block.CloseColumn[index];
        var atr = AverageTrueRange?.Invoke(index) ?? 0;
        var options = asked.Type == OrderType.Market && _settings.EntryOrder != EntryOrder.Market && close > 0
            ? Placed(asked, side, close, atr) : asked;
        var time = TimeAt(index);
        // In a time slice without a bar of the instrument, a model makes no prediction.
        var advice = _events.Filter is { } filter && _staleAt == 0 ? filter.Advise(index, side) : EntryAdvice.NoOpinion;
        var plan = Plan(side, options, close, advice, atr);
        var wanted = Wanted(options, plan, close);
        var noStop = double.IsNaN(wanted);
        var (isLimit, quantity) = (options.Type == OrderType.Limit, wanted);
        if (_settings.ResizeToCash && quantity > 0
            && Payable(quantity, plan.Price, AvailableAfterOrders(close), isLimit) is > 0 and var payable)
            quantity = payable;
        var paid = quantity;
        var shortable = side == Side.Sell && _borrow is not null && quantity > 0 ? Shortable(quantity, index) : quantity;
        if (shortable > 0) quantity = shortable;

        ref var order = ref NewEntry(side, options, plan, noStop ? 0 : quantity, time);
        order.AddsTo = addsTo;
        Delay(ref order, index);
        var id = order.Id;
        _events.Signalled(order, plan.RiskStop, plan.Target, advice);
        if (WantsSignal)
            ReportSignal(order, plan, advice, IsSizedOnEquity(options) ? InAccount(EquityAt(close)) : 0, WorksIn(order, index));
        if (quantity < wanted) _events.EntryCut(order.TradeNumber, time, quantity, isBorrowed: quantity < paid);

        SignalEnd? refusal = EndsWith(index) ? SignalEnd.Delisted
            : _members is not null && !_members.Contains(_timeframe.CloseOf(time)) ? SignalEnd.NotMember
            : !(plan.Price > 0) && CountsInPercent(options, plan, order, advice) ? SignalEnd.PriceNotPositive : null;
        if (refusal is { } end)
        {
            Reject(ref order, end, time);
            return default;
        }
        if (noStop || !(quantity > 0) || double.IsNaN(shortable))
        {
            Reject(ref order, noStop ? SignalEnd.NoStop : quantity > 0 ? SignalEnd.NotShortable : SignalEnd.NoQuantity, time);
            return default;
        }
        if (Instrument.MinimumOf(quantity, plan.Price) > 0)
        {
            Reject(ref order, SignalEnd.BelowMinimum, time);
            return default;
        }
        if (BuyingPower.Exceeds(_power.Cost(plan.Price, quantity, maker: isLimit), AvailableAfterOrders(close)))
        {
            _events.CashShort(time);
            Reject(ref order, SignalEnd.NoCash, time);
            return default;
        }
        if (_settings.EntryEvery is { } every && addsTo == 0) _lastEntryPeriod = PeriodOf(every, time);
        Send(ref order);
        if (FillsNow(options.Type)) FillAtClose(_orders.Count - 1, index);
        return id;
    }

    // Whether the entry counts in percent of its price.
    private bool CountsInPercent(in EntryOptions options, in EntryPlan plan, in Order order, in EntryAdvice advice) =>
        options.Quantity <= 0 && _settings.Size.Kind is SizeKind.PercentOfEquity or SizeKind.Cash
            || _usual.Of(order).CountsInPercent || plan.OwnStop <= 0 && advice.StopFraction > 0
            || _settings.EntryOrder is not (EntryOrder.Market or EntryOrder.Close) || _settings.ScaleIn.Count > 0;

    private bool WantsSignal => _events.Want(RunEventKinds.Signal);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReportSignal(in Order order, in EntryPlan plan, in EntryAdvice advice, double sizedOn, int worksIn)
    {
        _events.Signal(new Signal(order.TradeNumber, order.CreatedAt, order.Side, order.Type, plan.Price, order.Quantity, plan.RiskStop,
            plan.Target, order.ExpiresAt)
        {
            Prediction = advice.Prediction,
            SizeFactor = advice.SizeFactor,
            ModelVersion = advice.Version,
            Dissimilarity = advice.Dissimilarity,
            SizedOn = sizedOn,
            AddsTo = order.AddsTo,
            StopPrice = order.StopPrice,
            OwnStop = order.StopLoss,
            OwnTarget = order.TakeProfit,
            TrailFraction = order.TrailFraction,
            Atr = order.Atr,
            TimeInForce = order.TimeInForce,
            WorksIn = worksIn,
        });
    }

    private bool MayEnter(Side side, int index) => HasRoom(side)
        && (_settings.EntryEvery is not { } every || PeriodOf(every, TimeAt(index)) != _lastEntryPeriod);

    /// <summary>Whether the account permits another trade on a side.</summary>
    public bool HasRoom(Side side) =>
        !_isClosed && (_settings.Sides & (side == Side.Buy ? Sides.Long : Sides.Short)) != 0
        && _orders.EntriesOf(side) + _trades.Settled(side) < _settings.MaxOpenTrades;

    private long PeriodOf(Timeframe period, long time) => period.Floor(period.IsIntraday ? time
        : Instrument.Calendar.LocalDay(time) * TimeSpan.TicksPerDay);

    // Bars before the account's first bar only warm up; an order that would work after its last bar is not made.
    private bool MayTrade(int index)
    {
        var time = TimeAt(index);
        return time >= _settings.TradeFrom && _timeframe.CloseOf(time) < _settings.TradeUntil;
    }

    // The order of the settings for an entry at the market.
    private EntryOptions Placed(in EntryOptions options, Side side, double close, double atr)
    {
        var settings = _settings;
        if (settings.EntryOrder == EntryOrder.Close) return options with { Type = OrderType.MarketOnClose };
        var offset = settings.EntryOffsetAtr > 0 ? settings.EntryOffsetAtr * atr : close * (settings.EntryOffsetPercent / 100);
        var isLimit = settings.EntryOrder == EntryOrder.Limit;
        // An offset beyond the whole price is an order that never fills.
        var price = Math.Max(close * 1e-6, Instrument.RoundPrice(close + (isLimit ? -1 : 1) * (int)side * offset));
        return isLimit ? options with { Type = OrderType.Limit, LimitPrice = price }
            : options with { Type = OrderType.Stop, StopPrice = price };
    }

    /// <summary>Sends the orders that add to the trades which were entered in this bar.</summary>
    public void AddSteps(int index)
    {
        if (_settings.ScaleIn.Count > 0 && !_isClosed && MayTrade(index)) SendSteps(index);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SendSteps(int index)
    {
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            if (!trade.StepsDue) continue;
            trade.StepsDue = false;
            var (side, number, entry) = (trade.Side, trade.Number, trade.EntryPrice);
            foreach (var step in _settings.ScaleIn)
            {
                var price = Instrument.RoundPrice(entry * (1 + (int)side * (step.Percent / 100)));
                if (!(price > 0)) continue;
                Make(side, step.Percent > 0
                    ? new EntryOptions { Type = OrderType.Stop, StopPrice = price, SizeFactor = step.Share }
                    : new EntryOptions { Type = OrderType.Limit, LimitPrice = price, SizeFactor = step.Share }, index, number);
            }
        }
    }

    private EntryPlan Plan(Side side, in EntryOptions options, double close, in EntryAdvice advice, double atr)
    {
        var (settings, instrument, sign) = (_settings, Instrument, (int)side);
        var price = options.Type == OrderType.Market ? close : EntryPrice(options, close);
        var ownStop = options.StopLoss > 0 ? options.StopLoss : advice.StopFraction > 0 ? price * (1 - sign * advice.StopFraction) : 0;
        var hasOwnStop = ownStop > 0;
        if (hasOwnStop) ownStop = instrument.RoundPrice(ownStop);
        var trail = (options.TrailingStopPercent > 0 ? options.TrailingStopPercent : settings.TrailingStopPercent) / 100;
        var terms = _usual.With(0, 0, trail, atr);
        var stop = hasOwnStop ? ownStop : instrument.RoundPrice(terms.StopFor(side, price));
        var target = instrument.RoundPrice(options.TakeProfit > 0 ? options.TakeProfit : terms.TargetFor(side, price));
        return new EntryPlan(price, hasOwnStop ? ownStop : 0, target, trail, stop > 0 ? stop : terms.TrailFor(side, price, price), atr);
    }

    // The quantity in whole lots; NaN if the size rule needs a stop and there is none.
    private double Wanted(in EntryOptions options, in EntryPlan plan, double close)
    {
        var quantity = options.Quantity > 0
            ? options.Quantity
            : Size.Quantity(EquityAt(close), plan.Price, plan.RiskStop, _multiplier)
                * (options.SizeFactor > 0 ? options.SizeFactor : 1);
        return Instrument.LotSize > 0 && !double.IsNaN(quantity) ? Instrument.RoundQuantity(quantity) : quantity;
    }

    private ref Order NewEntry(Side side, in EntryOptions options, in EntryPlan plan, double quantity, long time)
    {
        ref var order = ref NewOrder(OrderRole.Entry, options.Type, side, quantity, time);
        order.LimitPrice = options.Type.HasLimit() ? plan.Price : 0;
        order.StopPrice = options.Type.HasStop() ? Instrument.RoundPrice(options.StopPrice) : 0;
        order.TimeInForce = options.TimeInForce == TimeInForce.GoodTillCancelled ? _execution.EntryTimeInForce : options.TimeInForce;
        order.ExpiresAt = options.TimeInForce == TimeInForce.GoodTillDate ? options.ExpiresAt : long.MaxValue;
        if (_settings.SignalValid > TimeSpan.Zero)
            order.ExpiresAt = Math.Min(order.ExpiresAt, _timeframe.CloseOf(time) + _settings.SignalValid.Ticks);
        // Absolute prices are stored with the order; percentages apply to the fill price.
        order.StopLoss = plan.OwnStop;
        order.TakeProfit = options.TakeProfit > 0 ? plan.Target : 0;
        order.TrailFraction = plan.Trail;
        order.Atr = plan.Atr;
        order.TradeNumber = NextSignal();
        return ref order;
    }

    // A strategy that has read the usual quantity may derive its own quantities from it, so these count as sized on equity.
    private bool IsSizedOnEquity(in EntryOptions options) =>
        _settings.Size.Kind is SizeKind.PercentOfEquity or SizeKind.RiskPercent
            && (options.Quantity <= 0 || (_shared?.KnowsUsualQuantity ?? _knowsUsualQuantity));

    // Expected price of an entry.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private double EntryPrice(in EntryOptions options, double close)
    {
        var type = options.Type;
        var price = type.IsAtMarket() ? close
            : type.HasLimit() ? Instrument.RoundPrice(options.LimitPrice)
            : type.HasStop() ? Instrument.RoundPrice(options.StopPrice)
            : throw new ArgumentException($"an entry cannot be a {type} order", nameof(options));
        return price > 0 || type.IsAtMarket() ? price
            : throw new ArgumentException($"a {options.Type} entry needs a positive price", nameof(options));
    }

    /// <summary>Closes the open trades of a side and cancels its waiting entries.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Exit(Side side, int index, OrderType type = OrderType.Market)
    {
        if (_isClosed) return;
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            if (trade.Side != side || trade.Exiting) continue;
            if (!_settings.ExitOnSignal) _events.ExitRefused(trade.Number, TimeAt(index));
            else if (SendExit(ref trade, index, type, ExitReason.Signal)) i--;
        }
        if (_orders.EntriesOf(side) > 0) CancelEntries(side, index);
    }

    /// <summary>Sends a manual order, which closes open trades on the other side and opens a trade with the remainder.</summary>
    /// <returns>None if no order was made.</returns>
    public OrderId Submit(in OrderRequest request, int index)
    {
        if (_isClosed || !MayTrade(index)) return default;
        ValueAtClose(index);
        var quantity = Instrument.RoundQuantity(request.Quantity);
        if (!(quantity > 0))
        {
            // The rest of a position that is less than one lot needs no order.
            if (request.Quantity > 0 && _trades.Count == 0) Refuse(request, SignalEnd.NoQuantity, index);
            return default;
        }
        SignalEnd? refusal = EndsWith(index) ? SignalEnd.Delisted
            : OpensOutside(request.Side, quantity, _timeframe.CloseOf(TimeAt(index))) ? SignalEnd.NotMember
            : IsBelowMinimum(request, quantity, index) ? SignalEnd.BelowMinimum
            : OpensUnborrowed(request.Side, quantity, index) ? SignalEnd.NotShortable : null;
        if (refusal is { } end)
        {
            Refuse(request, end, index);
            return default;
        }
        ref var order = ref NewOrder(OrderRole.Net, request.Type, request.Side, quantity, TimeAt(index));
        order.LimitPrice = Instrument.RoundPrice(request.LimitPrice);
        order.StopPrice = Instrument.RoundPrice(request.StopPrice);
        order.TimeInForce = request.TimeInForce;
        order.ExpiresAt = request.TimeInForce == TimeInForce.GoodTillDate ? request.ExpiresAt : long.MaxValue;
        order.OcoGroup = request.OcoGroup;
        order.FitsCash = request.FitsCash;
        order.Reason = ExitReason.Signal;
        Delay(ref order, index);
        var id = order.Id;
        Send(ref order);
        if (FillsNow(request.Type)) FillAtClose(_orders.Count - 1, index);
        return id;
    }

    // Whether a manual order is smaller than the instrument permits. One that closes a whole position is sent.
    private bool IsBelowMinimum(in OrderRequest request, double quantity, int index)
    {
        if (Instrument is { MinQuantity: 0, MinNotional: 0 }) return false;
        var price = request.LimitPrice > 0 ? request.LimitPrice : request.StopPrice > 0 ? request.StopPrice : _block.CloseColumn[index];
        return Instrument.MinimumOf(quantity, price) > 0 && _trades.QuantityOf((Side)(-(int)request.Side)) != quantity;
    }

    // Refuses a manual order.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Refuse(in OrderRequest request, SignalEnd end, int index)
    {
        ref var order = ref NewOrder(OrderRole.Net, request.Type, request.Side, 0, TimeAt(index));
        order.ExpiresAt = long.MaxValue;
        order.TradeNumber = NextSignal();
        _events.Signalled(order, 0, 0, EntryAdvice.NoOpinion);
        if (WantsSignal) ReportSignal(order, new EntryPlan(_block.CloseColumn[index], 0, 0, 0, 0), EntryAdvice.NoOpinion, 0, 0);
        Reject(ref order, end, order.CreatedAt);
    }

    /// <summary>Moves the stops of the open trades of a side.</summary>
    public void MoveStop(Side side, double price, int index)
    {
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            if (trade.Side != side) continue;
            trade.Protection.Stop = Instrument.RoundPrice(price);
            if (_events.HasCallBacks) NoteStop(ref trade);
            _events.StopMoved(trade, TimeAt(index));
        }
        Refresh();
    }
}
