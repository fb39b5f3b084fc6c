using System.Runtime.CompilerServices;

namespace Granary.Engine.Trading;

// What happens when the equity is below what the positions need.
internal sealed partial class StrategyBook
{
    /// <summary>The equity that the open trades need.</summary>
    public double Requirement(double price) => _power.Requirement(_trades, price);

    private bool IsCalledAt(double price) => _trades.Count > 0 && OwnEquity(price) < _power.Requirement(_trades, price);

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
