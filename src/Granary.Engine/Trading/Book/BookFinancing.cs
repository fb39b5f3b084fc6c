using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>Financing of positions: borrow fees, margin interest, dividends and splits.</summary>
internal static class BookFinancing
{
    /// <summary>
    /// Books the financing and splits since the last bar, for open trades and waiting orders; call it before a bar's orders are filled.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void BeginBar(StrategyBook book, int index)
    {
        if (!book.HasFinancing) return;
        var time = book.Block.TimeColumn[index];
        var before = book.Offset + index - 1;
        var close = before < 0 ? book.CloseBefore : book.Marks.CloseColumn[before];
        var rate = new FinancingRate(book.Execution);
        if (rate.IsCharged) Accrue(book, rate, time, close, index);
        for (; book.NextAction < book.ExTimes.Length && book.ExTimes[book.NextAction] <= time; book.NextAction++)
        {
            var action = book.Instrument.CorporateActions[book.NextAction];
            if (action.Dividend != 0) PayDividend(book, action, time, index);
            if (action.SplitRatio != 1) Split(book, action, time, index);
        }
    }

    // Charges the nights since the last bar, at the close before them: borrow fees on short positions, and interest on the part of long
    // positions that was bought on margin.
    private static void Accrue(StrategyBook book, FinancingRate rate, long time, double close, int index)
    {
        var lent = rate.ChargesInterest ? BookFunds.MarginPart(book, close) : 0;
        for (var i = 0; i < book.OpenTrades.Count; i++)
        {
            ref var trade = ref book.OpenTrades[i];
            var days = FinancingRate.Nights(ref trade.FinancedTo, time);
            if (days == 0) continue;
            if (trade.Side == Side.Sell && rate.ChargesBorrowFee)
                Book(book, ref trade, FinancingKind.BorrowFee, -close * book.Multiplier * rate.BorrowFee(days), time, index);
            else if (trade.Side == Side.Buy && lent > 0)
                Book(book, ref trade, FinancingKind.Interest, -close * book.Multiplier * rate.Interest(days) * lent, time, index);
        }
    }

    private static void PayDividend(StrategyBook book, CorporateAction action, long time, int index)
    {
        for (var i = 0; i < book.OpenTrades.Count; i++)
        {
            ref var trade = ref book.OpenTrades[i];
            if (trade.EntryTime < book.ExTimes[book.NextAction])
                Book(book, ref trade, FinancingKind.Dividend, (int)trade.Side * action.Dividend * book.Multiplier, time, index);
        }
    }

    // Books cash per open unit of a trade.
    private static void Book(StrategyBook book, ref OpenTrade trade, FinancingKind kind, double amount, long time, int index)
    {
        book.MarkTo(index);
        var cash = amount * trade.Quantity;
        book.Account.Pay(cash);
        trade.Financing += cash;
        book.TradeMeter.Financing += cash;
        BookEvents.Financed(book, trade.Number, kind, time, amount, cash);
    }

    // Quantities grow as prices fall, so that the value stays the same.
    private static void Split(StrategyBook book, CorporateAction action, long time, int index)
    {
        book.MarkTo(index);
        var (from, ratio) = (book.ExTimes[book.NextAction], action.SplitRatio);
        for (var i = 0; i < book.OpenTrades.Count; i++)
        {
            ref var trade = ref book.OpenTrades[i];
            if (trade.EntryTime >= from) continue;
            trade.Split(ratio, book.Instrument);
            BookEvents.Split(book, trade, time, action.ExDate, ratio);
        }
        book.Net = book.OpenTrades.Net(book.Multiplier);
        for (var i = 0; i < book.Orders.Count; i++)
            if (book.Orders[i].CreatedAt < from)
                book.Orders[i].Split(ratio, book.Instrument);
    }
}
