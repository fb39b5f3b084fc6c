using System.Runtime.CompilerServices;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>What a strategy asks for: entries, exits, orders by hand, moved stops, and cancellations.</summary>
internal readonly struct BookRequests(StrategyBook book)
{
    private BookOrders Orders => new(book);

    private BookFunds Funds => new(book);

    /// <summary>Prices and size of an entry before its order is made.</summary>
    /// <param name="Price">What the entry expects to pay.</param>
    /// <param name="OwnStop">Of the strategy or of its model; 0 = the batch's.</param>
    /// <param name="RiskStop">The stop or trailing stop that the size rule counts with; 0 = none.</param>
    private readonly record struct EntryPlan(double Price, double OwnStop, double Target, double Trail, double RiskStop);

    /// <summary>Asks for an entry.</summary>
    /// <returns>None where it is not made.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public OrderId Enter(Side side, in EntryOptions options, int index)
    {
        if (book.IsClosed || !MayTrade(index) || !MayEnter(side)) return default;

        var close = book.Block.CloseColumn[index];
        var time = book.TimeAt(index);
        var advice = book.EntryFilter is null ? EntryAdvice.NoOpinion : book.EntryFilter.Advise(index, side);
        var plan = Plan(side, options, close, advice);
        var wanted = Wanted(options, plan, close);
        var noStop = double.IsNaN(wanted);
        var isLimit = options.Type == OrderType.Limit;
        var quantity = wanted;
        if (book.Settings.ResizeToCash && quantity > 0
            && Funds.Payable(quantity, plan.Price, Funds.AvailableAfterOrders(close), isLimit) is > 0 and var payable)
            quantity = payable;

        ref var order = ref New(side, options, plan, noStop ? 0 : quantity, time);
        Orders.Delay(ref order, index);
        var id = order.Id;
        var sizedOn = book.Observer is not null && IsSizedOnEquity(options) ? book.EquityAt(close) : 0;
        new BookEvents(book).Signalled(order, plan.Price, plan.RiskStop, plan.Target, advice, sizedOn);
        if (quantity < wanted) new BookEvents(book).EntryCut(order.TradeNumber, time, quantity);

        if (noStop || !(quantity > 0))
        {
            Orders.Reject(ref order, noStop ? SignalEnd.NoStop : SignalEnd.NoQuantity, time);
            return default;
        }
        if (BuyingPower.Exceeds(book.Power.Cost(plan.Price, quantity, maker: isLimit), Funds.AvailableAfterOrders(close)))
        {
            new BookEvents(book).CashShort(time);
            Orders.Reject(ref order, SignalEnd.NoCash, time);
            return default;
        }
        book.Orders.CountEntry(side, 1);
        Orders.Send(ref order);
        if (Orders.FillsNow(options.Type)) new BookFills(book).FillAtClose(book.Orders.Count - 1, index);
        return id;
    }

    private bool MayEnter(Side side) => (book.Settings.Sides & (side == Side.Buy ? Sides.Long : Sides.Short)) != 0
        && book.Orders.EntriesOf(side) + book.OpenTrades.Settled(side) < book.Settings.MaxOpenTrades;

    // Bars before the account's first only warm up; an order that would work after its last is not made.
    private bool MayTrade(int index)
    {
        var time = book.TimeAt(index);
        return time >= book.Settings.TradeFrom && time + book.BarTicks < book.Settings.TradeUntil;
    }

    private EntryPlan Plan(Side side, in EntryOptions options, double close, in EntryAdvice advice)
    {
        var (settings, instrument, sign) = (book.Settings, book.Instrument, (int)side);
        var price = options.Type == OrderType.Market ? close : PriceOf(options, close);
        var ownStop = options.StopLoss > 0 ? options.StopLoss : advice.StopFraction > 0 ? price * (1 - sign * advice.StopFraction) : 0;
        var hasOwnStop = ownStop > 0;
        if (hasOwnStop) ownStop = instrument.RoundPrice(ownStop);
        var stop = hasOwnStop ? ownStop : settings.StopAt(price, side, instrument);
        var target = options.TakeProfit > 0 ? instrument.RoundPrice(options.TakeProfit) : settings.TargetAt(price, side, instrument);
        var trail = (options.TrailingStopPercent > 0 ? options.TrailingStopPercent : settings.TrailingStopPercent) / 100;
        return new EntryPlan(price, hasOwnStop ? ownStop : 0, target, trail, stop > 0 ? stop : trail > 0 ? price * (1 - sign * trail) : 0);
    }

    // In whole lots; NaN where the size rule needs a stop and there is none.
    private double Wanted(in EntryOptions options, in EntryPlan plan, double close)
    {
        var quantity = options.Quantity > 0
            ? options.Quantity
            : book.Settings.Size.Quantity(book.EquityAt(close), plan.Price, plan.RiskStop, book.Multiplier)
                * (options.SizeFactor > 0 ? options.SizeFactor : 1);
        return book.Instrument.LotSize > 0 && !double.IsNaN(quantity) ? book.Instrument.RoundQuantity(quantity) : quantity;
    }

    private ref Order New(Side side, in EntryOptions options, in EntryPlan plan, double quantity, long time)
    {
        ref var order = ref Orders.New(OrderRole.Entry, options.Type, side, quantity, time);
        order.LimitPrice = options.Type is OrderType.Limit or OrderType.StopLimit ? plan.Price : 0;
        order.StopPrice = options.Type is OrderType.Stop or OrderType.StopLimit ? book.Instrument.RoundPrice(options.StopPrice) : 0;
        order.TimeInForce = options.TimeInForce == TimeInForce.GoodTillCancelled ? book.Execution.EntryTimeInForce : options.TimeInForce;
        order.ExpiresAt = options.TimeInForce == TimeInForce.GoodTillDate ? options.ExpiresAt : long.MaxValue;
        // Absolute prices are kept; percentages are taken from the fill.
        order.StopLoss = plan.OwnStop;
        order.TakeProfit = options.TakeProfit > 0 ? plan.Target : 0;
        order.TrailFraction = plan.Trail;
        order.TradeNumber = Orders.NextSignal();
        return ref order;
    }

    // A quantity of the strategy's own counts as one where the strategy has asked for the usual one.
    private bool IsSizedOnEquity(in EntryOptions options) =>
        book.Settings.Size.Kind is SizeKind.PercentOfEquity or SizeKind.RiskPercent
            && (options.Quantity <= 0 || (book.Shared?.KnowsUsualQuantity ?? book.KnowsUsualQuantity));

    // What an entry expects to pay.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private double PriceOf(in EntryOptions options, double close)
    {
        var price = options.Type switch
        {
            OrderType.MarketOnClose => close,
            OrderType.Limit or OrderType.StopLimit => book.Instrument.RoundPrice(options.LimitPrice),
            OrderType.Stop => book.Instrument.RoundPrice(options.StopPrice),
            _ => throw new ArgumentException($"an entry cannot be a {options.Type} order", nameof(options)),
        };
        return price > 0 ? price : throw new ArgumentException($"a {options.Type} entry needs a positive price", nameof(options));
    }

    /// <summary>Closes the open trades of a side and cancels its waiting entries.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Exit(Side side, int index, OrderType type = OrderType.Market)
    {
        if (book.IsClosed) return;
        for (var i = 0; book.Settings.ExitOnSignal && i < book.OpenTrades.Count; i++)
        {
            ref var trade = ref book.OpenTrades[i];
            if (trade.Side == side && !trade.Exiting && new BookExits(book).Close(ref trade, index, type, ExitReason.Signal)) i--;
        }
        if (book.Orders.EntriesOf(side) > 0) Orders.CancelEntries(side, book.TimeAt(index));
    }

    /// <summary>Sends an order by hand, which closes what is open on the other side and then opens a trade.</summary>
    /// <returns>None where it is not made.</returns>
    public OrderId Submit(in OrderRequest request, int index)
    {
        if (book.IsClosed || !MayTrade(index)) return default;
        var quantity = book.Instrument.RoundQuantity(request.Quantity);
        if (!(quantity > 0)) return default;
        ref var order = ref Orders.New(OrderRole.Net, request.Type, request.Side, quantity, book.TimeAt(index));
        order.LimitPrice = book.Instrument.RoundPrice(request.LimitPrice);
        order.StopPrice = book.Instrument.RoundPrice(request.StopPrice);
        order.TimeInForce = request.TimeInForce;
        order.ExpiresAt = request.TimeInForce == TimeInForce.GoodTillDate ? request.ExpiresAt : long.MaxValue;
        order.OcoGroup = request.OcoGroup;
        order.Reason = ExitReason.Signal;
        Orders.Delay(ref order, index);
        var id = order.Id;
        Orders.Send(ref order);
        if (Orders.FillsNow(request.Type)) new BookFills(book).FillAtClose(book.Orders.Count - 1, index);
        return id;
    }

    /// <summary>Moves the stops of the open trades of a side.</summary>
    public void MoveStop(Side side, double price)
    {
        for (var i = 0; i < book.OpenTrades.Count; i++)
        {
            ref var trade = ref book.OpenTrades[i];
            if (trade.Side != side) continue;
            trade.Protection.Stop = book.Instrument.RoundPrice(price);
            new BookEvents(book).StopMoved(ref trade);
        }
        new BookTriggers(book).Refresh();
    }
}
