using System.Runtime.CompilerServices;
using Granary.Engine.Market;

namespace Granary.Engine.Trading.Book;

// The stops and targets of open trades.
internal sealed partial class StrategyBook
{
    private void Trail(ref OpenTrade trade, double close)
    {
        var sign = (int)trade.Side;
        if (double.IsNaN(trade.TrailBest) || sign * (close - trade.TrailBest) > 0) trade.TrailBest = close;
        trade.TrailLevel = _instrument.RoundPrice(trade.TrailBest * (1 - sign * trade.TrailFraction));
    }

    // Whether the trade's stop or target closed it on this bar, or on this part of it.
    private bool Protect(ref OpenTrade trade, int at, in Bar part, in Bar bar, int index, long feedIndex)
    {
        if (feedIndex < trade.ProtectedFrom || !trade.IsProtected) return false;
        var isLong = trade.Side == Side.Buy;
        var stop = trade.Stop;
        var reason = ExitReason.Stop;
        if (trade.TrailFraction > 0 && trade.TrailLevel > 0 && (stop <= 0 || (isLong ? trade.TrailLevel > stop : trade.TrailLevel < stop)))
        {
            stop = trade.TrailLevel;
            reason = ExitReason.TrailingStop;
        }
        var stopped = stop > 0 && (isLong ? part.Low <= stop : part.High >= stop);
        // Entered after the open of just what is being tried: the rest of it is all that the trade has lived through.
        var enteredHere = trade.EntryIndex == feedIndex && !trade.EnteredAtOpen && trade.EntryStep == _step;
        var reached = trade.Target > 0 && !(trade.TargetWaits && enteredHere)
            && (isLong ? part.High >= trade.Target : part.Low <= trade.Target);
        if (!stopped && !reached) return false;
        // What lies beyond the smaller bars may have come before an entry on one of them.
        if (_step == Beyond && trade.EntryIndex == feedIndex && trade.EntryStep > 0) return false;
        // Where the market stands before the range is tried: at the open, or where the trade was entered after it.
        var from = enteredHere ? trade.EntryPrice : part.Open;
        var stopFirst = _execution.Intrabar == IntrabarRule.StopFirst;
        if (_execution.UsePath) stopFirst = IsStopFirst(trade, stop, stopped && reached, from, bar);
        if (stopped && (!reached || stopFirst))
        {
            var gapped = isLong ? from <= stop : from >= stop;
            if (_limited) return StopInParts(at, gapped ? from : stop, reason, bar, index);
            var price = Slipped((Side)(-(int)trade.Side), gapped ? from : stop, trade.Quantity, bar);
            var paid = default(OrderFees);
            CloseTrade(at, trade.Quantity, price, FeeOf(price, trade.Quantity, maker: false, bar.Time, ref paid), maker: false, default,
                reason, bar, index);
        }
        else
        {
            var gapped = isLong ? from > trade.Target : from < trade.Target;
            var price = trade.Target;
            var quantity = trade.Quantity;
            if (_limited)
            {
                quantity = Fillable(quantity, bar, index);
                if (quantity <= 0) return false;
                if (trade.TargetOrder.IsNone) trade.TargetOrder = NextOrder();
            }
            if (gapped)
            {
                price = Slipped((Side)(-(int)trade.Side), from, quantity, bar);
                price = isLong ? Math.Max(price, trade.Target) : Math.Min(price, trade.Target);
            }
            var fee = FeeOf(price, quantity, !gapped, bar.Time, ref trade.TargetFees);
            return CloseTrade(at, quantity, price, fee, maker: !gapped, _limited ? trade.TargetOrder : default, ExitReason.Target, bar,
                index);
        }
        return true;
    }

    // Which of a trade's stop and target comes first where smaller bars are asked for: one of them that opens beyond either has been there
    // before it went to the other, and what it leaves open the rule decides. It is counted how often it was the ones or the other.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsStopFirst(in OpenTrade trade, double stop, bool both, double from, in Bar bar)
    {
        var isLong = trade.Side == Side.Buy;
        var byRule = _execution.Intrabar == IntrabarRule.StopFirst;
        if (_step <= WholeBar)
        {
            if (both) _tradeMeter.IntrabarByRule++;
            return byRule;
        }
        bool? opensBeyond = !both ? null
            : (isLong ? from <= stop : from >= stop) ? true : (isLong ? from >= trade.Target : from <= trade.Target) ? false : null;
        if (both && opensBeyond is null) _tradeMeter.IntrabarByRule++;
        else if (stop > 0 && trade.Target > 0 && bar.Low <= Math.Min(stop, trade.Target) && bar.High >= Math.Max(stop, trade.Target))
            _tradeMeter.IntrabarByPath++;
        return opensBeyond ?? byRule;
    }

    // A stop that has traded is a market order, whose rest works on from the next open; an exit that was on its way gives way to it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool StopInParts(int at, double reference, ExitReason reason, in Bar bar, int index)
    {
        ref var trade = ref _trades[at];
        if (trade.EntryWorking) EndEntry(trade.Number, bar.Time);
        for (var i = _orders.Count - 1; trade.Exiting && i >= 0; i--)
        {
            if (_orders[i].Role != OrderRole.Exit || _orders[i].TradeNumber != trade.Number) continue;
            // One that is such a stop's own goes on.
            if (_orders[i].Reason is ExitReason.Stop or ExitReason.TrailingStop or ExitReason.MarginCall) return false;
            Drop(i, OrderState.Cancelled, bar.Time);
        }
        ref var order = ref NewExit(trade, OrderType.Market, reason, bar.Time);
        Send(ref order);
        trade.Exiting = true;
        return Fill(_orders.Count - 1, reference, bar, index, atOpen: false);
    }
}
