using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>The fees of a book's fills.</summary>
internal static class BookFees
{
    /// <summary>The fee of an order's next fill, quote currency.</summary>
    /// <param name="paid">Fees of the order so far; updated with this fill.</param>
    public static double Next(StrategyBook book, double price, double quantity, bool maker, long time, ref OrderFees paid) =>
        book.HasProportionalFees
        ? book.Execution.Fee.Fee(price, quantity, book.Multiplier, maker)
        : book.Execution.Fee.NextFee(price, quantity, book.Multiplier, maker, book.Traded?.At(time) ?? 0, ref paid);
}
