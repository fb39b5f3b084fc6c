using System.Runtime.CompilerServices;

namespace Granary.Engine.Trading;

// What happens when the equity is below what the positions need.
internal sealed partial class StrategyBook
{
    /// <summary>The equity that the open trades need.</summary>
    public double Requirement(double price) => _power.Requirement(_trades, price);

    private bool IsCalledAt(double price) => _trades.Count > 0 && OwnEquity(price) < _power.Requirement(_trades, price);

    /// <summary>Cancels what waits and closes what is open at the open of the bar that comes now.</summary>
    /// <param name="time">Open time of the bar before, UTC ticks: a split on the way changes the exits too.</param>
    public void HandOver(long time)
    {
        if (_closed) return;
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

    /// <summary>Closes everything at the next open, since the account cannot carry it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void CallMargin(int index)
    {
        if (_closed) return;
        CancelEntries(Side.Buy, index);
        CancelEntries(Side.Sell, index);
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            if (trade.Exiting) continue;
            // The broker does it, without a way to go.
            if (Close(ref trade, index, OrderType.Market, ExitReason.MarginCall)) i--;
            else _orders.Last.WorksFrom = 0;
        }
        Refresh();
    }
}
