using System.Runtime.CompilerServices;
using Granary.Engine.Market;

namespace Granary.Engine.Trading.Book;

// Funding of a perpetual future. A funding comes after everything of the bars that have closed at its time, and before all of a bar that
// opens at it. Within a bar it comes after the orders at the bar's open, and before all others; smaller bars, if there are some, place it
// more exactly.
internal sealed partial class StrategyBook
{
    // Charges the funding up to the open of a bar, before its orders: at the last close, or at the price of the open if it is due then.
    private void FundToOpen(int index)
    {
        var (time, open) = (_block.TimeColumn[index], _block.OpenColumn[index]);
        var close = _marks.CloseBefore(index);
        while (_nextFunding < Instrument.Funding.Count && Instrument.Funding.Times[_nextFunding] is var at && at <= time)
            Fund(at == time ? open : close, index);
    }

    // Charges the funding within a bar, before a time: at the bar's open, which is the last price that is known for certain.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FundWithin(long end, int index)
    {
        while (_nextFunding < Instrument.Funding.Count && Instrument.Funding.Times[_nextFunding] < end)
            Fund(_block.OpenColumn[index], index);
    }

    private void Fund(double price, int index)
    {
        var (funding, number) = (Instrument.Funding, _nextFunding++);
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            var amount = funding.Amount(number, trade.Side == Side.Buy, price, _multiplier);
            if (amount == 0) continue;
            _meter.Funding += amount * trade.Quantity * RateAt(_block.TimeColumn[index]);
            PayFinancing(ref trade, FinancingKind.Funding, amount, _block.TimeColumn[index], index);
        }
    }
}
