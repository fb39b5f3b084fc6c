using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

// The liquidation of trades with isolated margin, and what the positions of an account with cross margin require.
internal sealed partial class StrategyBook
{
    // Maintenance margin and liquidation fee of the open trades at a price.
    private double MarginRequirement(double price) =>
        _trades.Count == 0 ? 0 : _margin.Requirement(price, _trades.QuantityOf(Side.Buy), _trades.QuantityOf(Side.Sell));

    // Notional by which positions may grow before their leverage is too high for their size.
    private double NotionalRoom(double price) => _margin.MostNotional
        - (_market is null ? _trades.QuantityOf(Side.Buy) + _trades.QuantityOf(Side.Sell) : _market.Sums.Gross) * price * _multiplier;

    private double LiquidationLevel(in OpenTrade trade) => _margin.PriceOf(trade.Side, trade.EntryPrice, trade.Quantity);

    // The prices of a bar, or of a part of one, by which the exchange liquidates.
    private Bar Seen(in Bar part)
    {
        if (!_hasMarks) return part;
        // The smaller bars have tried all marks of the bar.
        if (_step == Beyond) return part with { Open = double.NaN, High = double.NaN, Low = double.NaN, Close = double.NaN };
        return MarkedBar.Of(Instrument.Marks, part,
            _step == WholeBar ? _timeframe.CloseOf(part.Time) : _path!.Timeframe.CloseOf(part.Time));
    }

    // Adds a trade's liquidation price to the prices at which a bar is processed.
    private void WatchMargin(in OpenTrade trade, ref double low, ref double high)
    {
        var level = LiquidationLevel(trade);
        if (trade.Side == Side.Buy) low = level > low ? level : low;
        else high = level < high ? level : high;
    }

    // Liquidates the trades whose liquidation price the bar opens beyond.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LiquidateAtOpen(int index)
    {
        var bar = _block[index];
        var open = Seen(bar).Open;
        for (var i = 0; i < _trades.Count; i++)
            if (PositionMargin.IsBeyond(_trades[i].Side, LiquidationLevel(_trades[i]), open))
                LiquidateTrade(i--, open, bar, index);
        Refresh();
    }

    // Whether the trade's liquidation, stop or target closed it on this bar, or on this part of it.
    private bool TryExits(int at, in Bar part, in Bar bar, int index)
    {
        if (!_margin.IsIsolated) return TryProtection(at, part, bar, index);
        var seen = Seen(part);
        if (!IsLiquidatedIn(at, seen, index, out var level)) return TryProtection(at, part, bar, index);
        ref var trade = ref _trades[at];
        var works = _block.FirstIndex + index >= trade.ProtectedFrom;
        var from = PriceBefore(trade, part, index);
        var start = seen == part ? from : seen.Open;
        var stop = _fillRule.Price(FillRule.StopTerms(trade.Side, trade.Protection.WorkingStop(trade.Side).Price, from, bar),
            (Side)(-(int)trade.Side), trade.Quantity);
        if (PositionMargin.ComesFirst(trade.Side, level, trade.Protection, part, from, stop,
            (works, _execution.Intrabar, _step > WholeBar)))
        {
            LiquidateTrade(at, PositionMargin.PriceAt(trade.Side, level, start, seen), bar, index);
            return true;
        }
        if (TryProtection(at, part, bar, index)) return true;
        // A target may have closed a part: a smaller position has another price.
        if (!IsLiquidatedIn(at, seen, index, out level)) return false;
        LiquidateTrade(at, PositionMargin.PriceAt(_trades[at].Side, level, start, seen), bar, index);
        return true;
    }

    // Whether the part reaches the trade's liquidation price while the trade is open.
    private bool IsLiquidatedIn(int at, in Bar part, int index, out double level)
    {
        ref var trade = ref _trades[at];
        level = double.NaN;
        var feedIndex = _block.FirstIndex + index;
        if (trade.FirstWholeBar > feedIndex || _step == Beyond && trade.EntryIndex == feedIndex && trade.EntryStep > 0) return false;
        level = LiquidationLevel(trade);
        return PositionMargin.IsReached(trade.Side, level, part);
    }

    // The market's price before the range of a part is tried: its open, or the price of an entry within it.
    private double PriceBefore(in OpenTrade trade, in Bar part, int index) =>
        trade.EntryIndex == _block.FirstIndex + index && !trade.EnteredAtOpen && trade.EntryStep == _step ? trade.EntryPrice : part.Open;

    // A loss beyond the margin of what is closed is the exchange's: the market can be beyond the stop while the mark price is not.
    private void BoundLoss(ref OpenTrade trade, in TradeFill fill, int index)
    {
        var left = _margin.Left(trade.Side, trade.EntryPrice, fill.Quantity, fill.Price, fill.Commission);
        if (left < 0) PayFinancing(ref trade, FinancingKind.WriteOff, -left / trade.Quantity, fill.Time, index);
    }

    // The exchange takes the trade over at a price, with what is left of its margin; a loss beyond the margin is the exchange's.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LiquidateTrade(int at, double price, in Bar bar, int index)
    {
        ref var trade = ref _trades[at];
        var paid = default(OrderFees);
        var fee = NextFee(price, trade.Quantity, maker: false, bar.Time, ref paid);
        var left = _margin.Left(trade.Side, trade.EntryPrice, trade.Quantity, price, fee);
        if (left != 0) PayFinancing(ref trade, FinancingKind.Liquidation, -left / trade.Quantity, bar.Time, index);
        Close(at, price, ExitReason.Liquidation, bar, index);
    }
}
