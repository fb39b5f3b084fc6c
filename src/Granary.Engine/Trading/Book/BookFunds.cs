using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>What a book's account can spend, and what its positions bind.</summary>
internal static class BookFunds
{
    /// <summary>What the size rule gives an entry at this price without a stop.</summary>
    public static double UsualQuantity(StrategyBook book, double price)
    {
        if (book.Shared is null) book.KnowsUsualQuantity = true;
        else book.Shared.KnowsUsualQuantity = true;
        return book.Settings.Size.Quantity(book.EquityAt(price), price, 0, book.Multiplier);
    }

    /// <summary>What new entries may cost.</summary>
    public static double Available(StrategyBook book, double price) =>
        book.Shared is null ? OwnAvailable(book, price) : book.Shared.Available(book, price);

    /// <summary>This book's part of it.</summary>
    public static double OwnAvailable(StrategyBook book, double price) =>
        book.Power.Available(book.Account.Cash, book.OwnEquity(price), book.OpenTrades, price);

    /// <summary>What new entries may cost when orders on their way are filled at the last close.</summary>
    public static double AvailableAfterOrders(StrategyBook book, double close) => Available(book, close) + PendingCash(book, close);

    private static double PendingCash(StrategyBook book, double close) =>
        book.Shared is not null ? book.Shared.PendingCash
        : book.OpenTrades.Count + book.Orders.Count == 0 ? 0
        : ExitProceeds(book, close) - Reserved(book, close);

    /// <summary>What market exits on their way will bring, at the last close.</summary>
    public static double ExitProceeds(StrategyBook book, double close)
    {
        var sum = 0.0;
        for (var i = 0; i < book.OpenTrades.Count; i++)
        {
            ref var trade = ref book.OpenTrades[i];
            if (!trade.Exiting) continue;
            sum += book.Power.Released(trade, trade.Quantity, close)
                - book.Execution.Fee.Fee(close, trade.Quantity, book.Multiplier, maker: false);
        }
        return sum;
    }

    /// <summary>What waiting market entries will cost, so that cash is not reserved twice.</summary>
    public static double Reserved(StrategyBook book, double close)
    {
        var sum = 0.0;
        for (var i = 0; i < book.Orders.Count; i++)
        {
            ref var order = ref book.Orders[i];
            if (order.Role == OrderRole.Entry && order.Type.IsAtMarket())
                sum += book.Power.Cost(close, order.Rest, maker: false);
        }
        return sum;
    }

    /// <summary>How much of a quantity can be paid, in whole lots where it is cut.</summary>
    public static double Payable(StrategyBook book, double wanted, double price, double available, bool maker)
    {
        var payable = book.Power.Payable(wanted, price, available, maker);
        return payable == wanted ? wanted : book.Instrument.RoundQuantity(payable);
    }

    /// <summary>The equity that the open trades need.</summary>
    public static double Requirement(StrategyBook book, double price) => book.Power.Requirement(book.OpenTrades, price);

    /// <summary>
    /// The balance that may be lent or owed: cash without the proceeds of what is short, which stay with the lender of the shares at their
    /// market value. An instrument with a margin per unit settles its gains and losses, and nothing is paid for it.
    /// </summary>
    public static double SettledCash(StrategyBook book, double price) =>
        book.Power.IsMargined ? book.OwnEquity(price)
            : book.Account.Cash - book.OpenTrades.QuantityOf(Side.Sell) * price * book.Multiplier;

    /// <summary>What is long and was paid for, at its market value.</summary>
    public static double LongValue(StrategyBook book, double price) =>
        book.Power.IsMargined ? 0 : book.OpenTrades.QuantityOf(Side.Buy) * price * book.Multiplier;

    /// <summary>Which part of what is long was paid with borrowed money.</summary>
    public static double LentPart(StrategyBook book, double close)
    {
        if (book.Power.IsMargined) return 0;
        var (settled, value) = book.Shared is null ? (SettledCash(book, close), LongValue(book, close))
            : (book.Shared.SettledCash, book.Shared.LongValue);
        return FinancingRate.LentPart(settled, value);
    }
}
