using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>The steps of a bar in which a book takes the fills that it is given.</summary>
internal enum GivenStep
{
    /// <summary>At the open, before its own exits: what closes trades that are open, each after what has added to its trade.</summary>
    Exits,
    /// <summary>At the open, before its own entries: entries, and what closes the trades that they have opened.</summary>
    Entries,
    /// <summary>At the open, after one of its own entries: what closes the trade of that entry.</summary>
    AfterEntry,
    /// <summary>After the open: all that does not close a trade whose entry fills within the bar.</summary>
    AfterOpen,
    /// <summary>At the close: all that is left.</summary>
    Rest,
}

// Fills of manual orders and of recorded trades, which a portfolio takes from its strategies at their prices. No order of this book makes
// them.
internal sealed partial class StrategyBook
{
    private List<(TradeFill Fill, Side Side, double Quantity)>? _given;

    /// <summary>Whether fills were given for the bar that comes.</summary>
    public bool HasGiven => _given is { Count: > 0 };

    /// <summary>Has a fill of the strategy's happen within the bar that comes.</summary>
    /// <param name="fill">As the strategy has it.</param>
    /// <param name="side">The side of the trade.</param>
    /// <param name="quantity">Base units of an entry; an exit closes the strategy's part of what is open.</param>
    public void Give(in TradeFill fill, Side side, double quantity) => (_given ??= []).Add((fill, side, quantity));

    /// <summary>Books the given fills that are due, in the order in which they were given.</summary>
    public void TakeGiven(GivenStep step, int index)
    {
        if (!HasGiven) return;
        for (var i = 0; i < _given!.Count; i++)
        {
            var (fill, side, quantity) = _given[i];
            if (!IsDue(fill, step, index)) continue;
            _given.RemoveAt(i--);
            TakeGiven(fill, side, quantity, index);
        }
        Refresh();
    }

    private bool IsDue(in TradeFill fill, GivenStep step, int index)
    {
        var at = _trades.IndexOf(fill.Number);
        var isBefore = at >= 0 && !fill.FollowsEntry;
        return step switch
        {
            GivenStep.Exits => fill.IsAtOpen && isBefore && (!fill.IsEntry || IsClosedAtOpen(fill.Number)),
            GivenStep.Entries => fill.IsAtOpen && (fill.IsEntry || isBefore),
            GivenStep.AfterEntry => fill.IsAtOpen && at >= 0 && _trades[at].FilledIndex == _block.FirstIndex + index,
            GivenStep.AfterOpen => fill.IsEntry || isBefore || fill.IsAtOpen && at >= 0,
            _ => true,
        };
    }

    private bool IsClosedAtOpen(int number)
    {
        foreach (var (fill, _, _) in _given!)
            if (fill.Number == number && !fill.IsEntry && fill.IsAtOpen)
                return true;
        return false;
    }

    private void TakeGiven(in TradeFill theirs, Side side, double quantity, int index)
    {
        var bar = _block[index];
        var at = _trades.IndexOf(theirs.Number);
        if (!theirs.IsEntry)
        {
            if (at < 0) return;
            var open = _trades[at].Quantity;
            quantity = theirs.Quantity >= theirs.OpenBefore * (1 - Tolerance.Arithmetic) ? open
                : Math.Min(open, Instrument.RoundQuantity(theirs.Quantity * (open / theirs.OpenBefore)));
        }
        if (_isVolumeLimited) quantity = Fillable(quantity, bar);
        if (!(quantity > 0)) return;
        var fill = theirs with
        {
            Time = bar.Time,
            Quantity = quantity,
            IsFirst = theirs.IsEntry && at < 0,
            // A manual order may close several trades and open one, and a recorded trade says what it has cost.
            Commission = theirs.Commission * (quantity / theirs.Quantity),
        };
        if (!theirs.IsEntry)
        {
            CloseTrade(at, fill, theirs.Reason, bar, index);
            return;
        }
        if (BuyingPower.Exceeds(_power.WithFee(_power.Outlay(fill.Price, quantity), fill.Commission), Available(fill.Price)))
        {
            var payable = _settings.ResizeToCash ? Payable(quantity, fill.Price, Available(fill.Price), fill.IsMaker) : 0;
            _events.CashShort(bar.Time);
            if (!(payable > 0))
            {
                _events.SignalEnded(theirs.Number, SignalEnd.NoCash, bar.Time);
                return;
            }
            _events.EntryCut(theirs.Number, bar.Time, payable);
            fill = fill with { Quantity = payable, Commission = theirs.Commission * (payable / theirs.Quantity) };
        }
        ref var order = ref NewOrder(OrderRole.Net, OrderType.Market, side, fill.Quantity, theirs.Time);
        order.TradeNumber = theirs.Number;
        if (at >= 0)
        {
            IncreaseTrade(order, fill, bar, index);
            return;
        }
        EnterTrade(order, fill, bar, index, theirs.IsAtOpen);
    }
}
