using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>Requests of a strategy: entries, exits, manual orders, moved stops, and cancellations.</summary>
internal static class BookRequests
{
    /// <summary>Prices and size of an entry before its order is made.</summary>
    /// <param name="Price">Expected price of the entry.</param>
    /// <param name="OwnStop">The stop of the strategy or of its model; 0 = the batch's stop.</param>
    /// <param name="RiskStop">The stop or trailing stop that the size rule counts with; 0 = none.</param>
    private readonly record struct EntryPlan(double Price, double OwnStop, double Target, double Trail, double RiskStop);

    /// <summary>Requests an entry. Most requests make no order, since the trade is already open.</summary>
    /// <returns>None if no order was made.</returns>
    public static OrderId Enter(StrategyBook book, Side side, in EntryOptions options, int index) =>
        MayEnter(book, side, index) && MayTrade(book, index) ? Make(book, side, options, index) : default;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static OrderId Make(StrategyBook book, Side side, in EntryOptions options, int index)
    {
        var close = book.Block.CloseColumn[index];
        var time = book.TimeAt(index);
        var advice = book.EntryFilter is null ? EntryAdvice.NoOpinion : book.EntryFilter.Advise(index, side);
        var plan = Plan(book, side, options, close, advice);
        var wanted = Wanted(book, options, plan, close);
        var noStop = double.IsNaN(wanted);
        var isLimit = options.Type == OrderType.Limit;
        var quantity = wanted;
        if (book.Settings.ResizeToCash && quantity > 0
            && BookFunds.Payable(book, quantity, plan.Price, BookFunds.AvailableAfterOrders(book, close), isLimit) is > 0 and var payable)
            quantity = payable;

        ref var order = ref New(book, side, options, plan, noStop ? 0 : quantity, time);
        BookOrders.Delay(book, ref order, index);
        var id = order.Id;
        var sizedOn = book.Observer is not null && IsSizedOnEquity(book, options) ? book.EquityAt(close) : 0;
        BookEvents.Signalled(book, order, plan.Price, plan.RiskStop, plan.Target, advice, sizedOn);
        if (quantity < wanted) BookEvents.EntryCut(book, order.TradeNumber, time, quantity);

        if (noStop || !(quantity > 0))
        {
            BookOrders.Reject(book, ref order, noStop ? SignalEnd.NoStop : SignalEnd.NoQuantity, time);
            return default;
        }
        if (BuyingPower.Exceeds(book.Power.Cost(plan.Price, quantity, maker: isLimit), BookFunds.AvailableAfterOrders(book, close)))
        {
            BookEvents.CashShort(book, time);
            BookOrders.Reject(book, ref order, SignalEnd.NoCash, time);
            return default;
        }
        book.Orders.CountEntry(side, 1);
        if (book.Settings.EntryEvery is { } every) book.LastEntryPeriod = PeriodOf(book, every, time);
        BookOrders.Send(book, ref order);
        if (BookOrders.FillsNow(book, options.Type)) BookFills.FillAtClose(book, book.Orders.Count - 1, index);
        return id;
    }

    private static bool MayEnter(StrategyBook book, Side side, int index) => HasRoom(book, side)
        && (book.Settings.EntryEvery is not { } every || PeriodOf(book, every, book.TimeAt(index)) != book.LastEntryPeriod);

    /// <summary>Whether the account permits another trade on a side.</summary>
    public static bool HasRoom(StrategyBook book, Side side) =>
        !book.IsClosed && (book.Settings.Sides & (side == Side.Buy ? Sides.Long : Sides.Short)) != 0
        && book.Orders.EntriesOf(side) + book.OpenTrades.Settled(side) < book.Settings.MaxOpenTrades;

    private static long PeriodOf(StrategyBook book, Timeframe period, long time) => period.Floor(period.IsIntraday ? time
        : book.Instrument.Calendar.LocalDay(time) * TimeSpan.TicksPerDay);

    // Bars before the account's first bar only warm up; an order that would work after its last bar is not made.
    private static bool MayTrade(StrategyBook book, int index)
    {
        var time = book.TimeAt(index);
        return time >= book.Settings.TradeFrom && book.Timeframe.CloseOf(time) < book.Settings.TradeUntil;
    }

    private static EntryPlan Plan(StrategyBook book, Side side, in EntryOptions options, double close, in EntryAdvice advice)
    {
        var (settings, instrument, sign) = (book.Settings, book.Instrument, (int)side);
        var price = options.Type == OrderType.Market ? close : PriceOf(book, options, close);
        var ownStop = options.StopLoss > 0 ? options.StopLoss : advice.StopFraction > 0 ? price * (1 - sign * advice.StopFraction) : 0;
        var hasOwnStop = ownStop > 0;
        if (hasOwnStop) ownStop = instrument.RoundPrice(ownStop);
        var stop = hasOwnStop ? ownStop : settings.StopAt(price, side, instrument);
        var target = options.TakeProfit > 0 ? instrument.RoundPrice(options.TakeProfit) : settings.TargetAt(price, side, instrument);
        var trail = (options.TrailingStopPercent > 0 ? options.TrailingStopPercent : settings.TrailingStopPercent) / 100;
        return new EntryPlan(price, hasOwnStop ? ownStop : 0, target, trail, stop > 0 ? stop : trail > 0 ? price * (1 - sign * trail) : 0);
    }

    // The quantity in whole lots; NaN if the size rule needs a stop and there is none.
    private static double Wanted(StrategyBook book, in EntryOptions options, in EntryPlan plan, double close)
    {
        var quantity = options.Quantity > 0
            ? options.Quantity
            : book.Settings.Size.Quantity(book.EquityAt(close), plan.Price, plan.RiskStop, book.Multiplier)
                * (options.SizeFactor > 0 ? options.SizeFactor : 1);
        return book.Instrument.LotSize > 0 && !double.IsNaN(quantity) ? book.Instrument.RoundQuantity(quantity) : quantity;
    }

    private static ref Order New(StrategyBook book, Side side, in EntryOptions options, in EntryPlan plan, double quantity, long time)
    {
        ref var order = ref BookOrders.New(book, OrderRole.Entry, options.Type, side, quantity, time);
        order.LimitPrice = options.Type.HasLimit() ? plan.Price : 0;
        order.StopPrice = options.Type.HasStop() ? book.Instrument.RoundPrice(options.StopPrice) : 0;
        order.TimeInForce = options.TimeInForce == TimeInForce.GoodTillCancelled ? book.Execution.EntryTimeInForce : options.TimeInForce;
        order.ExpiresAt = options.TimeInForce == TimeInForce.GoodTillDate ? options.ExpiresAt : long.MaxValue;
        if (book.Settings.SignalValid > TimeSpan.Zero)
            order.ExpiresAt = Math.Min(order.ExpiresAt, book.Timeframe.CloseOf(time) + book.Settings.SignalValid.Ticks);
        // Absolute prices are stored with the order; percentages apply to the fill price.
        order.StopLoss = plan.OwnStop;
        order.TakeProfit = options.TakeProfit > 0 ? plan.Target : 0;
        order.TrailFraction = plan.Trail;
        order.TradeNumber = BookOrders.NextSignal(book);
        return ref order;
    }

    // A strategy that has read the usual quantity may derive its own quantities from it, so these count as sized on equity.
    private static bool IsSizedOnEquity(StrategyBook book, in EntryOptions options) =>
        book.Settings.Size.Kind is SizeKind.PercentOfEquity or SizeKind.RiskPercent
            && (options.Quantity <= 0 || (book.Shared?.KnowsUsualQuantity ?? book.KnowsUsualQuantity));

    // Expected price of an entry.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double PriceOf(StrategyBook book, in EntryOptions options, double close)
    {
        var type = options.Type;
        var price = type.IsAtMarket() ? close
            : type.HasLimit() ? book.Instrument.RoundPrice(options.LimitPrice)
            : type.HasStop() ? book.Instrument.RoundPrice(options.StopPrice)
            : throw new ArgumentException($"an entry cannot be a {type} order", nameof(options));
        return price > 0 ? price : throw new ArgumentException($"a {options.Type} entry needs a positive price", nameof(options));
    }

    /// <summary>Closes the open trades of a side and cancels its waiting entries.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Exit(StrategyBook book, Side side, int index, OrderType type = OrderType.Market)
    {
        if (book.IsClosed) return;
        for (var i = 0; book.Settings.ExitOnSignal && i < book.OpenTrades.Count; i++)
        {
            ref var trade = ref book.OpenTrades[i];
            if (trade.Side == side && !trade.Exiting && BookExits.Close(book, ref trade, index, type, ExitReason.Signal)) i--;
        }
        if (book.Orders.EntriesOf(side) > 0) BookOrders.CancelEntries(book, side, book.TimeAt(index));
    }

    /// <summary>Sends a manual order, which closes open trades on the other side and opens a trade with the remainder.</summary>
    /// <returns>None if no order was made.</returns>
    public static OrderId Submit(StrategyBook book, in OrderRequest request, int index)
    {
        if (book.IsClosed || !MayTrade(book, index)) return default;
        var quantity = book.Instrument.RoundQuantity(request.Quantity);
        if (!(quantity > 0)) return default;
        ref var order = ref BookOrders.New(book, OrderRole.Net, request.Type, request.Side, quantity, book.TimeAt(index));
        order.LimitPrice = book.Instrument.RoundPrice(request.LimitPrice);
        order.StopPrice = book.Instrument.RoundPrice(request.StopPrice);
        order.TimeInForce = request.TimeInForce;
        order.ExpiresAt = request.TimeInForce == TimeInForce.GoodTillDate ? request.ExpiresAt : long.MaxValue;
        order.OcoGroup = request.OcoGroup;
        order.Reason = ExitReason.Signal;
        BookOrders.Delay(book, ref order, index);
        var id = order.Id;
        BookOrders.Send(book, ref order);
        if (BookOrders.FillsNow(book, request.Type)) BookFills.FillAtClose(book, book.Orders.Count - 1, index);
        return id;
    }

    /// <summary>Moves the stops of the open trades of a side.</summary>
    public static void MoveStop(StrategyBook book, Side side, double price, int index)
    {
        for (var i = 0; i < book.OpenTrades.Count; i++)
        {
            ref var trade = ref book.OpenTrades[i];
            if (trade.Side != side) continue;
            trade.Protection.Stop = book.Instrument.RoundPrice(price);
            BookEvents.StopMoved(book, ref trade, book.TimeAt(index));
        }
        BookTriggers.Refresh(book);
    }
}
