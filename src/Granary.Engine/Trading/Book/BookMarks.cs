using System.Runtime.CompilerServices;
using Granary.Engine.Market;

namespace Granary.Engine.Trading.Book;

/// <summary>Marks a book to each bar's close. It processes consecutive bars without a change of positions together.</summary>
internal static class BookMarks
{
    /// <summary>Marks all bars before an index.</summary>
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
                // The bar of an entry on the close does not count for the trade.
                var from = (int)Math.Max(book.Marked, trade.FirstWholeBar - block.FirstIndex);
                if (from < index) trade.Reach(Extremes.Least(block.Low[from..index]), Extremes.Greatest(block.High[from..index]));
            }
        book.Marked = index;
    }
}
