using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>Decides which bars a book has to look at: those that reach a stop, a target or the ruin of the account.</summary>
internal static class BookTriggers
{
    // An account that has more equity than this part of its position's value is not looked at any closer.
    private const double NearRuin = 0.05;

    /// <summary>To be called after anything changed.</summary>
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
        // Notices, too, make the run loop stop, so that they are delivered at the bar that they are about.
        book.Active = book.Orders.Count > 0 || everyBar || low > double.NegativeInfinity || high < double.PositiveInfinity
            || book.HasNotices;
    }

    // Prices of this block that would end the account; a block that does not go as far is run as fast as one without a position.
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
    /// Whether closing all open trades at a price would leave nothing. A shared account is looked at by its run, at the closes of all
    /// symbols.
    /// </summary>
    public static bool IsRuinedAt(StrategyBook book, double price)
    {
        if (book.OpenTrades.Count == 0 || book.Shared is not null) return false;
        var equity = book.OwnEquity(price);
        return equity <= NearRuin * Math.Abs(book.Net) * price
            && equity <= RuinPrice.CostToClose(book.OpenTrades, price, book.Execution.Fee, book.Multiplier);
    }

    /// <summary>Whether a bar, or a part of one, goes as far as the ruin of the account as it stands now.</summary>
    public static bool IsRuinedWithin(StrategyBook book, in Bar part) =>
        book.OpenTrades.Count > 0 && IsRuinedAt(book, book.Net < 0 ? part.High : part.Low);

    /// <summary>The price that leaves nothing of the account; NaN where there is none.</summary>
    public static double RuinLevel(StrategyBook book) =>
        RuinPrice.Of(book.Account.Cash, book.Net, book.OpenTrades, book.Execution.Fee, book.Multiplier);

    /// <summary>Whether the equity is below what the open trades need.</summary>
    public static bool IsCalledAt(StrategyBook book, double price) =>
        book.OpenTrades.Count > 0 && book.OwnEquity(price) < book.Power.Requirement(book.OpenTrades, price);
}
