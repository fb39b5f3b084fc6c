using System.Runtime.CompilerServices;
using Granary.Engine.Market;

namespace Granary.Engine.Trading.Book;

// What holding costs and brings: borrowed shares, borrowed money, dividends and splits.
internal sealed partial class StrategyBook
{
    private readonly bool _hasFinancing;
    // From which open times on the instrument's splits and dividends have happened, in order.
    private readonly long[] _exTimes;
    private int _nextAction;
    private double _closeBefore = double.NaN;

    private (long[] ExTimes, bool HasFinancing) FinancingOf(MarketSeries series)
    {
        var actions = series.Instrument.CorporateActions;
        return (actions.Count == 0 ? [] : [.. actions.Select(a => a.From(series.Timeframe))], _execution.BorrowRate > 0
            || _execution.MarginRate > 0 || actions.Count > 0);
    }

    /// <summary>What has happened overnight to open trades and waiting orders; to be called before a bar's orders are worked.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void BeginBar(int index)
    {
        if (!_hasFinancing) return;
        var time = _block.TimeColumn[index];
        var close = index > 0 ? _block.CloseColumn[index - 1] : _closeBefore;
        if (_execution.BorrowRate > 0 || _execution.MarginRate > 0) Accrue(time, close, index);
        for (; _nextAction < _exTimes.Length && _exTimes[_nextAction] <= time; _nextAction++)
        {
            var action = _instrument.CorporateActions[_nextAction];
            if (action.Dividend != 0) PayDividend(action, time, index);
            if (action.SplitRatio != 1) Split(action, time, index);
        }
    }

    // Costs of the nights since the last bar, at the close before them: what is short is borrowed, and what is long may be bought on a
    // loan.
    private void Accrue(long time, double close, int index)
    {
        var day = time / TimeSpan.TicksPerDay;
        var lent = _execution.MarginRate > 0 ? LentPerValue(close) : 0;
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            var days = day - trade.FinancedTo;
            if (days <= 0) continue;
            trade.FinancedTo = day;
            if (trade.Side == Side.Sell && _execution.BorrowRate > 0)
                Financing(ref trade, FinancingKind.Borrow, -close * _multiplier * (_execution.BorrowRate / 365 * days), time, index);
            else if (trade.Side == Side.Buy && lent > 0)
                Financing(ref trade, FinancingKind.Interest, -close * _multiplier * (_execution.MarginRate / 365 * days) * lent, time,
                    index);
        }
    }

    // Which part of what is long was paid with borrowed money.
    private double LentPerValue(double close)
    {
        if (_power.IsMargined) return 0;
        var (settled, value) = _account is null ? (SettledCash(close), LongValue(close)) : (_account.SettledCash, _account.LongValue);
        return settled < 0 && value > 0 ? -settled / value : 0;
    }

    /// <summary>
    /// The balance that may be lent or owed: cash without the proceeds of what is short, which stay with the lender of the shares at their
    /// market value. An instrument with a margin per unit settles its gains and losses, and nothing is paid for it.
    /// </summary>
    public double SettledCash(double price) =>
        _power.IsMargined ? OwnEquity(price) : _cash - _trades.QuantityOf(Side.Sell) * price * _multiplier;

    /// <summary>What is long and was paid for, at its market value.</summary>
    public double LongValue(double price) => _power.IsMargined ? 0 : _trades.QuantityOf(Side.Buy) * price * _multiplier;

    private void PayDividend(CorporateAction action, long time, int index)
    {
        for (var i = 0; i < _trades.Count; i++)
            if (_trades[i].EntryTime < _exTimes[_nextAction])
                Financing(ref _trades[i], FinancingKind.Dividend, (int)_trades[i].Side * action.Dividend * _multiplier, time, index);
    }

    // Books cash per unit that is open of a trade.
    private void Financing(ref OpenTrade trade, FinancingKind kind, double amount, long time, int index)
    {
        MarkTo(index);
        var cash = amount * trade.Quantity;
        _cash += cash;
        trade.Financing += cash;
        _tradeMeter.Financing += cash;
        _fingerprint.Add((ulong)(uint)trade.Number << 8 | 0x30 | (byte)kind, (ulong)time);
        _fingerprint.Add(amount, cash);
        _observer?.OnFinancing(trade.Number, time, kind, amount);
    }

    // Quantities grow as prices fall; what it is all worth stays.
    private void Split(CorporateAction action, long time, int index)
    {
        MarkTo(index);
        var (from, ratio) = (_exTimes[_nextAction], action.SplitRatio);
        double Price(double price) => price > 0 ? _instrument.RoundPrice(price / ratio) : price;
        for (var i = 0; i < _trades.Count; i++)
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
        _net = _trades.Net(_multiplier);
        for (var i = 0; i < _orders.Count; i++)
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
}
