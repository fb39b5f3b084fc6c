using System.Runtime.CompilerServices;
using Granary.Engine.Market;

namespace Granary.Engine.Trading;

// Fills in parts, where a bar's volume bounds what one strategy can fill in it, and orders that do not wait for long.
internal sealed partial class StrategyBook
{
    // Feed index of the bar whose volume was last drawn on, and how much of it.
    private long _volumeBar = -1;
    private double _volumeUsed;

    private double Fillable(in Order order, in Bar bar, int index)
    {
        var most = Fillable(order.Rest, bar, index);
        return order.TimeInForce == TimeInForce.FillOrKill && most < order.Rest ? 0 : most;
    }

    // So much of a quantity as the bar's volume leaves, in whole lots.
    private double Fillable(double wanted, in Bar bar, int index)
    {
        var at = _block.FirstIndex + index;
        if (_volumeBar != at) (_volumeBar, _volumeUsed) = (at, 0);
        var most = _execution.VolumeShare * bar.Volume;
        var left = most - _volumeUsed;
        if (wanted <= left) return wanted;
        // What subtraction leaves behind is no volume.
        return left > most * 1e-9 ? _instrument.RoundQuantity(left) : 0;
    }

    // Books what a fill takes of the bar's volume and adds to the account's turnover.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Count(long time, double price, double quantity)
    {
        _volumeUsed += quantity;
        _traded?.Add(time, price * quantity * _multiplier);
    }

    // An order that does not wait for ever has had its first bar: how long it waits.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Expire(ref Order order, long time) => order.ExpiresAt = order.TimeInForce switch
    {
        TimeInForce.Day => EndOfDay(time),
        TimeInForce.ImmediateOrCancel or TimeInForce.FillOrKill => time,
        _ => order.ExpiresAt,
    };

    // Which of a trade's stop and target the smaller bars reached first; what they leave open, the rule decides, and it is counted.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsStopFirst(in OpenTrade trade, double stop, long feedIndex, long time, ref double from)
    {
        // Entered within the bar, it is not known from where on its path counts.
        var whole = trade.EntryIndex != feedIndex || trade.EnteredAtOpen;
        var isLong = trade.Side == Side.Buy;
        if (whole && _path?.LowerFirst(time, time + _barTicks, isLong ? stop : trade.Target, isLong ? trade.Target : stop, out var open) is { } lowerFirst)
        {
            _tradeMeter.IntrabarByPath++;
            // Beyond the price where the smaller bar opened beyond it.
            from = open;
            return lowerFirst == isLong;
        }
        _tradeMeter.IntrabarByRule++;
        return _execution.Intrabar == IntrabarRule.StopFirst;
    }

    private bool HasTrade(int number)
    {
        for (var i = 0; i < _tradeCount; i++)
            if (_trades[i].Number == number)
                return true;
        return false;
    }

    // A further fill of an entry, at whatever price: the trade's entry price is the average.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Increase(in Order order, double quantity, double price, double fee, bool maker, in Bar bar, int index)
    {
        MarkTo(index);
        if (_limited || _traded is not null) Count(bar.Time, price, quantity);
        var sign = (int)order.Side;
        _cash -= sign * quantity * price * _multiplier + fee;
        _net += sign * quantity * _multiplier;
        _tradeMeter.Commission += fee;
        var at = 0;
        while (_trades[at].Number != order.TradeNumber) at++;
        ref var trade = ref _trades[at];
        var before = trade.EntryPrice;
        trade.EntryPrice = (before * trade.EntryQuantity + price * quantity) / (trade.EntryQuantity + quantity);
        trade.EntryQuantity += quantity;
        trade.Quantity += quantity;
        trade.Commission += fee;
        trade.EntryWorking = order.Role == OrderRole.Entry && order.State == OrderState.PartiallyFilled;
        trade.LowestLow = Math.Min(trade.LowestLow, price);
        trade.HighestHigh = Math.Max(trade.HighestHigh, price);
        if (order.Role == OrderRole.Entry)
        {
            // A stop or target that hangs on the entry's price follows its average, unless the strategy has moved it.
            trade.Stop = Follow(trade.Stop, order.StopLoss, -sign * _settings.StopLossPercent, before, trade.EntryPrice);
            trade.Target = Follow(trade.Target, order.TakeProfit, sign * _settings.TakeProfitPercent, before, trade.EntryPrice);
        }
        _fingerprint.Add((ulong)(uint)trade.Number << 8 | 0x10, (ulong)bar.Time);
        _fingerprint.Add(price, quantity);
        _observer?.OnFill(new TradeFill(trade.Number, bar.Time, price, quantity, fee, order.Id, IsEntry: true, IsFirst: false, maker));
        // An exit that waits closes this too.
        for (var i = 0; trade.Exiting && i < _orderCount; i++)
            if (_orders[i].Role == OrderRole.Exit && _orders[i].TradeNumber == trade.Number)
                _orders[i].Quantity = _orders[i].FilledQuantity + trade.Quantity;
    }

    private double Follow(double level, double fixedLevel, double percent, double before, double now) =>
        fixedLevel > 0 || percent == 0 || level != _instrument.RoundPrice(before * (1 + percent / 100)) ? level : _instrument.RoundPrice(now * (1 + percent / 100));

    // Takes back what is still to come of a trade's entry.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EndEntry(int number, long time)
    {
        for (var i = _orderCount - 1; i >= 0; i--)
            if (_orders[i].Role == OrderRole.Entry && _orders[i].TradeNumber == number)
                Drop(i, OrderState.Cancelled, time);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EntryEnded(int number, long time)
    {
        for (var i = 0; i < _tradeCount; i++)
            if (_trades[i].Number == number)
                _trades[i].EntryWorking = false;
        _observer?.OnEntryEnded(number, time);
    }

    // A stop that has traded is a market order, whose rest works on from the next open; an exit that was on its way gives way to it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool StopInParts(int at, double reference, ExitReason reason, in Bar bar, int index)
    {
        ref var trade = ref _trades[at];
        if (trade.EntryWorking) EndEntry(trade.Number, bar.Time);
        for (var i = _orderCount - 1; trade.Exiting && i >= 0; i--)
        {
            if (_orders[i].Role != OrderRole.Exit || _orders[i].TradeNumber != trade.Number) continue;
            // One that is such a stop's own goes on.
            if (_orders[i].Reason is ExitReason.Stop or ExitReason.TrailingStop or ExitReason.MarginCall) return false;
            Drop(i, OrderState.Cancelled, bar.Time);
        }
        ref var order = ref New(OrderRole.Exit, OrderType.Market, (Side)(-(int)trade.Side), trade.Quantity, bar.Time);
        order.TradeNumber = trade.Number;
        order.Reason = reason;
        order.ExpiresAt = long.MaxValue;
        order.Become(OrderState.Submitted);
        Tell(order);
        _orderCount++;
        trade.Exiting = true;
        return Fill(_orderCount - 1, reference, bar, index, atOpen: false);
    }
}
