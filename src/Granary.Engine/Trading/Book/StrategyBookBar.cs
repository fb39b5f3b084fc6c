using System.Runtime.CompilerServices;
using Granary.Engine.Market;

namespace Granary.Engine.Trading.Book;

/// <remarks>
/// Within a bar: first what trades at the open, in the order of submission; then stops and targets of open trades; then what trades after
/// the open; then orders on the close. Where there are smaller bars, stops, targets and orders are tried on one after the other of them
/// instead, so that they fill in the order in which the market came by. The strategy is asked after that.
/// </remarks>
internal sealed partial class StrategyBook
{
    private const int WholeBar = 0, Beyond = -1;

    // Null where there are no smaller bars, or the batch does not ask for them.
    private readonly IntrabarPath? _path;
    // What is being tried: the whole bar, one of its smaller bars (from 1), or what lies beyond all of them.
    private int _step;

    /// <summary>Whether <see cref="Process"/> has anything to do on a bar with this low and high.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsTouchedBy(double low, double high) =>
        _orders.Count > 0 || _everyBar || low <= _triggerLow || high >= _triggerHigh;

    /// <summary>Works orders, stops and targets on a bar.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Process(int index)
    {
        var bar = _block[index];
        if (_hasFinancing) BeginBar(index);
        if (IsRuinedAt(bar.Open)) Ruin(bar, bar, index);
        for (var i = 0; i < _orders.Count; i++)
            if (WorkAtOpen(i, bar, index))
                i = -1;
        ProcessAfterOpen(index, bar);
        if (_notices is { Any: true }) Dispatch();
    }

    /// <summary>The waiting order that was made next after this one; none where it was the last.</summary>
    public OrderId OrderAfter(OrderId id) => _orders.After(id);

    /// <summary>Works one order at a bar's open: for books that share an account, whose orders take turns.</summary>
    public void WorkAtOpen(OrderId id, int index)
    {
        var at = _orders.IndexOf(id);
        if (at >= 0) WorkAtOpen(at, _block[index], index);
    }

    /// <summary>The rest of a bar whose open has been worked; call-backs wait for <see cref="Dispatch"/>.</summary>
    public void ProcessAfterOpen(int index) => ProcessAfterOpen(index, _block[index]);

    // Whether it is not waiting any more.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool WorkAtOpen(int i, in Bar bar, int index)
    {
        ref var order = ref _orders[i];
        if (bar.Time > order.ExpiresAt)
        {
            Drop(i, OrderState.Expired, bar.Time);
            return true;
        }
        if (_late && _block.FirstIndex + index < order.WorksFrom) return false;
        if (order.TimeInForce != TimeInForce.GoodTillCancelled && order.ExpiresAt == long.MaxValue) Expire(ref order, bar.Time);
        var price = order.Type == OrderType.Market ? bar.Open : _execution.FillModel.AtOpen(ref order, bar);
        return !double.IsNaN(price) && Fill(i, price, bar, index, atOpen: true);
    }

    private void ProcessAfterOpen(int index, in Bar bar)
    {
        var feedIndex = _block.FirstIndex + index;
        if (_path is not null && IsWithinReach(bar)) ProcessPath(bar, index, feedIndex);
        else Try(bar, bar, index, feedIndex);

        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            if (trade.TrailFraction > 0) Trail(ref trade, bar.Close);
            if (trade.Exiting) continue;
            var filled = _settings.MaxBars > 0 && feedIndex - trade.FirstWholeBar + 1 >= _settings.MaxBars
                ? Close(ref trade, index, OrderType.Market, ExitReason.MaxBars)
                : bar.Time + _barTicks >= trade.TimeExit && Close(ref trade, index, OrderType.Market, ExitReason.Time);
            if (filled) i--;
        }
        if (_execution.Maintenance > 0 && _account is null && IsCalledAt(bar.Close)) CallMargin(index);
        if (IsRuined) CancelAll(bar.Time);
        Refresh();
    }

    // Tries open trades' stops and targets, and then waiting orders, on a bar or on a part of it.
    private void Try(in Bar part, in Bar bar, int index, long feedIndex)
    {
        // What ruins the account is the worst of all stops: it comes where a stop comes, before or after the targets.
        if (_execution.Intrabar == IntrabarRule.StopFirst && IsRuinedWithin(part) && EndsBeforeOrders(part, bar, index, feedIndex)) return;
        for (var i = 0; i < _trades.Count; i++)
            if (Protect(ref _trades[i], i, part, bar, index, feedIndex))
                i--;

        for (var i = 0; i < _orders.Count; i++)
        {
            ref var order = ref _orders[i];
            if (_late && feedIndex < order.WorksFrom) continue;
            var price = _step == WholeBar ? _execution.FillModel.Within(ref order, part) : PriceOnPath(ref order, part);
            if (double.IsNaN(price)) continue;
            var trades = _trades.Count;
            var at = order.OcoGroup == 0 ? i : FirstOfGroup(i, part, feedIndex, ref price);
            var changed = Fill(at, price, bar, index, atOpen: false);
            // A trade that was entered after the open may be stopped out on the rest of its bar.
            if (_trades.Count > trades) changed |= Protect(ref _trades.Last, _trades.Count - 1, part, bar, index, feedIndex);
            if (changed) i = -1;
        }
        // A trade that was entered on the close has lived through nothing of its bar.
        if (IsRuinedWithin(part) && _trades[0].FirstWholeBar <= feedIndex) Ruin(part, bar, index);
    }

    // Of the orders of a group that one bar touches, the one that the intrabar rule fills.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int FirstOfGroup(int at, in Bar part, long feedIndex, ref double price)
    {
        var limitFirst = _execution.Intrabar == IntrabarRule.TargetFirst;
        if (_orders[at].Type == OrderType.Limit == limitFirst) return at;
        for (var i = 0; i < _orders.Count; i++)
        {
            if (_orders[i].OcoGroup != _orders[at].OcoGroup || _orders[i].Type == OrderType.Limit != limitFirst) continue;
            if (_late && feedIndex < _orders[i].WorksFrom) continue;
            var other = _step == WholeBar ? _execution.FillModel.Within(ref _orders[i], part) : PriceOnPath(ref _orders[i], part);
            if (double.IsNaN(other)) continue;
            price = other;
            return i;
        }
        return at;
    }

    // Whether the bar may touch anything whose turn the smaller bars decide.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsWithinReach(in Bar bar)
    {
        for (var i = 0; i < _orders.Count; i++)
            if (_orders[i].Type is OrderType.Limit or OrderType.Stop or OrderType.StopLimit)
                return true;
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            var (below, above) = trade.Side == Side.Buy ? (Math.Max(trade.Stop, trade.TrailLevel), trade.Target)
                : (trade.Target, Nearer(trade.Stop, trade.TrailLevel));
            if (below > 0 && bar.Low <= below || above > 0 && bar.High >= above) return true;
        }
        return false;

        static double Nearer(double a, double b) => a <= 0 ? b : b <= 0 ? a : Math.Min(a, b);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ProcessPath(in Bar bar, int index, long feedIndex)
    {
        var (first, end) = _path!.Within(bar.Time, bar.Time + _barTicks);
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var i = first; i < end; i++)
        {
            var part = _path[i];
            _step = i - first + 1;
            Try(part, bar, index, feedIndex);
            (low, high) = (Math.Min(low, part.Low), Math.Max(high, part.High));
        }
        // Where the smaller bars do not come as far as their bar, they say nothing of what lies beyond them. Orders on the close have
        // waited for all of them.
        _step = first == end ? WholeBar : Beyond;
        if (low > bar.Low || high < bar.High || first == end) Try(bar, bar, index, feedIndex);
        else FillOnClose(bar, index, feedIndex);
        _step = WholeBar;
    }

    // At a smaller bar's open where that is beyond an order's price, else at the price; beyond the smaller bars, whatever the longer one
    // allows.
    private double PriceOnPath(ref Order order, in Bar part)
    {
        if (_step == Beyond)
            // Since when a stop-limit waits at its limit, the longer bar cannot tell.
            return order is { Type: OrderType.StopLimit, Triggered: true } ? double.NaN : _execution.FillModel.Within(ref order, part);
        if (order.Type is OrderType.Market or OrderType.MarketOnClose) return double.NaN;
        var price = _execution.FillModel.AtOpen(ref order, part);
        return double.IsNaN(price) ? _execution.FillModel.Within(ref order, part) : price;
    }

    private void FillOnClose(in Bar bar, int index, long feedIndex)
    {
        for (var i = 0; i < _orders.Count; i++)
        {
            if (_orders[i].Type != OrderType.MarketOnClose || _late && feedIndex < _orders[i].WorksFrom) continue;
            var price = _execution.FillModel.Within(ref _orders[i], bar);
            if (!double.IsNaN(price) && Fill(i, price, bar, index, atOpen: false)) i = -1;
        }
    }

    private bool FillsNow(OrderType type) => _execution.Fill == FillTiming.SameClose && type == OrderType.Market && StaleAt == 0 && !_late;

    private void FillAtClose(int at, int index)
    {
        var bar = _block[index];
        var trades = _trades.Count;
        ref var order = ref _orders[at];
        if (order.TimeInForce != TimeInForce.GoodTillCancelled && order.ExpiresAt == long.MaxValue) Expire(ref order, bar.Time);
        Fill(at, bar.Close, bar, index, atOpen: false);
        // The close at which it was entered is a close since the entry.
        if (_trades.Count > trades && _trades.Last.TrailFraction > 0) Trail(ref _trades.Last, bar.Close);
        if (IsRuined) CancelAll(bar.Time);
        Refresh();
    }

    // Prices of this block that would end the account; a block that does not go as far is run as fast as one without a position.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WatchRuin(ref double low, ref double high)
    {
        if (_account is not null) return;
        var worst = _net < 0 ? _block.HighestHigh : _block.LowestLow;
        if (!IsRuinedAt(worst)) return;
        var level = RuinPrice.Of(_cash, _net, _trades, _execution.Fee, _multiplier);
        if (_net < 0) high = Math.Min(high, level);
        else low = Math.Max(low, level);
    }

    // What the next bars are to be looked at for.
    private void Refresh()
    {
        var (low, high) = (double.NegativeInfinity, double.PositiveInfinity);
        var everyBar = false;
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            var (below, above) = trade.Side == Side.Buy ? (trade.Stop, trade.Target) : (trade.Target, trade.Stop);
            if (below > 0 && below > low) low = below;
            if (above > 0 && above < high) high = above;
            everyBar |= trade.TrailFraction > 0 || _settings.MaxBars > 0 || trade.TimeExit != long.MaxValue;
        }
        if (_trades.Count > 0 && (_hasFinancing || _execution.Maintenance > 0)) everyBar = true;
        if (_net < 0 || _cash < 0) WatchRuin(ref low, ref high);
        _triggerLow = low;
        _triggerHigh = high;
        _everyBar = everyBar;
        // Notices, too, make the run loop stop, so that they are delivered at the bar that they are about.
        Active = _orders.Count > 0 || everyBar || low > double.NegativeInfinity || high < double.PositiveInfinity || HasNotices;
    }
}
