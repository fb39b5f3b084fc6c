using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>Decides which bars a book must process: those that reach an order, a stop, a target or the ruin of the account.</summary>
internal static class BookTriggers
{
    // Ruin is only computed exactly once the equity falls to this share of the position's value.
    private const double NearRuin = 0.05;

    /// <summary>Computes the trigger levels again; call it after any change.</summary>
    public static void Refresh(StrategyBook book)
    {
        var (low, high) = (double.NegativeInfinity, double.PositiveInfinity);
        var everyBar = false;
        for (var i = 0; i < book.OpenTrades.Count; i++)
        {
            ref var trade = ref book.OpenTrades[i];
            ref var p = ref trade.Protection;
            var (below, above) = trade.Side == Side.Buy ? (p.Stop, p.Target) : (p.Target, p.Stop);
            if (below > 0 && below > low) low = below;
            if (above > 0 && above < high) high = above;
            everyBar |= p.TrailFraction > 0 || book.Settings.MaxBars > 0 || trade.TimeExit != long.MaxValue;
        }
        if (book.OpenTrades.Count > 0 && (book.HasFinancing || book.Execution.Maintenance > 0)) everyBar = true;
        if (book.Net < 0 || book.Account.Cash < 0) WatchRuin(book, ref low, ref high);
        book.TriggerLow = low;
        book.TriggerHigh = high;
        book.EveryBar = everyBar;
        // Pending notices also stop the run loop, so that they are delivered at their own bar.
        book.Active = book.Orders.Count > 0 || everyBar || low > double.NegativeInfinity || high < double.PositiveInfinity
            || book.HasNotices;
    }

    // Sets the prices of this block that would ruin the account. A block that does not reach them runs as fast as one without a position.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WatchRuin(StrategyBook book, ref double low, ref double high)
    {
        if (book.Shared is not null) return;
        var worst = book.Net < 0 ? book.Block.HighestHigh : book.Block.LowestLow;
        if (!IsRuinedAt(book, worst)) return;
        var level = RuinLevel(book);
        if (book.Net < 0) high = Math.Min(high, level);
        else low = Math.Max(low, level);
    }

    /// <summary>
    /// Whether closing all open trades at a price would leave no equity. For a shared account, its run checks this at the closes of all
    /// symbols.
    /// </summary>
    public static bool IsRuinedAt(StrategyBook book, double price)
    {
        if (book.OpenTrades.Count == 0 || book.Shared is not null) return false;
        var equity = book.OwnEquity(price);
        return equity <= NearRuin * Math.Abs(book.Net) * price
            && equity <= RuinPrice.CostToClose(book.OpenTrades, price, book.Execution.Fee, book.Multiplier);
    }

    /// <summary>Whether a bar, or a part of one, reaches the price at which the account's current position ruins it.</summary>
    public static bool IsRuinedWithin(StrategyBook book, in Bar part) =>
        book.OpenTrades.Count > 0 && IsRuinedAt(book, book.Net < 0 ? part.High : part.Low);

    /// <summary>The price at which the account has no equity left; NaN if there is none.</summary>
    public static double RuinLevel(StrategyBook book) =>
        RuinPrice.Of(book.Account.Cash, book.Net, book.OpenTrades, book.Execution.Fee, book.Multiplier);

    /// <summary>Whether the equity is below the maintenance requirement of the open trades.</summary>
    public static bool IsCalledAt(StrategyBook book, double price) =>
        book.OpenTrades.Count > 0 && book.OwnEquity(price) < book.Power.Requirement(book.OpenTrades, price);
}
