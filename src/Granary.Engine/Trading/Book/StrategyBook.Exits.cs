using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

// Orders that close trades: exits by time, a call for margin, and the hand-over of the account.
internal sealed partial class StrategyBook
{
    // Sends an exit; true where it has filled at once.
    private bool SendExit(ref OpenTrade trade, int index, OrderType type, ExitReason reason)
    {
        if (trade.EntryWorking) CancelEntryOf(trade.Number, TimeAt(index));
        ref var order = ref NewExit(trade, type, reason, TimeAt(index));
        Delay(ref order, index);
        Send(ref order);
        trade.Exiting = true;
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
            if (trade.Protection.TrailFraction > 0)
            {
                var sinceOpen = trade.EntryIndex < feedIndex || trade.EnteredAtOpen;
                trade.Protection.Trail(trade.Side, bar, sinceOpen, Instrument);
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
            // The broker does it, without latency.
            if (SendExit(ref trade, index, OrderType.Market, ExitReason.MarginCall)) i--;
            else _orders.Last.WorksFrom = 0;
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
        }
        Refresh();
    }

    /// <summary>Reports each market exit that has been sent, once.</summary>
    public void ReportExiting(long time)
    {
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            if (!trade.Exiting || trade.ExitReported) continue;
            trade.ExitReported = true;
            _events.Exiting(trade.Number, time);
        }
    }
}
