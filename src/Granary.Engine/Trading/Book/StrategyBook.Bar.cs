using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

// The sequence within a bar.
internal sealed partial class StrategyBook
{
    // Parts of a bar besides its smaller bars (1, 2, …): the whole bar, and the prices of the bar that none of its smaller bars has.
    private const int WholeBar = 0, Beyond = -1;

    /// <summary>Fills orders, stops and targets on a bar.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Process(int index)
    {
        var bar = _block[index];
        BeginBar(index);
        if (IsRuinedAt(_hasMarks ? Seen(bar).Open : bar.Open)) EndInRuin(bar, bar, index);
        // Exits come first: their proceeds pay for entries.
        if (_orders.Count > 0) WorkOpen(bar, index);
        ProcessAfterOpen(index, bar);
        AddSteps(index);
        if (HasNotices) Dispatch();
    }

    private void WorkOpen(in Bar bar, int index)
    {
        for (var i = 0; i < _orders.Count; i++)
            if (_orders[i].Role == OrderRole.Exit && ProcessAtOpen(i, bar, index))
                i = -1;
        for (var i = 0; i < _orders.Count; i++)
            if (_orders[i].Role != OrderRole.Exit && ProcessAtOpen(i, bar, index))
                i = -1;
    }

    // Several books on one account take these steps together: see AccountSlice.

    /// <summary>
    /// Books the financing and splits since the last bar, and closes everything if the symbol is delisted in this bar. Cancels entries
    /// in a symbol that has left the universe, and lowers targets that fall with time.
    /// </summary>
    public void BeginBar(int index)
    {
        _events.IsAtOpen = true;
        if (_foreign is not null) ValueAt(_block.TimeColumn[index]);
        if (BearsInterest) BookInterest(index);
        if (_changes is not null) BeginListing(index);
        if (_hasFinancing) BookFinancing(index);
        if (_isDelisted && Instrument.IsDelistedIn(_timeframe, _block.TimeColumn[index])) CloseDelisted(index);
        if (_members is not null)
        {
            CloseFormer(index);
            CancelOutside(_block.TimeColumn[index], _block.TimeColumn[index]);
        }
        if (_settings.TakeProfitOverTime.Count > 0 || _isServed) LowerTargets(_block.TimeColumn[index]);
        if (_margin.IsIsolated && _trades.Count > 0) LiquidateAtOpen(index);
        if (_shared is not null && IsRuinedAt(Seen(_block[index]).Open)) EndInRuin(_block[index], _block[index], index);
    }

    /// <summary>The number of waiting orders.</summary>
    public int OrderCount => _orders.Count;

    /// <summary>A waiting order.</summary>
    /// <param name="at">Its place in the order of their making.</param>
    public ref readonly Order OrderAt(int at) => ref _orders[at];

    /// <summary>Fills one order at a bar's open.</summary>
    public void ProcessAtOpen(OrderId id, int index)
    {
        var at = _orders.IndexOf(id);
        if (at >= 0) ProcessAtOpen(at, _block[index], index);
    }

    /// <summary>Processes the remainder of a bar after its open; call-backs wait for <see cref="Dispatch"/>.</summary>
    public void ProcessAfterOpen(int index) => ProcessAfterOpen(index, _block[index]);

    // Returns whether the order is no longer waiting.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool ProcessAtOpen(int i, in Bar bar, int index)
    {
        ref var order = ref _orders[i];
        if (bar.Time > order.ExpiresAt)
        {
            Drop(i, OrderState.Expired, bar.Time);
            return true;
        }
        if (_hasLatency && _block.FirstIndex + index < order.WorksFrom) return false;
        if (_faults is not null && _faults.ArrivalOf(order.Id) is var arrives && arrives > bar.Time)
            return ArriveWithin(i, arrives, bar, index);
        SetExpiry(ref order, bar.Time);
        var price = FillRule.AtOpen(ref order, bar);
        return !double.IsNaN(price) && Fill(i, price, bar, index, atOpen: true);
    }

    private void ProcessAfterOpen(int index, in Bar bar)
    {
        _events.IsAtOpen = false;
        if (_path is not null && IsWithinReach(bar)) ProcessPath(bar, index);
        else
        {
            if (_hasFunding) FundWithin(_timeframe.CloseOf(bar.Time), index);
            TryPart(bar, bar, index);
        }

        ValueAtClose(index);
        if (_changes is not null) EndListing(index);
        EndTrades(bar, index);
        EndSteps(bar.Time);
        if (_foreign is { Owes: true }) EndFlat(bar, index);
        if (_members is not null) LeaveUniverse(bar, index);
        if (_borrow is { ClosesRecalled: true } && _shared is null) CloseRecalled(bar, index);
        if (_execution.CallRate > 0 && _shared is null && IsCalledAt(bar.Close)) CallMargin(index);
        if (_isRuined) CancelAll(bar.Time);
        Refresh();
    }

    // Tries the stops and targets of open trades, and then waiting orders, on a bar or on a part of it.
    private void TryPart(in Bar part, in Bar bar, int index)
    {
        if (_execution.Intrabar == IntrabarRule.StopFirst && IsRuinedWithin(part) && EndsBeforeOrders(part, bar, index)) return;
        for (var i = 0; i < _trades.Count; i++)
            if (TryExits(i, part, bar, index))
                i--;

        for (var i = 0; i < _orders.Count; i++)
        {
            ref var order = ref _orders[i];
            if (!Works(order, index)) continue;
            var price = PriceWithin(ref order, part);
            if (double.IsNaN(price)) continue;
            var (id, trades) = (order.Id, _trades.Count);
            var at = order.OcoGroup == 0 ? i : FirstOfGroup(i, part, index, ref price);
            var changed = Fill(at, price, bar, index, atOpen: false);
            // A trade that was entered after the open may be stopped out on the remainder of its bar.
            if (_trades.Count > trades) changed |= TryExits(_trades.Count - 1, part, bar, index);
            // Earlier orders are not tried again: a stop-limit that this bar has triggered waits for the next one.
            if (changed) i = _orders.IndexAfter(id) - 1;
        }
        // A trade that was entered on the close was not exposed to its bar.
        if (IsRuinedWithin(part) && _trades[0].FirstWholeBar <= _block.FirstIndex + index)
            EndInRuin(part, bar, index);
    }

    private bool Works(in Order order, int index) => (!_hasLatency || _block.FirstIndex + index >= order.WorksFrom)
        && (_faults is null || _faults.ArrivalOf(order.Id) <= _block.TimeColumn[index]);

    // If one bar touches several orders of a group, returns the one that the intrabar rule fills.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int FirstOfGroup(int at, in Bar part, int index, ref double price)
    {
        var limitFirst = _execution.Intrabar == IntrabarRule.TargetFirst;
        if (_orders[at].Type == OrderType.Limit == limitFirst) return at;
        for (var i = 0; i < _orders.Count; i++)
        {
            ref var order = ref _orders[i];
            if (order.OcoGroup != _orders[at].OcoGroup || order.Type == OrderType.Limit != limitFirst) continue;
            if (!Works(order, index)) continue;
            var other = PriceWithin(ref order, part);
            if (double.IsNaN(other)) continue;
            price = other;
            return i;
        }
        return at;
    }

    // ---- smaller bars ----

    // Whether the bar may touch an order, stop or target for which the smaller bars decide the sequence.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsWithinReach(in Bar bar)
    {
        for (var i = 0; i < _orders.Count; i++)
            if (!_orders[i].Type.IsAtMarket())
                return true;
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            ref var p = ref trade.Protection;
            var (below, above) = trade.Side == Side.Buy ? (Math.Max(p.Stop, p.TrailLevel), p.Target) : (p.Target,
                Nearer(p.Stop, p.TrailLevel));
            if (_margin.IsIsolated && (_hasMarks || PositionMargin.IsReached(trade.Side, LiquidationLevel(trade), bar))) return true;
            if (below > 0 && PriceLevel.IsAtOrBelow(bar.Low, below) || above > 0 && PriceLevel.IsAtOrAbove(bar.High, above)) return true;
        }
        return false;

        static double Nearer(double a, double b) => a <= 0 ? b : b <= 0 ? a : Math.Min(a, b);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ProcessPath(in Bar bar, int index)
    {
        var path = _path!;
        var (first, end) = path.Within(bar.Time, _timeframe.CloseOf(bar.Time));
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var i = first; i < end; i++)
        {
            var part = path[i];
            _step = i - first + 1;
            if (_hasFunding) FundWithin(Math.Min(path.CloseOf(i), _timeframe.CloseOf(bar.Time)), index);
            TryPart(part, bar, index);
            (low, high) = (Math.Min(low, part.Low), Math.Max(high, part.High));
        }
        // If the smaller bars do not cover the bar's range, the remaining prices have no known time. Orders on the close have waited for
        // all smaller bars.
        _step = first == end ? WholeBar : Beyond;
        if (_hasFunding) FundWithin(_timeframe.CloseOf(bar.Time), index);
        if (low > bar.Low || high < bar.High || first == end) TryPart(bar, bar, index);
        else FillOnClose(bar, index);
        _step = WholeBar;
    }

    private double PriceWithin(ref Order order, in Bar part) =>
        _step == WholeBar ? FillRule.Within(ref order, part) : PriceOnPath(ref order, part);

    // The fill price on a smaller bar: its open if that is beyond the order's price, otherwise the order's price. Beyond the smaller bars,
    // the rule of the whole bar applies.
    private double PriceOnPath(ref Order order, in Bar part)
    {
        if (_step == Beyond)
            // The whole bar does not show when the triggered stop-limit began to wait at its limit.
            return order is { Type: OrderType.StopLimit, Triggered: true } ? double.NaN : FillRule.Within(ref order, part);
        if (order.Type.IsAtMarket()) return double.NaN;
        var price = FillRule.AtOpen(ref order, part);
        return double.IsNaN(price) ? FillRule.Within(ref order, part) : price;
    }

    private void FillOnClose(in Bar bar, int index)
    {
        for (var i = 0; i < _orders.Count; i++)
        {
            ref var order = ref _orders[i];
            if (order.Type != OrderType.MarketOnClose || !Works(order, index)) continue;
            var price = FillRule.Within(ref order, bar);
            if (!double.IsNaN(price) && Fill(i, price, bar, index, atOpen: false)) i = -1;
        }
    }
}
