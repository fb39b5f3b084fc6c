using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

// The bars that the book must process: those that reach an order, a stop, a target or the ruin of the account.
internal sealed partial class StrategyBook
{
    /// <summary>Whether the next bar must be checked: an order is waiting or a trade is protected.</summary>
    public bool Active
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get;
        private set;
    }

    /// <summary>Whether no bar can change the account unless the strategy acts: nothing waits, and no price ruins it.</summary>
    public bool Rests => !Active && !BearsInterest && _trades.Net >= 0 && _account.Cash >= 0 && _foreign is not { Owes: true };

    /// <summary>Whether <see cref="Process"/> must run on a bar with this low and high.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsTouchedBy(double low, double high) => _orders.Count > 0 || _everyBar || low <= _triggerLow || high >= _triggerHigh;

    // Computes the trigger levels again; call it after any change.
    private void Refresh()
    {
        _shared?.Await(this, HasPending());
        var (low, high) = (double.NegativeInfinity, double.PositiveInfinity);
        var everyBar = false;
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            ref var p = ref trade.Protection;
            var (below, above) = trade.Side == Side.Buy ? (p.Stop, p.Target) : (p.Target, p.Stop);
            if (below > 0 && below > low) low = below;
            if (above > 0 && above < high) high = above;
            if (_margin.IsIsolated) WatchMargin(trade, ref low, ref high);
            everyBar |= p.IsMoving || _settings.MaxBars > 0 || trade.TimeExit != long.MaxValue;
        }
        // A price that differs from a level by rounding alone reaches it.
        (low, high) = (low * (1 + PriceLevel.Rounding), high * (1 - PriceLevel.Rounding));
        if (_trades.Count > 0 && (_hasFinancing || _isDelisted || _members is not null || _hasMarks || _execution.CallRate > 0
            || _shared is not null && _margin.IsCross))
            everyBar = true;
        if (_foreign is not null) everyBar |= (_trades.Count > 0 || _foreign.Owes) && MayBeRuined();
        else if (_trades.Net < 0 || _account.Cash < 0) WatchRuin(ref low, ref high);
        (_triggerLow, _triggerHigh, _everyBar) = (low, high, everyBar);
        // Pending notices also stop the run loop, so that they are delivered at their own bar.
        Active = _orders.Count > 0 || everyBar || low > double.NegativeInfinity || high < double.PositiveInfinity
            || HasNotices;
    }

    // Sets the prices of this block that would ruin the account. A block that does not reach them runs as fast as one without a position.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WatchRuin(ref double low, ref double high)
    {
        if (_shared is not null || _margin.IsIsolated) return;
        var worst = _trades.Net < 0 ? _block.HighestHigh : _block.LowestLow;
        if (!IsRuinedAt(worst)) return;
        var level = RuinLevel();
        if (_trades.Net < 0) high = Math.Min(high, level);
        else low = Math.Max(low, level);
    }
}
