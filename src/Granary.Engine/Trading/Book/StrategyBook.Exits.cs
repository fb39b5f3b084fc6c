using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

// Orders that close trades: exits by time, a call for margin, and the hand-over of the account.
internal sealed partial class StrategyBook
{
    // Sends an exit; true where it has filled at once. An exit that the broker or the lender makes has no latency.
    private bool SendExit(ref OpenTrade trade, int index, OrderType type, ExitReason reason, bool isForced = false)
    {
        if (trade.EntryWorking) CancelEntryOf(trade.Number, TimeAt(index));
        CancelStepsOf(trade.Number, TimeAt(index));
        ref var order = ref NewExit(trade, type, reason, TimeAt(index));
        if (!isForced) Delay(ref order, index);
        Send(ref order);
        trade.Exiting = true;
        ReportExit(_orders.Last, 1, index);
        if (!FillsNow(type)) return false;
        FillAtClose(_orders.Count - 1, index);
        return true;
    }

    // Closes trades whose time is over, at the next open; moves trailing stops first.
    private void EndTrades(in Bar bar, int index)
    {
        var feedIndex = _block.FirstIndex + index;
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            if (trade.Protection.Terms.HasTrail)
            {
                var sinceOpen = trade.EntryIndex < feedIndex || trade.EnteredAtOpen;
                trade.Protection.Trail(trade.Side, trade.EntryPrice, bar, sinceOpen, Instrument);
                _events.Protected(trade, bar.Time);
            }
            if (trade.Exiting) continue;
            var filled = _settings.MaxBars > 0 && feedIndex - trade.FirstWholeBar + 1 >= _settings.MaxBars
                ? SendExit(ref trade, index, OrderType.Market, ExitReason.MaxBars)
                : _timeframe.CloseOf(bar.Time) >= trade.TimeExit && SendExit(ref trade, index, OrderType.Market, ExitReason.Time);
            if (filled) i--;
        }
    }

    /// <summary>Closes all trades at the next open, since the account's equity is below the maintenance requirement.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void CallMargin(int index)
    {
        if (_isClosed) return;
        CancelEntries(Side.Buy, index);
        CancelEntries(Side.Sell, index);
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            if (trade.Exiting) continue;
            if (SendExit(ref trade, index, OrderType.Market, ExitReason.MarginCall, isForced: true)) i--;
        }
        Refresh();
    }

    /// <summary>Cancels waiting orders and closes open trades at the open of the next bar.</summary>
    /// <param name="time">Open time of the bar before, UTC ticks: a split between the bars changes the exits too.</param>
    public void HandOver(long time)
    {
        if (_isClosed) return;
        for (var i = _orders.Count - 1; i >= 0; i--)
            if (_orders[i].Role != OrderRole.Exit)
                Drop(i, OrderState.Cancelled, time);
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            if (trade.Exiting) continue;
            ref var order = ref NewExit(trade, OrderType.Market, ExitReason.Handover, time);
            Send(ref order);
            trade.Exiting = true;
            _events.Exiting(new ExitingEvent(trade.Number, time, OrderType.Market, ExitReason.Handover, 1));
        }
        Refresh();
    }

    private void ReportExit(in Order order, double share, int index) => _events.Exiting(new ExitingEvent(order.TradeNumber,
        order.CreatedAt, order.Type, order.Reason, share, WorksIn(order, index)));

    // The bars from the one at whose close an order was made to the first one on which it works; 0 = the next one.
    private int WorksIn(in Order order, int index) => order.WorksFrom == 0 ? 0 : (int)(order.WorksFrom - _block.FirstIndex - index);
}
