using Granary.Engine.Analysis;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>
/// The account of a strategy that trades several instruments, each in its own book. A book's cash is the sum of the cash flows of its
/// fills.
/// </summary>
/// <param name="from">The account's first bar, UTC ticks; interest begins at it.</param>
/// <param name="until">The bar at which another account takes over, UTC ticks.</param>
internal sealed class SharedAccount(double cash, ExecutionSettings execution, long from = long.MinValue, long until = long.MaxValue)
{
    private InterestNights _nights = new(from, until);
    private StrategyBook[] _books = [];
    private TradeMeter _trades;
    private int _signals;
    // Whether debts in other currencies have closed it without positions.
    private bool _endedFlat;
    private long _orders;
    // The part of the long positions that was bought on margin, as the books of a time have found it.
    private (long Time, double Part) _lent = (long.MinValue, 0);

    /// <summary>Recently traded value; null if no fee depends on it.</summary>
    public TradedNotional? Traded { get; } = execution.Fee.TierDays > 0 ? new TradedNotional(execution.Fee.TierDays) : null;

    /// <summary>Whether its equity at the last closes is below the maintenance requirement.</summary>
    public bool IsCalled
    {
        get
        {
            if (execution.CallRate <= 0) return false;
            var needed = Sum(0, b => b.Requirement(b.LastPrice));
            return needed > 0 && Equity < needed;
        }
    }

    /// <summary>The equity at which all positions are closed: 0, or with cross margin what they require at the last closes.</summary>
    public double Floor => execution.Margin == MarginMode.Cross ? Sum(0, b => b.MarginRequirement(b.LastPrice)) : 0;

    /// <summary>Whether the account had no equity left and was closed; its equity then stays at zero.</summary>
    public bool IsRuined { get; private set; }

    /// <summary>Whether a book owes something in its currency, so that a rate alone can leave the account without equity.</summary>
    public bool Owes
    {
        get
        {
            foreach (var book in _books)
                if (book.Owes)
                    return true;
            return false;
        }
    }

    /// <summary>
    /// Whether its positions have to be liquidated at the last closes. An account without any is closed if debts have left no equity.
    /// </summary>
    public bool EndsAtCloses()
    {
        var equity = Mark(out var holds);
        if (holds) return equity <= Floor;
        EndFlat(equity);
        return false;
    }

    /// <summary>Closes the account without positions if its debts in other currencies have left no equity.</summary>
    /// <param name="equity">Of <see cref="Mark"/>.</param>
    /// <returns>Whether it has closed the account.</returns>
    public bool EndFlat(double equity)
    {
        if (equity > 0 || IsRuined || !Owes) return false;
        _endedFlat = true;
        foreach (var book in _books) book.Clear();
        Close();
        return true;
    }

    /// <summary>Closes the ruined account: none of its books trades any more.</summary>
    public void Close()
    {
        IsRuined = true;
        foreach (var book in _books) book.Close();
    }

    /// <summary>Whether no book other than this one has an open trade.</summary>
    public bool IsLast(StrategyBook one)
    {
        foreach (var book in _books)
            if (book != one && book.OpenTradeCount > 0)
                return false;
        return true;
    }

    /// <summary>Whether the strategy has read the quantity of its size rule, so its own quantities depend on the equity.</summary>
    public bool KnowsUsualQuantity { get; set; }

    /// <summary>Closed trades of all books, in the order of their closing.</summary>
    public TradeMeter Trades
    {
        get
        {
            var trades = _trades;
            foreach (var book in _books)
            {
                trades.Commission += book.Trades.Commission;
                trades.Financing += book.Trades.Financing;
                trades.Funding += book.Trades.Funding;
                trades.Liquidations += book.Trades.Liquidations;
                trades.IntrabarByPath += book.Trades.IntrabarByPath;
                trades.IntrabarByRule += book.Trades.IntrabarByRule;
            }
            return trades;
        }
    }

    /// <summary>Cash plus positions, marked at the last closes.</summary>
    public double Equity => Mark(out _);

    /// <summary>Returns the equity, and whether a position is held, also if longs and shorts cancel.</summary>
    public double Mark(out bool holds)
    {
        var equity = cash;
        holds = false;
        // The sum over the books leaves a rounding remainder.
        if (IsRuined) return 0;
        foreach (var book in _books)
        {
            equity += book.InAccount(book.OwnEquity(book.LastPrice));
            holds |= book.OpenTradeCount > 0;
        }
        return equity;
    }

    public double Cash => _endedFlat ? 0 : Sum(cash, b => b.Cash);

    /// <summary>Proceeds of pending exits less the cost of pending market entries.</summary>
    public double PendingCash => Sum(0, b => b.OwnPendingCash(b.LastPrice));

    /// <summary>
    /// Cash without the proceeds of short sales, with gains and losses of margined instruments settled; negative = the account owes it.
    /// </summary>
    public double SettledCash => Sum(cash, b => b.SettledCash(b.LastPrice));

    /// <summary>Market value of long positions at the last closes, without instruments that have a margin per unit.</summary>
    public double LongValue => Sum(0, b => b.LongValue(b.LastPrice));

    // Amounts of the books in the account's currency, in their order.
    private double Sum(double first, Func<StrategyBook, double> amount)
    {
        var sum = first;
        foreach (var book in _books) sum += book.InAccount(amount(book));
        return sum;
    }

    /// <summary>
    /// Returns the fraction of the long value that was bought on margin at the last closes. All books pay the nights before a time by what
    /// it was before the first of them did.
    /// </summary>
    /// <param name="time">UTC ticks.</param>
    public double MarginPart(long time)
    {
        if (_lent.Time != time) _lent = (time, FinancingRate.MarginPart(SettledCash, LongValue));
        return _lent.Part;
    }

    /// <summary>Books the interest of the nights before a time, on the balances at the last closes. Call it before its bars.</summary>
    /// <param name="time">Open time of the bars, UTC ticks.</param>
    public void BookInterest(long time)
    {
        if (execution.Interest is not { } interest || IsRuined || !_nights.Next(time, out var nights)) return;
        var own = cash;
        foreach (var book in _books) own += book.IsForeign ? book.OwnCash : book.InterestBalance(book.LastPrice);
        // All balances are those before the first payment.
        List<(StrategyBook Book, double Amount)> foreign = [];
        for (var i = 0; i < _books.Length; i++)
        {
            var currency = _books[i].Instrument.Currency;
            if (!_books[i].IsForeign || Array.FindIndex(_books, b => b.Instrument.Currency == currency) < i) continue;
            var balance = 0.0;
            foreach (var book in _books)
                if (book.Instrument.Currency == currency)
                    balance += book.InterestBalance(book.LastPrice);
            foreign.Add((_books[i], interest.Of(currency)!.Of(balance, nights.From, nights.To)));
        }
        if (_books.Length > 0)
            _books[0].PayInterest(FinancingKind.CashInterest, interest.Own.Of(own, nights.From, nights.To), time);
        foreach (var (book, amount) in foreign) book.PayInterest(FinancingKind.BalanceInterest, amount, time);
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

    /// <summary>Reports the pending exits of all books.</summary>
    public void ReportExiting(long time)
    {
        foreach (var book in _books) book.ReportExiting(time);
    }

    public void Take(StrategyBook[] books) => _books = books;

    /// <summary>
    /// Returns the amount that new entries may cost, with one book's instrument at this price and the others at their last closes.
    /// </summary>
    public double Available(StrategyBook? asking, double price)
    {
        var available = execution.EffectiveLeverage > 0 ? cash * execution.EffectiveLeverage : cash;
        foreach (var book in _books) available += book.InAccount(book.OwnAvailable(book == asking ? price : book.LastPrice));
        return available;
    }

    /// <summary>Returns the amount that new entries may cost at the last closes.</summary>
    public double Available() => Available(null, 0);

    /// <summary>Returns the part of a cost, from 0 to 1, that an amount pays for.</summary>
    public static double PayablePart(double cost, double available) =>
        BuyingPower.Exceeds(cost, available) ? Math.Max(0, available / cost) : 1;

    /// <summary>Returns the next number of an order or signal, over all books.</summary>
    public long NextOrder() => ++_orders;

    /// <inheritdoc cref="NextOrder"/>
    public int NextSignal() => ++_signals;

    /// <summary>Adds a closed trade.</summary>
    public void Add(double net, int bars) => _trades.Add(net, bars);
}
