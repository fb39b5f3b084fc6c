using System.Runtime.CompilerServices;
using Granary.Engine.Market;

namespace Granary.Engine.Trading;

// What holding costs and brings: borrowed shares, dividends, splits, and the equity that positions need.
internal sealed partial class StrategyBook
{
    private readonly bool _carries;
    // From which open times on the instrument's splits and dividends have happened, in order.
    private readonly long[] _exTimes;
    private int _nextAction;
    private double _closeBefore = double.NaN;

    private (long[] ExTimes, bool Carries) Carries(MarketSeries series)
    {
        var actions = series.Instrument.CorporateActions;
        return (actions.Count == 0 ? [] : [.. actions.Select(a => a.From(series.Timeframe))], _execution.BorrowRate > 0 || actions.Count > 0);
    }

    /// <summary>What has happened overnight to open trades and waiting orders; to be called before a bar's orders are worked.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void BeginBar(int index)
    {
        if (!_carries) return;
        var time = _block.TimeColumn[index];
        var close = index > 0 ? _block.CloseColumn[index - 1] : _closeBefore;
        if (_execution.BorrowRate > 0) Borrow(time, close, index);
        for (; _nextAction < _exTimes.Length && _exTimes[_nextAction] <= time; _nextAction++)
        {
            var action = _instrument.CorporateActions[_nextAction];
            if (action.Dividend != 0) PayDividend(action, time, index);
            if (action.SplitRatio != 1) Split(action, time, index);
        }
    }

    private void Borrow(long time, double close, int index)
    {
        var day = time / TimeSpan.TicksPerDay;
        for (var i = 0; i < _tradeCount; i++)
        {
            ref var trade = ref _trades[i];
            var days = day - trade.BorrowedTo;
            if (days <= 0) continue;
            trade.BorrowedTo = day;
            if (trade.Side == Side.Sell) Carry(ref trade, CarryKind.Borrow, -close * _multiplier * (_execution.BorrowRate / 365 * days), time, index);
        }
    }

    private void PayDividend(CorporateAction action, long time, int index)
    {
        for (var i = 0; i < _tradeCount; i++)
            if (_trades[i].EntryTime < _exTimes[_nextAction])
                Carry(ref _trades[i], CarryKind.Dividend, (int)_trades[i].Side * action.Dividend * _multiplier, time, index);
    }

    // Books cash per unit that is open of a trade.
    private void Carry(ref OpenTrade trade, CarryKind kind, double amount, long time, int index)
    {
        MarkTo(index);
        var cash = amount * trade.Quantity;
        _cash += cash;
        trade.Carry += cash;
        _tradeMeter.Carry += cash;
        _fingerprint.Add((ulong)(uint)trade.Number << 8 | 0x30 | (byte)kind, (ulong)time);
        _fingerprint.Add(amount, cash);
        _observer?.OnCarry(trade.Number, time, kind, amount);
    }

    // Quantities grow as prices fall; what it is all worth stays.
    private void Split(CorporateAction action, long time, int index)
    {
        MarkTo(index);
        var (from, ratio) = (_exTimes[_nextAction], action.SplitRatio);
        double Price(double price) => price > 0 ? _instrument.RoundPrice(price / ratio) : price;
        for (var i = 0; i < _tradeCount; i++)
        {
            ref var trade = ref _trades[i];
            if (trade.EntryTime >= from) continue;
            trade.Quantity *= ratio;
            trade.EntryQuantity *= ratio;
            trade.EntryPrice /= ratio;
            trade.Stop = Price(trade.Stop);
            trade.Target = Price(trade.Target);
            trade.TrailBest /= ratio;
            trade.TrailLevel = Price(trade.TrailLevel);
            trade.LowestLow /= ratio;
            trade.HighestHigh /= ratio;
            _fingerprint.Add((ulong)(uint)trade.Number << 8 | 0x38, (ulong)time);
            _fingerprint.Add(ratio, trade.Quantity);
            _observer?.OnSplit(trade.Number, time, action.ExDate, ratio);
        }
        _net = 0;
        for (var i = 0; i < _tradeCount; i++) _net += (int)_trades[i].Side * _trades[i].Quantity * _multiplier;
        for (var i = 0; i < _orderCount; i++)
        {
            ref var order = ref _orders[i];
            if (order.CreatedAt >= from) continue;
            order.Quantity *= ratio;
            order.FilledQuantity *= ratio;
            order.FilledPrice /= ratio;
            order.LimitPrice = Price(order.LimitPrice);
            order.StopPrice = Price(order.StopPrice);
            order.StopLoss = Price(order.StopLoss);
            order.TakeProfit = Price(order.TakeProfit);
        }
    }

    // What new entries may cost where positions need a part of their value only: so many times the equity, less what is held.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private double LeveragedAvailable(double price)
    {
        var available = _leverage * OwnEquity(price);
        for (var i = 0; i < _tradeCount; i++) available -= OutlayOf(price, _trades[i].Quantity);
        return available;
    }

    /// <summary>The equity that the open trades need.</summary>
    public double Requirement(double price)
    {
        var needed = 0.0;
        for (var i = 0; i < _tradeCount; i++)
            needed += _execution.Maintenance * _trades[i].Quantity * (_margin > 0 ? _margin : price * _multiplier);
        return needed;
    }

    private bool IsCalledAt(double price) => _tradeCount > 0 && OwnEquity(price) < Requirement(price);

    /// <summary>Closes everything at the next open, since the account cannot carry it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void CallMargin(int index)
    {
        if (_closed) return;
        CancelEntries(Side.Buy, index);
        CancelEntries(Side.Sell, index);
        for (var i = 0; i < _tradeCount; i++)
        {
            ref var trade = ref _trades[i];
            if (trade.Exiting) continue;
            // The broker does it, without a way to go.
            if (Close(ref trade, index, OrderType.Market, ExitReason.MarginCall)) i--;
            else _orders[_orderCount - 1].WorksFrom = 0;
        }
        Refresh();
    }
}
