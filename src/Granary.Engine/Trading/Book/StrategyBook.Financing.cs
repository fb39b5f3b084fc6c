using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

// Financing of positions: borrow fees, margin interest, dividends and splits.
internal sealed partial class StrategyBook
{
    // Books the financing and splits since the last bar, for open trades and waiting orders.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void BookFinancing(int index)
    {
        var time = _block.TimeColumn[index];
        var close = _marks.CloseBefore(index);
        var rate = new FinancingRate(_execution, Instrument.Borrow);
        if (rate.IsCharged) Accrue(rate, time, close, index);
        for (; _nextAction < _exTimes.Length && _exTimes[_nextAction] <= time; _nextAction++)
        {
            var action = Instrument.CorporateActions[_nextAction];
            if (action.Dividend != 0) PayDividend(action, time, index);
            if (action.SplitRatio != 1) ApplySplit(action, time, index);
        }
        if (_hasFunding) FundToOpen(index);
    }

    // Charges the nights since the last bar, at the close before them: borrow fees on short positions, and interest on the part of long
    // positions that was bought on margin.
    private void Accrue(FinancingRate rate, long time, double close, int index)
    {
        var lent = rate.ChargesInterest ? MarginPart(close, time) : 0;
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            var days = FinancingRate.Nights(ref trade.FinancedTo, time);
            if (days == 0) continue;
            if (trade.Side == Side.Sell && rate.ChargesBorrowFee && rate.BorrowFee(days, trade.FinancedTo) is not 0 and var fee)
                PayFinancing(ref trade, FinancingKind.BorrowFee, -close * _multiplier * fee, time, index);
            else if (trade.Side == Side.Buy && lent > 0)
                PayFinancing(ref trade, FinancingKind.Interest, -close * _multiplier * rate.Interest(days) * lent, time, index);
        }
    }

    private void PayDividend(CorporateAction action, long time, int index)
    {
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            if (trade.EntryTime < _exTimes[_nextAction])
                PayFinancing(ref trade, FinancingKind.Dividend, (int)trade.Side * action.Dividend * _multiplier, time, index);
        }
    }

    // Books cash per open unit of a trade.
    private void PayFinancing(ref OpenTrade trade, FinancingKind kind, double amount, long time, int index)
    {
        MarkBefore(index);
        var cash = amount * trade.Quantity;
        Pay(cash);
        trade.Finance(cash);
        _meter.Financing += cash * RateAt(time);
        _events.Financed(trade.Number, kind, time, amount, cash);
    }

    // Quantities grow as prices fall, so that the value stays the same. An order that is left without a whole lot is cancelled.
    private void ApplySplit(CorporateAction action, long time, int index)
    {
        MarkBefore(index);
        var (from, ratio) = (_exTimes[_nextAction], action.SplitRatio);
        _trades.Split(from, ratio, Instrument);
        Share();
        for (var i = 0; i < _trades.Count; i++)
            if (_trades[i].EntryTime < from)
                _events.Split(_trades[i], time, action.ExDate, ratio);
        for (var i = 0; i < _orders.Count; i++)
        {
            ref var order = ref _orders[i];
            if (order.CreatedAt >= from) continue;
            order.Split(ratio, ClosedBy(order), Instrument);
            if (!(order.Rest > 0)) Drop(i--, OrderState.Cancelled, time);
        }
    }

    // The part of an order's quantity that closes open trades.
    private double ClosedBy(in Order order) => order.Role switch
    {
        OrderRole.Entry => 0,
        OrderRole.Net => _trades.QuantityOf((Side)(-(int)order.Side)),
        _ => double.PositiveInfinity,
    };
}
