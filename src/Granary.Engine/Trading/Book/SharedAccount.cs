using Granary.Engine.Analysis;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>
/// The one account of a strategy that trades several instruments, each in a book of its own: a book's cash is what its fills have brought
/// and cost.
/// </summary>
internal sealed class SharedAccount(double cash, ExecutionSettings execution)
{
    private StrategyBook[] _books = [];
    private TradeMeter _trades;

    /// <summary>What it has traded lately; null where no fee depends on it.</summary>
    public TradedNotional? Traded { get; } = execution.Fee.TierDays > 0 ? new TradedNotional(execution.Fee.TierDays) : null;

    /// <summary>Whether its equity, at the last closes, is below what its positions need.</summary>
    public bool IsCalled
    {
        get
        {
            if (execution.Maintenance <= 0) return false;
            var needed = 0.0;
            foreach (var book in _books) needed += BookFunds.Requirement(book, book.LastPrice);
            return needed > 0 && Equity < needed;
        }
    }

    /// <summary>The account had no equity left and was closed; it stays at zero.</summary>
    public bool IsRuined { get; private set; }

    /// <summary>Nothing is left: nothing is traded any more in any of its books.</summary>
    public void Close()
    {
        IsRuined = true;
        foreach (var book in _books) BookTrades.CloseAccount(book);
    }

    /// <summary>Whether no other book than this one has an open trade.</summary>
    public bool IsLast(StrategyBook one)
    {
        foreach (var book in _books)
            if (book != one && book.OpenTradeCount > 0)
                return false;
        return true;
    }

    public int Signals;

    /// <summary>The strategy has asked what its size rule gives, so that quantities of its own depend on its equity.</summary>
    public bool KnowsUsualQuantity { get; set; }

    public long LastOrderId;

    /// <summary>Closed trades of all books, in the order of their closing.</summary>
    public TradeMeter Trades
    {
        get
        {
            var trades = _trades;
            foreach (var book in _books)
            {
                trades.Commission += book.TradeMeter.Commission;
                trades.Financing += book.TradeMeter.Financing;
                trades.IntrabarByPath += book.TradeMeter.IntrabarByPath;
                trades.IntrabarByRule += book.TradeMeter.IntrabarByRule;
            }
            return trades;
        }
    }

    /// <summary>Cash and positions, marked at the last closes.</summary>
    public double Equity => Mark(out _);

    /// <summary>The equity, and whether anything is held, long and short that cancel included.</summary>
    public double Mark(out bool holds)
    {
        var equity = cash;
        holds = false;
        // Sums of books leave crumbs behind.
        if (IsRuined) return 0;
        foreach (var book in _books)
        {
            equity += book.OwnEquity(book.LastPrice);
            holds |= book.OpenTradeCount > 0;
        }
        return equity;
    }

    public double Cash
    {
        get
        {
            var sum = cash;
            foreach (var book in _books) sum += book.Account.Cash;
            return sum;
        }
    }

    /// <summary>What exits on their way will bring, less what waiting market entries will cost.</summary>
    public double PendingCash
    {
        get
        {
            var sum = 0.0;
            foreach (var book in _books)
            {
                sum += BookFunds.ExitProceeds(book, book.LastPrice) - BookFunds.Reserved(book, book.LastPrice);
            }
            return sum;
        }
    }

    /// <summary>
    /// Cash without the proceeds of what is short, gains and losses of margined instruments settled; below 0 the account owes it.
    /// </summary>
    public double SettledCash
    {
        get
        {
            var sum = cash;
            foreach (var book in _books) sum += BookFunds.SettledCash(book, book.LastPrice);
            return sum;
        }
    }

    /// <summary>What is long and was paid for, at the last closes.</summary>
    public double LongValue
    {
        get
        {
            var sum = 0.0;
            foreach (var book in _books) sum += BookFunds.LongValue(book, book.LastPrice);
            return sum;
        }
    }

    public bool IsExposed
    {
        get
        {
            foreach (var book in _books)
                if (book.OpenTradeCount > 0)
                    return true;
            return false;
        }
    }

    /// <summary>Notifies the observers of all exits that are on their way.</summary>
    public void NotifyExiting(long time)
    {
        foreach (var book in _books) BookEvents.NotifyExiting(book, time);
    }

    public void Take(StrategyBook[] books) => _books = books;

    /// <summary>What new entries may cost, with one book's instrument at this price and the others at their last closes.</summary>
    public double Available(StrategyBook asking, double price)
    {
        var available = execution.Leverage > 0 ? cash * execution.Leverage : cash;
        foreach (var book in _books) available += BookFunds.OwnAvailable(book, book == asking ? price : book.LastPrice);
        return available;
    }

    public void Add(double net, int bars) => _trades.Add(net, bars);
}
