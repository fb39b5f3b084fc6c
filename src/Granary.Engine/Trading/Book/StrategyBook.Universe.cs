using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Engine.Trading.Book;

// The membership of the symbol in the universe of the run.
internal sealed partial class StrategyBook
{
    /// <summary>Whether the symbol belongs to the universe at a bar's close; true if the run has no universe.</summary>
    public bool IsMember(int index) => _members is null || _members.Contains(_timeframe.CloseOf(TimeAt(index)));

    // Whether a manual order at a time would open a position, or add to one, while the symbol is not a member.
    private bool OpensOutside(Side side, double quantity, long time) => _members is not null && !_members.Contains(time)
        && quantity > _trades.QuantityOf((Side)(-(int)side)) * (1 + Tolerance.Arithmetic);

    // Cancels the waiting orders that would open a position while the symbol is not a member.
    // A bar may open after the symbol has left, although it was a member at the close before.
    private void CancelOutside(long at, long time)
    {
        if (_orders.Count > 0 && !_members!.Contains(at)) CancelOpening(time);
    }

    // A symbol without a bar between two memberships may be that of another company in the second: a trade of the first has no next open,
    // and no order of the first is meant for the second.
    private void CloseFormer(int index)
    {
        if (_trades.Count == 0 && _orders.Count == 0) return;
        if (!_members!.IsNewListing(_timeframe.CloseOf(TimeBefore(index)), _block.TimeColumn[index])) return;
        CloseAll(_marks.CloseBefore(index), LastBar(index), index, ExitReason.LeftUniverse);
        Refresh();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CancelOpening(long time)
    {
        for (var i = _orders.Count - 1; i >= 0; i--)
        {
            ref var order = ref _orders[i];
            if (order.Role == OrderRole.Entry
                || order.Role == OrderRole.Net && order.Rest > _trades.QuantityOf((Side)(-(int)order.Side)) * (1 + Tolerance.Arithmetic))
                Drop(i, OrderState.Cancelled, time, SignalEnd.NotMember);
        }
    }

    // Cancels entries at the first close at which the symbol is not a member, and closes its trades at the next open if the policy says so.
    private void LeaveUniverse(in Bar bar, int index)
    {
        var close = _timeframe.CloseOf(bar.Time);
        if ((_orders.Count == 0 && _trades.Count == 0) || _members!.Contains(close)) return;
        CancelOutside(close, bar.Time);
        if (_members.OnLeave == LeavePolicy.Hold) return;
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            if (!trade.Exiting && SendExit(ref trade, index, OrderType.Market, ExitReason.LeftUniverse)) i--;
        }
    }
}
