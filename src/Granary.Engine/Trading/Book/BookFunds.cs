using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>Cash that a book's account can spend, and cash that its positions tie up.</summary>
internal static class BookFunds
{
    /// <summary>Returns the quantity of an entry at this price by the size rule, without a stop.</summary>
    public static double UsualQuantity(StrategyBook book, double price)
    {
        if (book.Shared is null) book.KnowsUsualQuantity = true;
        else book.Shared.KnowsUsualQuantity = true;
        return book.Settings.Size.Quantity(book.EquityAt(price), price, 0, book.Multiplier);
    }

    /// <summary>Returns the amount that new entries may cost.</summary>
    public static double Available(StrategyBook book, double price) =>
        book.Shared is null ? OwnAvailable(book, price) : book.Shared.Available(book, price);

    /// <summary>This book's share of the cash available for new entries.</summary>
    public static double OwnAvailable(StrategyBook book, double price) =>
        book.Power.Available(book.Account.Cash, book.OwnEquity(price), book.OpenTrades, price);

    /// <summary>Returns the amount that new entries may cost after pending orders are filled at the last close.</summary>
    public static double AvailableAfterOrders(StrategyBook book, double close) => Available(book, close) + PendingCash(book, close);

    private static double PendingCash(StrategyBook book, double close) =>
        book.Shared is not null ? book.Shared.PendingCash
        : book.OpenTrades.Count + book.Orders.Count == 0 ? 0
        : ExitProceeds(book, close) - Reserved(book, close);

    /// <summary>Returns the proceeds of pending market exits at the last close.</summary>
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

    /// <summary>Returns the cost of pending market entries, so that cash is not reserved twice.</summary>
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

    /// <summary>The part of a quantity that the cash pays for; in whole lots if it is reduced.</summary>
    public static double Payable(StrategyBook book, double wanted, double price, double available, bool maker)
    {
        var payable = book.Power.Payable(wanted, price, available, maker);
        return payable == wanted ? wanted : book.Instrument.RoundQuantity(payable);
    }

    /// <summary>The maintenance requirement of the open trades.</summary>
    public static double Requirement(StrategyBook book, double price) => book.Power.Requirement(book.OpenTrades, price);

    /// <summary>
    /// Cash without the proceeds of short sales, at the shares' market value, since the lender of the shares keeps them. Interest is
    /// charged on it if it is negative. An instrument with a margin per unit settles gains and losses in cash, so its balance is the
    /// equity.
    /// </summary>
    public static double SettledCash(StrategyBook book, double price) =>
        book.Power.IsMargined ? book.OwnEquity(price)
            : book.Account.Cash - book.OpenTrades.QuantityOf(Side.Sell) * price * book.Multiplier;

    /// <summary>Returns the market value of long positions; 0 for an instrument with a margin per unit.</summary>
    public static double LongValue(StrategyBook book, double price) =>
        book.Power.IsMargined ? 0 : book.OpenTrades.QuantityOf(Side.Buy) * price * book.Multiplier;

    /// <summary>Returns the fraction of the long value that was bought on margin.</summary>
    public static double MarginPart(StrategyBook book, double close)
    {
        if (book.Power.IsMargined) return 0;
        var (settled, value) = book.Shared is null ? (SettledCash(book, close), LongValue(book, close))
            : (book.Shared.SettledCash, book.Shared.LongValue);
        return FinancingRate.MarginPart(settled, value);
    }
}
