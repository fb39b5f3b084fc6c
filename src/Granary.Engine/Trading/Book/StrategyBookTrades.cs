using System.Runtime.CompilerServices;
using Granary.Engine.Market;

namespace Granary.Engine.Trading.Book;

// From fills to trades: opened, added to, and closed whole or in part.
internal sealed partial class StrategyBook
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void OpenNew(in Order order, double quantity, double price, double fee, bool maker, in Bar bar, int index, bool atOpen)
    {
        MarkTo(index);
        if (_limited || _traded is not null) Count(bar.Time, price, quantity);
        var sign = (int)order.Side;
        _cash -= sign * quantity * price * _multiplier + fee;
        _net += sign * quantity * _multiplier;
        _tradeMeter.Commission += fee;
        ref var trade = ref _trades.Add();
        trade.Number = order.TradeNumber;
        trade.Side = order.Side;
        trade.Quantity = trade.EntryQuantity = quantity;
        trade.EntryPrice = price;
        trade.SignalTime = order.CreatedAt;
        trade.EntryTime = bar.Time;
        trade.EntryIndex = _block.FirstIndex + index;
        trade.Commission = fee;
        trade.LowestLow = trade.HighestHigh = price;
        trade.EntryWorking = order.Role == OrderRole.Entry && order.State == OrderState.PartiallyFilled;
        trade.FinancedTo = bar.Time / TimeSpan.TicksPerDay;
        if (order.Role == OrderRole.Entry)
        {
            trade.Stop = order.StopLoss > 0 ? order.StopLoss : _settings.StopAt(price, order.Side, _instrument);
            trade.Target = order.TakeProfit > 0 ? order.TakeProfit : _settings.TargetAt(price, order.Side, _instrument);
            trade.TrailFraction = order.TrailFraction;
        }
        // An entry on the close has no rest of its bar to be protected on.
        var onClose = order.Type == OrderType.MarketOnClose || (_execution.Fill == FillTiming.SameClose && order.Type == OrderType.Market);
        trade.FirstWholeBar = trade.EntryIndex + (onClose ? 1 : 0);
        trade.ProtectedFrom = _execution.ProtectFrom == ProtectFrom.NextBar ? trade.EntryIndex + 1 : trade.FirstWholeBar;
        trade.EnteredAtOpen = atOpen;
        trade.EntryStep = _step;
        trade.TargetWaits = !atOpen && order.Type == OrderType.Limit;
        trade.TrailBest = _execution.ProtectFrom == ProtectFrom.EntryBar ? price : double.NaN;
        trade.TrailLevel = _execution.ProtectFrom == ProtectFrom.EntryBar && trade.TrailFraction > 0
            ? _instrument.RoundPrice(price * (1 - sign * trade.TrailFraction)) : 0;
        trade.TimeExit = _settings.ExitAt is { } at ? _instrument.Calendar.Next(at, bar.Time) : long.MaxValue;
        _fingerprint.Add((ulong)(uint)trade.Number << 8 | 0x40 | (byte)sign, (ulong)bar.Time);
        _fingerprint.Add(price, quantity);
        if (_observer is not null) TellFill(trade.Number, bar, price, quantity, fee, order.Id, isEntry: true, isFirst: true, maker);
        if (_notices is not null) TellProtection(ref trade, OrderState.Submitted, OrderState.Submitted, OrderState.Submitted);
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
        ref var trade = ref _trades[_trades.IndexOf(order.TradeNumber)];
        var before = trade.EntryPrice;
        trade.EntryPrice = (before * trade.EntryQuantity + price * quantity) / (trade.EntryQuantity + quantity);
        trade.EntryQuantity += quantity;
        trade.Quantity += quantity;
        trade.Commission += fee;
        trade.EntryWorking = order.Role == OrderRole.Entry && order.State == OrderState.PartiallyFilled;
        trade.Reach(price, price);
        if (order.Role == OrderRole.Entry)
        {
            // A stop or target that hangs on the entry's price follows its average, unless the strategy has moved it.
            trade.Stop = Follow(trade.Stop, order.StopLoss, -sign * _settings.StopLossPercent, before, trade.EntryPrice);
            trade.Target = Follow(trade.Target, order.TakeProfit, sign * _settings.TakeProfitPercent, before, trade.EntryPrice);
        }
        _fingerprint.Add((ulong)(uint)trade.Number << 8 | 0x10, (ulong)bar.Time);
        _fingerprint.Add(price, quantity);
        if (_observer is not null) TellFill(trade.Number, bar, price, quantity, fee, order.Id, isEntry: true, isFirst: false, maker);
        _orders.FitExit(trade);
    }

    private double Follow(double level, double fixedLevel, double percent, double before, double now) =>
        fixedLevel > 0 || percent == 0 || level != _instrument.RoundPrice(before * (1 + percent / 100)) ? level
            : _instrument.RoundPrice(now * (1 + percent / 100));

    // True where the trade is closed whole.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool CloseTrade(int at, double quantity, double price, double fee, bool maker, OrderId order, ExitReason reason, in Bar bar,
        int index)
    {
        MarkTo(index);
        if (_limited || _traded is not null) Count(bar.Time, price, quantity);
        ref var trade = ref _trades[at];
        var sign = (int)trade.Side;
        _cash += sign * quantity * price * _multiplier - fee;
        _tradeMeter.Commission += fee;
        trade.Commission += fee;
        trade.Quantity -= quantity;
        trade.ExitNotional += price * quantity;
        if (trade.Quantity > 0)
        {
            _net -= sign * quantity * _multiplier;
            _orders.FitExit(trade);
            trade.Parted = true;
            _fingerprint.Add((ulong)(uint)trade.Number << 8 | 0x20, (ulong)bar.Time);
            _fingerprint.Add(price, quantity);
            if (_observer is not null) TellFill(trade.Number, bar, price, quantity, fee, order, isEntry: false, isFirst: false, maker);
            return false;
        }
        if (trade.EntryWorking) EndEntry(trade.Number, bar.Time);
        if (_observer is not null && (trade.Parted || _limited || !_proportional))
            TellFill(trade.Number, bar, price, quantity, fee, order, isEntry: false, isFirst: false, maker);

        if (_excursions)
        {
            // The bar of the exit counts as far as the exit price; its other extreme may have come later.
            var furthest = Math.Clamp(price, bar.Low, bar.High);
            trade.Reach(furthest, furthest);
        }
        if (_trades.Count == 1 && (_cash <= 0 || _closed || _account is not null)) WriteOff(ref trade);
        var exitPrice = quantity == trade.EntryQuantity ? price : trade.ExitNotional / trade.EntryQuantity;
        var profit = sign * (exitPrice - trade.EntryPrice) * trade.EntryQuantity * _multiplier;
        var bars = (int)(_block.FirstIndex + index - trade.EntryIndex);
        var net = profit - trade.Commission;
        if (trade.Financing != 0) net += trade.Financing;
        _tradeMeter.Add(net, bars);
        _account?.Add(net, bars);
        _fingerprint.Add((ulong)(uint)trade.Number << 8 | 0x60 | (byte)reason, (ulong)bar.Time);
        _fingerprint.Add(exitPrice, net);
        if (_observer is not null || _notices is not null) TellTrade(ref trade, bar.Time, price, exitPrice, profit, bars, reason);
        var exiting = trade.Exiting;
        var number = trade.Number;
        _trades.RemoveAt(at);
        _net = _trades.Net(_multiplier);
        if (exiting)
            for (var i = _orders.Count - 1; i >= 0; i--)
                if (_orders[i].Role == OrderRole.Exit && _orders[i].TradeNumber == number)
                    Drop(i, OrderState.Cancelled, bar.Time);
        return true;
    }
}
