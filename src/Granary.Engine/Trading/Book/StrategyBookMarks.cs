using System.Runtime.CompilerServices;
using Granary.Engine.Analysis;
using Granary.Engine.Market;

namespace Granary.Engine.Trading.Book;

// Marking at each bar's close, by stretches of bars over which nothing changed; and the end.
internal sealed partial class StrategyBook
{
    private readonly EquityMeter _meter;
    // Whether anybody wants to know how far trades went for and against.
    private readonly bool _excursions;
    private int _marked;

    /// <summary>
    /// Marks the bars up to, but not with, <paramref name="index"/> as they stand now: to be called before anything changes.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MarkTo(int index)
    {
        if (_marked < index) Mark(index);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Mark(int index)
    {
        if (_account is null) _meter.Mark(_cash, _net, _trades.Count > 0, _block, _calendar, _marked, index);
        if (_excursions)
            for (var i = 0; i < _trades.Count; i++)
            {
                // A trade that was entered on a close has not lived through that bar.
                var from = (int)Math.Max(_marked, _trades[i].FirstWholeBar - _block.FirstIndex);
                if (from < index) _trades[i].Reach(Extremes.Least(_block.Low[from..index]), Extremes.Greatest(_block.High[from..index]));
            }
        _marked = index;
    }

    /// <summary>
    /// Closes what is open at the last close, since the symbol's bars have ended before those of others; to be called before
    /// <see cref="Finish"/>. Nothing is known of it before the end, so that no fill is reported and no strategy is notified.
    /// </summary>
    public void CloseAtEnd(long time, double close, long lastIndex)
    {
        if (_trades.Count == 0) return;
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            var (quantity, paid) = (trade.Quantity, default(OrderFees));
            var fee = FeeOf(close, quantity, maker: false, time, ref paid);
            _cash += (int)trade.Side * quantity * close * _multiplier - fee;
            _tradeMeter.Commission += fee;
            trade.Commission += fee;
            var exitPrice = (trade.ExitNotional + close * quantity) / trade.EntryQuantity;
            var profit = (int)trade.Side * (exitPrice - trade.EntryPrice) * trade.EntryQuantity * _multiplier;
            var (net, bars) = (profit - trade.Commission + trade.Financing, (int)(lastIndex - trade.EntryIndex));
            _tradeMeter.Add(net, bars);
            _fingerprint.Add((ulong)(uint)trade.Number << 8 | 0x60 | (byte)ExitReason.DataEnded, (ulong)time);
            _fingerprint.Add(exitPrice, net);
            _observer?.OnTrade(trade.ToTrade(time, exitPrice, profit, bars, ExitReason.DataEnded));
        }
        while (_trades.Count > 0) _trades.RemoveAt(_trades.Count - 1);
        _net = 0;
        _meter.Settle(_cash);
    }

    /// <summary>Reports what is still open or waiting, at the last bar's close, and closes the meters.</summary>
    public EquitySums Finish(long time, double close, long lastIndex)
    {
        _closed = true;
        for (var i = _orders.Count - 1; i >= 0; i--)
        {
            if (_orders[i].Role != OrderRole.Entry || _orders[i].FilledQuantity > 0) continue;
            End(_orders[i].TradeNumber, SignalEnd.Unfilled, time);
        }
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            var exitPrice = (trade.ExitNotional + close * trade.Quantity) / trade.EntryQuantity;
            var profit = (int)trade.Side * (exitPrice - trade.EntryPrice) * trade.EntryQuantity * _multiplier;
            _fingerprint.Add((ulong)(uint)trade.Number << 8 | 0x60, (ulong)time);
            _fingerprint.Add(exitPrice, profit);
            _observer?.OnTrade(trade.ToTrade(time, exitPrice, profit, (int)(lastIndex - trade.EntryIndex), ExitReason.Open));
        }
        var sums = _meter.Finish();
        if (_account is null) sums.AddTo(ref _fingerprint);
        return sums;
    }
}
