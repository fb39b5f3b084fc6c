using System.Runtime.CompilerServices;
using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

// Books fills as trades: opens, increases and closes them, completely or in part.
internal sealed partial class StrategyBook
{
    public int OpenTradeCount => _trades.Count;

    public double NetQuantity => _trades.Net / _multiplier;

    public Position NetPosition => _trades.Netted();

    public double LastEntryPrice => _trades.Count > 0 ? _trades.Last.EntryPrice : double.NaN;

    /// <summary>Closed trades.</summary>
    public TradeMeter Trades => _meter;

    public bool HasOpen(Side side) => _trades.Has(side);

    public long BarsInTrade(long barNumber) => _trades.Count > 0 ? barNumber - _trades.Last.EntryIndex : -1;

    // The methods that change cash or trades begin with the marking of the bars before.

    // Books the cash of a fill.
    private void Book(Side side, in TradeFill fill, int index)
    {
        MarkBefore(index);
        if (_isVolumeLimited || _traded is not null) Count(fill);
        Book(side, fill.Quantity, fill.Price, fill.Commission);
        _meter.Commission += fill.Commission * RateAt(fill.Time);
    }

    // Subtracts a fill from the bar's available volume, and adds it to the account's turnover.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Count(in TradeFill fill)
    {
        if (_market is null) _volume.Draw(fill.Quantity, fill.Time);
        else _market.VolumeOf(fill.Time).Draw(fill.Quantity, fill.Time);
        _traded?.Add(fill.Time, Math.Abs(fill.Price) * fill.Quantity * _multiplier * RateAt(fill.Time));
    }

    // Opens a trade with the first fill of an order.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnterTrade(in Order order, in TradeFill fill, in Bar bar, int index, bool atOpen)
    {
        Book(order.Side, fill, index);
        ref var trade = ref _trades.Add(order.TradeNumber, order.Side, fill.Quantity, fill.Price, fill.Commission);
        Share();
        trade.SignalTime = order.CreatedAt;
        trade.EntryTime = bar.Time;
        trade.EntryIndex = _block.FirstIndex + index;
        trade.FilledIndex = order.Role == OrderRole.Entry ? trade.EntryIndex : 0;
        trade.EntryWorking = order.Role == OrderRole.Entry && order.State == OrderState.PartiallyFilled;
        trade.FinancedTo = bar.Time / TimeSpan.TicksPerDay;
        trade.EnteredAtOpen = atOpen;
        trade.EntryStep = _step;
        trade.TimeExit = _settings.ExitAt is { } at
            ? Instrument.Calendar.NextInSession(at.ToTimeSpan(), bar.Time, _timeframe.Ticks) : long.MaxValue;
        Protect(ref trade, order, fill.Price);
        _events.Entered(trade, fill, bar);
        if (_events.HasCallBacks) NoteProtection(ref trade, OrderState.Submitted, OrderState.Submitted, OrderState.Submitted);
    }

    private bool IsOnClose(in Order order) => order.Type == OrderType.MarketOnClose
        || _execution.Fill == FillTiming.SameClose && order.Type == OrderType.Market;

    private void Protect(ref OpenTrade trade, in Order order, double price)
    {
        var execution = _execution;
        if (order.Role == OrderRole.Entry)
        {
            var terms = (_termsOf is null ? _usual : _termsOf(order.TradeNumber)).Of(order);
            trade.Protection.Start(terms, order.Side, price, trade.EntryQuantity, Instrument);
            trade.StepsDue = _settings.ScaleIn.Count > 0 && order.AddsTo == 0 && !_isServed;
        }
        // An entry on the close needs no protection within its bar, since the bar is over.
        trade.FirstWholeBar = trade.EntryIndex + (IsOnClose(order) ? 1 : 0);
        trade.ProtectedFrom = execution.ProtectFrom == ProtectFrom.NextBar ? trade.EntryIndex + 1 : trade.FirstWholeBar;
        trade.TargetByClose = order.ReturnedToLimit;
    }

    // Adds a further fill of an entry; the trade's entry price becomes the average.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void IncreaseTrade(in Order order, in TradeFill fill, in Bar bar, int index)
    {
        Book(order.Side, fill, index);
        ref var trade = ref _trades[_trades.IndexOf(order.TradeNumber)];
        var before = trade.EntryPrice;
        _trades.Increase(ref trade, fill.Quantity, fill.Price, fill.Commission);
        Share();
        trade.EntryWorking = order.Role == OrderRole.Entry && order.State == OrderState.PartiallyFilled;
        // A stop or target relative to the entry price follows the average price, unless the strategy has moved it.
        if (order.Role == OrderRole.Entry)
        {
            trade.Protection.Follow(order.Side, before, trade.EntryPrice, trade.EntryQuantity, Instrument);
            trade.FilledIndex = _block.FirstIndex + index;
        }
        _events.Increased(trade, fill, bar);
        _orders.FitExit(trade);
    }

    // Books a fill that closes a trade or a part of it; returns true if the trade is completely closed.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool CloseTrade(int at, in TradeFill fill, ExitReason reason, in Bar bar, int index)
    {
        ref var trade = ref _trades[at];
        if (_margin.IsIsolated && reason != ExitReason.Liquidation) BoundLoss(ref trade, fill, index);
        Book((Side)(-(int)trade.Side), fill, index);
        if (_trades.Reduce(ref trade, fill.Quantity, fill.Price, fill.Commission))
        {
            Share();
            _orders.FitExit(trade);
            trade.Parted = true;
            (trade.PartIndex, trade.PartTime, trade.PartReason) = (_block.FirstIndex + index, bar.Time, reason);
            _events.Reduced(fill, reason);
            return false;
        }
        if (trade.EntryWorking) CancelEntryOf(trade.Number, bar.Time);
        _events.LastFill(trade, fill, reason);
        Settle(ref trade, fill, reason, bar, index);
        var (exiting, number) = (trade.Exiting || _isServed, trade.Number);
        _trades.RemoveAt(at);
        Share();
        if (exiting) CancelExitsOf(number, bar.Time);
        if (_settings.ScaleIn.Count > 0) (_endedWithSteps ??= []).Add(number);
        return true;
    }

    private void Settle(ref OpenTrade trade, in TradeFill fill, ExitReason reason, in Bar bar, int index)
    {
        var isWanted = _events.Want(RunEventKinds.Trade);
        if (isWanted)
        {
            // The exit bar's range counts only up to the exit price, because its other extreme may have come later.
            var furthest = Math.Clamp(fill.Price, bar.Low, bar.High);
            trade.Reach(furthest, furthest);
        }
        if (_trades.Count == 1 && (_account.Cash <= 0 || _isClosed || _shared is not null)) WriteOff(ref trade);
        var exitPrice = fill.Quantity == trade.EntryQuantity ? fill.Price : trade.ExitNotional / trade.EntryQuantity;
        var profit = trade.Profit(exitPrice, _multiplier);
        var bars = (int)(_block.FirstIndex + index - trade.EntryIndex);
        var net = profit - trade.Commission;
        if (trade.Financing != 0) net += trade.Financing;
        var rate = Settle(net, bar.Time);
        _meter.Add(net * rate, bars);
        _shared?.Add(net * rate, bars);
        if (reason == ExitReason.Liquidation) _meter.Liquidations++;
        var end = new TradeEnd(bar.Time, exitPrice, profit, net, bars, reason);
        _events.Closed(trade.Number, end);
        if (isWanted || _events.HasCallBacks) ReportClosed(ref trade, end, fill.Price, rate);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReportClosed(ref OpenTrade trade, in TradeEnd end, double price, double rate)
    {
        var closed = Counted(trade.ToTrade(end, _multiplier), rate);
        _events.Trade(closed);
        if (!_events.HasCallBacks) return;
        NoteProtection(ref trade,
            end.Reason == ExitReason.Stop ? OrderState.Filled : OrderState.Cancelled,
            end.Reason == ExitReason.Target ? OrderState.Filled : OrderState.Cancelled,
            end.Reason == ExitReason.TrailingStop ? OrderState.Filled : OrderState.Cancelled, price);
        _events.Notify(closed);
    }

    // A trade with its amounts in the account's currency.
    private Trade Counted(in Trade trade, double rate) => _foreign is null ? trade : trade.In(rate);

    // Closes a trade in full at a price, without an order.
    private void Close(int at, double price, ExitReason reason, in Bar bar, int index)
    {
        ref var trade = ref _trades[at];
        var paid = default(OrderFees);
        var fee = NextFee(price, trade.Quantity, maker: false, bar.Time, ref paid);
        var fill = new TradeFill(trade.Number, bar.Time, price, trade.Quantity, fee, default, IsEntry: false, IsFirst: false,
            IsMaker: false);
        CloseTrade(at, fill, reason, bar, index);
    }

    /// <summary>
    /// Closes open trades at the last close, because the symbol's bars ended before the others'; call it before
    /// <see cref="Finish"/>. This is only known at the end, so no fill is reported and no strategy is notified.
    /// </summary>
    public void CloseAtEnd(long time, double close, long lastIndex)
    {
        MarkAll();
        if (_trades.Count == 0) return;
        if (_foreign is not null) ValueAt(_timeframe.CloseOf(time));
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            var (quantity, paid) = (trade.Quantity, default(OrderFees));
            var fee = NextFee(close, quantity, maker: false, time, ref paid);
            Book((Side)(-(int)trade.Side), quantity, close, fee);
            _meter.Commission += fee * RateAt(time);
            trade.Pay(fee);
            var (exitPrice, profit) = MarkedAt(trade, close);
            var (net, bars) = (profit - trade.Commission + trade.Financing, (int)(lastIndex - trade.EntryIndex));
            var rate = Settle(net, time);
            _meter.Add(net * rate, bars);
            var end = new TradeEnd(time, exitPrice, profit, net, bars, ExitReason.DataEnded);
            _events.ClosedAtEnd(end, Counted(trade.ToTrade(end, _multiplier), rate));
        }
        _trades.Clear();
        Share();
        _marks.Settle(InAccount(_account.Cash));
        Refresh();
    }

    // Reports the trades that are open when the run ends, at the last close.
    private void ReportOpen(ref BookEvents events, long time, double close, long lastIndex, bool counts)
    {
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            var (exitPrice, profit) = MarkedAt(trade, close);
            var bars = (int)(lastIndex - trade.EntryIndex);
            var end = new TradeEnd(time, exitPrice, profit, profit, bars, ExitReason.Open);
            if (trade.Parted) ReportParts(ref events, trade, end, close, counts);
            else events.StaysOpen(end, null, Counted(trade.ToTrade(end with { ExitPrice = close }, _multiplier), Rate));
        }
    }

    // The closed part of a trade is a closed trade in the statistics.
    private void ReportParts(ref BookEvents events, in OpenTrade trade, in TradeEnd end, double close, bool counts)
    {
        var part = Counted(trade.ClosedPart(_multiplier), Rate);
        if (counts)
        {
            _meter.Add(part.NetProfit, part.Bars);
            _shared?.Add(part.NetProfit, part.Bars);
        }
        events.StaysOpen(end, part, Counted(trade.OpenPart(end.Time, close, _multiplier, end.Bars), Rate));
    }

    private (double ExitPrice, double Profit) MarkedAt(in OpenTrade trade, double close)
    {
        var exitPrice = (trade.ExitNotional + close * trade.Quantity) / trade.EntryQuantity;
        return (exitPrice, trade.Profit(exitPrice, _multiplier));
    }
}
