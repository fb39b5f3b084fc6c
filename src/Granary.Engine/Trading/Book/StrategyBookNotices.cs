using System.Runtime.CompilerServices;
using Granary.Engine.Market;

namespace Granary.Engine.Trading.Book;

// Who is notified: the strategy's call-backs, the observer that keeps what happens, and the one that sends orders on to a broker.
internal sealed partial class StrategyBook
{
    private readonly IRunObserver? _observer;
    // Null where orders are not sent on.
    private readonly IOrderObserver? _sender;
    // Null where the strategy has no call-backs.
    private StrategyNotices? _notices;

    /// <summary>Who gets call-backs.</summary>
    public void Listen(ITradeListener listener) => _notices = new StrategyNotices(listener);

    public bool HasNotices => _notices is { Any: true };

    /// <summary>Delivers what has happened since the last call; what the strategy does in answer is delivered too.</summary>
    public void Dispatch()
    {
        _notices!.Deliver();
        Refresh();
    }

    private void Tell(in Order order)
    {
        if (_notices is not null) Note(order);
        if (_sender is not null) SendOn(order);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Note(in Order order) => _notices!.Add(order);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SendOn(in Order order) => _sender!.OnOrder(order);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TellSignal(in Order order, double price, double stop, double target, in EntryAdvice advice, double sizedOn) =>
        _observer!.OnSignal(new Signal(order.TradeNumber, order.CreatedAt, order.Side, order.Type, price, order.Quantity, stop, target,
            order.ExpiresAt)
        {
            Prediction = advice.Prediction,
            SizeFactor = advice.SizeFactor,
            SizedOn = sizedOn,
        });

    private void NotifyExiting(long time)
    {
        if (_account is null) NotifyOwnExiting(time);
        else _account.NotifyExiting(time);
    }

    /// <summary>Notifies the observer of exits at the market that are on their way, each once.</summary>
    public void NotifyOwnExiting(long time)
    {
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            if (!trade.Exiting || trade.ExitNotified) continue;
            trade.ExitNotified = true;
            _observer?.OnExiting(trade.Number, time);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TellFill(int number, in Bar bar, double price, double quantity, double fee, OrderId order, bool isEntry, bool isFirst,
        bool maker) =>
        _observer!.OnFill(new TradeFill(number, bar.Time, price, quantity, fee, order, isEntry, isFirst,
            maker)
        { BarVolume = _limited ? bar.Volume : 0 });

    private void TellNewStop(ref OpenTrade trade)
    {
        if (_notices is not null && trade.StopOrder.IsNone)
            trade.StopOrder =
                TellProtection(trade, OrderRole.StopLoss, OrderType.Stop, trade.Stop, trade.StopOrder, OrderState.Submitted, 0);
        _sender?.OnStopMoved(trade.Number, trade.Stop);
    }

    // The stops and target of a trade are orders to its strategy.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TellProtection(ref OpenTrade trade, OrderState stop, OrderState target, OrderState trailing, double price = 0)
    {
        trade.StopOrder = TellProtection(trade, OrderRole.StopLoss, OrderType.Stop, trade.Stop, trade.StopOrder, stop, price);
        trade.TargetOrder = TellProtection(trade, OrderRole.TakeProfit, OrderType.Limit, trade.Target, trade.TargetOrder, target, price);
        trade.TrailOrder = TellProtection(trade, OrderRole.TrailingStop, OrderType.TrailingStop, trade.TrailFraction, trade.TrailOrder,
            trailing, price);
    }

    private OrderId TellProtection(in OpenTrade trade, OrderRole role, OrderType type, double level, OrderId id, OrderState state,
        double price)
    {
        if (level <= 0) return id;
        if (id.IsNone) id = NextOrder();
        var order = new Order
        {
            Id = id,
            Role = role,
            Type = type,
            Side = (Side)(-(int)trade.Side),
            Quantity = trade.EntryQuantity,
            TradeNumber = trade.Number,
            StopPrice = role == OrderRole.StopLoss ? level : role == OrderRole.TrailingStop ? trade.TrailLevel : 0,
            LimitPrice = role == OrderRole.TakeProfit ? level : 0,
            CreatedAt = trade.EntryTime,
            ExpiresAt = long.MaxValue,
        };
        order.Become(OrderState.Submitted);
        if (state != OrderState.Submitted)
        {
            if (state == OrderState.Filled) (order.FilledQuantity, order.FilledPrice) = (order.Quantity, price);
            order.Become(state);
        }
        Tell(order);
        return id;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TellTrade(ref OpenTrade trade, long time, double price, double exitPrice, double profit, int bars, ExitReason reason)
    {
        var closed = trade.ToTrade(time, exitPrice, profit, bars, reason);
        _observer?.OnTrade(closed);
        if (_notices is null) return;
        TellProtection(ref trade,
            reason == ExitReason.Stop ? OrderState.Filled : OrderState.Cancelled,
            reason == ExitReason.Target ? OrderState.Filled : OrderState.Cancelled,
            reason == ExitReason.TrailingStop ? OrderState.Filled : OrderState.Cancelled, price);
        _notices.Add(closed);
    }
}
