using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

// Changes of what stands behind the symbol: rolls from contract to contract, and the end of a contract or listing.
internal sealed partial class StrategyBook
{
    // Null for a plain symbol.
    private readonly ListingChanges? _changes;
    private int _nextChange;

    /// <summary>Has the next bar processed, whatever its prices are, if it can change the account: the symbol's listing changes.</summary>
    public void ExpectChange()
    {
        if (_trades.Count + _orders.Count > 0) _everyBar = Active = true;
    }

    // Whether the symbol is delisted in a bar, or its listing ends with it, so nothing can be entered at its close.
    private bool EndsWith(int index) => Instrument.IsDelistedIn(_timeframe, TimeAt(index))
        || _changes is not null && _changes.EndsAt(_block.TimeColumn[index]);

    // Makes the rolls of a bar's open.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void BeginListing(int index)
    {
        var time = _block.TimeColumn[index];
        for (; _nextChange < _changes!.Count && _changes[_nextChange] is var change && change.Time <= time; _nextChange++)
            if (change.Kind == ListingChangeKind.Roll) Roll(change, index);
            // The last bar of a listing is traded.
            else if (change.Time == time) return;
            else SettleEnd(change, LastBar(index), index);
    }

    // Settles what is open at the close of a listing's last bar.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EndListing(int index)
    {
        if (_nextChange >= _changes!.Count || _changes[_nextChange] is not { Kind: ListingChangeKind.End } end
            || end.Time != _block.TimeColumn[index]) return;
        _nextChange++;
        SettleEnd(end, _block[index], index);
    }

    private void SettleEnd(ListingChange end, in Bar bar, int index)
    {
        for (var i = _orders.Count - 1; i >= 0; i--)
            if (_orders[i].CreatedAt <= end.Time) Drop(i, OrderState.Cancelled, bar.Time);
        for (var i = 0; i < _trades.Count; i++)
            if (_trades[i].EntryTime <= end.Time) Close(i--, end.OldPrice, ExitReason.Expired, bar, index);
        Refresh();
    }

    // Moves what was there before the roll. The two orders fill in full: a bar's volume does not limit them.
    private void Roll(ListingChange change, int index)
    {
        MarkBefore(index);
        for (var i = 0; i < _trades.Count; i++)
            if (_trades[i].EntryTime < change.Time) RollTrade(i, change, _block[index]);
        for (var i = 0; i < _orders.Count; i++)
            if (_orders[i].CreatedAt < change.Time) _orders[i].Roll(change, Instrument);
    }

    private void RollTrade(int at, ListingChange change, in Bar bar)
    {
        ref var trade = ref _trades[at];
        var (side, quantity, paid) = (trade.Side, trade.Quantity, default(OrderFees));
        var (sold, bought) = _fillRule.RollPrices(change, side, quantity, bar);
        var fee = NextFee(sold, quantity, maker: false, bar.Time, ref paid);
        Book((Side)(-(int)side), quantity, sold, fee);
        paid = default;
        var next = NextFee(bought, quantity, maker: false, bar.Time, ref paid);
        Book(side, quantity, bought, next);
        _traded?.Add(bar.Time, (Math.Abs(sold) + Math.Abs(bought)) * quantity * _multiplier * RateAt(bar.Time));
        var both = fee + next;
        _meter.Commission += both * RateAt(bar.Time);
        trade.Pay(both);
        _trades.Roll(at, bought - sold, change, Instrument);
        Share();
        _events.Rolled(trade, new RollEvent(trade.Number, bar.Time, _nextChange, side, quantity, sold, bought, both, fee));
    }
}
