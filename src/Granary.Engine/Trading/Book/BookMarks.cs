using System.Runtime.CompilerServices;
using Granary.Engine.Market;

namespace Granary.Engine.Trading.Book;

/// <summary>Marks a book at each bar's close, in stretches of bars over which nothing changed.</summary>
internal static class BookMarks
{
    /// <summary>Marks as far as a place in the bars that are marked together.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Mark(StrategyBook book, int index)
    {
        var block = book.Marks;
        if (book.Shared is null)
            book.EquityMeter.Mark(book.Account.Cash, book.Net, book.OpenTrades.Count > 0, block, book.Calendar, book.Marked, index);
        if (book.TracksExcursions)
            for (var i = 0; i < book.OpenTrades.Count; i++)
            {
                ref var trade = ref book.OpenTrades[i];
                // A trade that was entered on a close has not lived through that bar.
                var from = (int)Math.Max(book.Marked, trade.FirstWholeBar - block.FirstIndex);
                if (from < index) trade.Reach(Extremes.Least(block.Low[from..index]), Extremes.Greatest(block.High[from..index]));
            }
        book.Marked = index;
    }
}
