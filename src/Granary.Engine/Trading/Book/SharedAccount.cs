using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>
/// The account of several books, each with one instrument at one timeframe: its cash, its balances in other currencies, and what it can
/// spend. A strategy of several symbols, the portfolio and the simulated exchange have one.
/// </summary>
/// <param name="from">The account's first bar, UTC ticks; interest begins at it.</param>
/// <param name="until">The bar at which another account takes over, UTC ticks.</param>
internal sealed class SharedAccount(double cash, ExecutionSettings execution, long from = long.MinValue, long until = long.MaxValue)
{
    private readonly OwnCash _own = new(cash);
    private readonly List<StrategyBook> _books = [];
    private readonly List<AccountMarket> _markets = [];
    private readonly Dictionary<string, AccountMarket> _marketOf = new(StringComparer.Ordinal);
    private readonly List<(string Name, ForeignBalance Balance)> _currencies = [];
    // Books with an exit or an entry at the market that waits, in the order of their making.
    private readonly List<StrategyBook> _pending = [];
    private InterestNights _nights = new(from, until);
    private TradeMeter _trades;
    private int _signals, _open;
    private long _orders;
    // The part of the long positions that was bought on margin, as the books of a time have found it.
    private (long Time, double Part) _lent = (long.MinValue, 0);

    /// <summary>Its books in the order of their making.</summary>
    public IReadOnlyList<StrategyBook> Books => _books;

    /// <summary>Its instruments by symbol.</summary>
    public IReadOnlyList<AccountMarket> Markets => _markets;

    /// <summary>Recently traded value; null if no fee depends on it.</summary>
    public TradedNotional? Traded { get; } = execution.Fee.TierDays > 0 ? new TradedNotional(execution.Fee.TierDays) : null;

    /// <summary>Whether the strategy has read the quantity of its size rule, so its own quantities depend on the equity.</summary>
    public bool KnowsUsualQuantity { get; set; }

    /// <summary>The number of open trades.</summary>
    public int OpenTrades => _open;

    // ---- books ----

    /// <summary>Returns an instrument of the account, which is added where it is new.</summary>
    public AccountMarket MarketOf(Instrument instrument)
    {
        if (_marketOf.TryGetValue(instrument.Symbol, out var market)) return market;
        market = new AccountMarket(instrument, execution, instrument.Rates.IsForeign ? BalanceIn(instrument) : null);
        // Sums do not depend on the order in which symbols are named.
        var at = _markets.Count;
        while (at > 0 && string.CompareOrdinal(_markets[at - 1].Instrument.Symbol, instrument.Symbol) > 0) at--;
        _markets.Insert(at, market);
        _marketOf.Add(instrument.Symbol, market);
        return market;
    }

    private ForeignBalance BalanceIn(Instrument instrument)
    {
        foreach (var (name, known) in _currencies)
            if (name == instrument.Currency)
                return known;
        var balance = new ForeignBalance(_own, instrument.Rates, execution);
        var at = _currencies.Count;
        while (at > 0 && string.CompareOrdinal(_currencies[at - 1].Name, instrument.Currency) > 0) at--;
        _currencies.Insert(at, (instrument.Currency, balance));
        return balance;
    }

    /// <summary>Adds a book.</summary>
    /// <returns>Its index.</returns>
    public int Add(StrategyBook book)
    {
        _books.Add(book);
        return _books.Count - 1;
    }

    /// <summary>A book has opened or closed trades.</summary>
    /// <param name="more">The change of their number.</param>
    public void Count(AccountMarket market, int more)
    {
        _open += more;
        market.OpenTrades += more;
    }

    /// <summary>Sets whether a book has an exit or an entry at the market that waits.</summary>
    public void Await(StrategyBook book, bool isPending)
    {
        var at = _pending.Count;
        while (at > 0 && _pending[at - 1].Place >= book.Place) at--;
        var isKnown = at < _pending.Count && _pending[at] == book;
        if (isPending && !isKnown) _pending.Insert(at, book);
        else if (!isPending && isKnown) _pending.RemoveAt(at);
    }

    /// <summary>Whether no book other than this one has an open trade.</summary>
    public bool IsLast(StrategyBook one) => _open == one.OpenTradeCount;

    /// <summary>Whether no other currency than this one's own has an open trade beside one trade of it.</summary>
    public bool IsLastIn(ForeignBalance balance)
    {
        var open = 0;
        foreach (var market in _markets)
            if (market.Foreign == balance)
                open += market.OpenTrades;
        return open == 1;
    }

    public bool IsExposed => _open > 0;

    /// <summary>Returns the next number of an order or signal, over all books.</summary>
    public long NextOrder() => ++_orders;

    /// <inheritdoc cref="NextOrder"/>
    public int NextSignal() => ++_signals;

    /// <summary>Adds a closed trade.</summary>
    public void Add(double net, int bars) => _trades.Add(net, bars);

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

    // ---- cash and equity, account currency ----

    /// <summary>All balances at the rates of now, proceeds of short sales included.</summary>
    public double Cash
    {
        get
        {
            var sum = _own.Cash;
            foreach (var (_, balance) in _currencies) sum += balance.Held * balance.Rate;
            return sum;
        }
    }

    /// <summary>Cash in the account's own currency.</summary>
    public double OwnBalance => _own.Cash;

    /// <summary>The balances in other currencies, by currency.</summary>
    public IReadOnlyList<(string Name, ForeignBalance Balance)> Currencies => _currencies;

    /// <summary>Books cash in the account's currency.</summary>
    public void Pay(double amount) => _own.Cash += amount;

    /// <summary>Books a fill in the account's currency.</summary>
    public void Book(Side side, double quantity, double price, double multiplier, double fee) =>
        _own.Cash -= (int)side * quantity * price * multiplier + fee;

    /// <summary>Moves all balances to the rates of a time.</summary>
    /// <param name="time">UTC ticks.</param>
    public void ValueAt(long time)
    {
        foreach (var (_, balance) in _currencies) balance.ValueAt(time);
    }

    /// <summary>Cash plus positions, marked at the last closes.</summary>
    public double Equity => EquityWith(null, 0);

    // With one instrument at a price.
    private double EquityWith(AccountMarket? one, double price)
    {
        // The sum over the positions leaves a rounding remainder.
        if (IsRuined) return 0;
        var equity = Cash;
        foreach (var market in _markets)
            if (market.OpenTrades > 0)
                equity += market.Sums.Net * market.Rate * (market == one ? price : market.Price);
        return equity;
    }

    /// <summary>Returns the equity, and whether a position is held, also if longs and shorts cancel.</summary>
    public double Mark(out bool holds)
    {
        holds = _open > 0;
        return Equity;
    }

    // ---- what can be spent ----

    /// <summary>
    /// Returns the amount that new entries may cost, with one instrument at this price and the others at their last closes. It is the cash
    /// that neither collateral of shorts nor a margin ties up, or with leverage the permitted multiple of the equity less the positions.
    /// </summary>
    public double Available(AccountMarket? asking, double price)
    {
        var spendable = new Spendable(execution, Cash, execution.EffectiveLeverage > 0 ? EquityWith(asking, price) : 0);
        foreach (var market in _markets)
            if (market.OpenTrades > 0) spendable.Settle(market.Power, market.Sums, market == asking ? price : market.Price, market.Rate);
        foreach (var market in _markets)
            if (market.OpenTrades > 0) spendable.TieUp(market.Power, market.Sums, market == asking ? price : market.Price, market.Rate);
        return spendable.Amount;
    }

    /// <summary>Returns the amount that new entries may cost at the last closes.</summary>
    public double Available() => Available(null, 0);

    /// <summary>
    /// Proceeds of exits at the market that wait less the cost of entries at the market that wait. An order that waits for its price binds
    /// no cash before it fills.
    /// </summary>
    public double PendingCash
    {
        get
        {
            var sum = 0.0;
            foreach (var book in _pending) sum += book.InAccount(book.OwnPendingCash(book.OwnClose));
            return sum;
        }
    }

    /// <summary>The cost of entries at the market that wait.</summary>
    public double PendingCost
    {
        get
        {
            var sum = 0.0;
            foreach (var book in _pending) sum += book.InAccount(book.Reserved(book.OwnClose));
            return sum;
        }
    }

    /// <summary>Returns the part of a cost, from 0 to 1, that an amount pays for.</summary>
    public static double PayablePart(double cost, double available) =>
        BuyingPower.Exceeds(cost, available) ? Math.Max(0, available / cost) : 1;

    // ---- the end of the account ----

    /// <summary>Whether its equity at the last closes is below the maintenance requirement.</summary>
    public bool IsCalled
    {
        get
        {
            if (execution.CallRate <= 0 || _open == 0) return false;
            var needed = 0.0;
            foreach (var market in _markets)
                if (market.OpenTrades > 0)
                    needed += market.Power.Requirement(market.Sums, market.Price) * market.Rate;
            return needed > 0 && Equity < needed;
        }
    }

    /// <summary>The equity at which all positions are closed: 0, or with cross margin what they require at the last closes.</summary>
    public double Floor
    {
        get
        {
            var needed = 0.0;
            if (execution.Margin != MarginMode.Cross) return needed;
            foreach (var market in _markets)
                if (market.OpenTrades > 0)
                    needed += market.Margin.Requirement(market.Price, market.Sums.Longs, market.Sums.Shorts) * market.Rate;
            return needed;
        }
    }

    /// <summary>Whether the account had no equity left and was closed; its equity then stays at zero.</summary>
    public bool IsRuined { get; private set; }

    /// <summary>Whether it owes something in a currency, so that a rate alone can leave the account without equity.</summary>
    public bool Owes
    {
        get
        {
            foreach (var (_, balance) in _currencies)
                if (balance.Owes)
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
        Close();
        return true;
    }

    /// <summary>Closes the ruined account: none of its books trades any more.</summary>
    public void Close()
    {
        IsRuined = true;
        _own.Cash = 0;
        foreach (var (_, balance) in _currencies) balance.Clear();
        foreach (var book in _books) book.Close();
    }

    // ---- interest ----

    /// <summary>
    /// Returns the fraction of the long value that was bought on margin at the last closes. All books pay the nights before a time by what
    /// it was before the first of them did.
    /// </summary>
    /// <param name="time">UTC ticks.</param>
    public double MarginPart(long time)
    {
        if (_lent.Time == time) return _lent.Part;
        var (settled, longs) = (Cash, 0.0);
        foreach (var market in _markets)
        {
            if (market.OpenTrades == 0) continue;
            var (sums, unit) = (market.Sums, market.Price * market.Instrument.Multiplier * market.Rate);
            if (market.Power.IsMargined)
            {
                settled += sums.Net * market.Price * market.Rate;
                continue;
            }
            settled -= sums.Shorts * unit;
            longs += sums.Longs * unit;
        }
        _lent = (time, FinancingRate.MarginPart(settled, longs));
        return _lent.Part;
    }

    /// <summary>
    /// Receives interest on a balance: its kind, currency, amount, rate and the time of the bars; null = a book reports it.
    /// </summary>
    public Action<FinancingKind, string, double, double, long>? InterestPaid { get; set; }

    /// <summary>Has interest begin at a bar.</summary>
    /// <param name="time">Its open, UTC ticks.</param>
    public void BeginInterest(long time) => _nights = new InterestNights(time, until);

    /// <summary>Books the interest of the nights before a time, on the balances at the last closes. Call it before its bars.</summary>
    /// <param name="time">Open time of the bars, UTC ticks.</param>
    public void BookInterest(long time)
    {
        if (execution.Interest is not { } interest || IsRuined || !_nights.Next(time, out var nights)) return;
        // All balances are those before the first payment.
        var own = _own.Cash + SettledIn(null);
        Span<double> paid = stackalloc double[_currencies.Count];
        for (var c = 0; c < paid.Length; c++)
        {
            var (name, balance) = _currencies[c];
            paid[c] = interest.Of(name)!.Of(balance.Held + SettledIn(balance), nights.From, nights.To);
        }
        if (interest.Own.Of(own, nights.From, nights.To) is not 0 and var amount)
        {
            _own.Cash += amount;
            Report(FinancingKind.CashInterest, interest.Currency, amount, 1, null, time);
        }
        for (var c = 0; c < paid.Length; c++)
            if (paid[c] != 0)
                Report(FinancingKind.BalanceInterest, _currencies[c].Name, paid[c], _currencies[c].Balance.PayInterest(paid[c], time),
                    _currencies[c].Balance, time);
    }

    // The part of the balance in a currency that comes from positions, for interest.
    private double SettledIn(ForeignBalance? balance)
    {
        var sum = 0.0;
        foreach (var market in _markets)
            if (market.OpenTrades > 0 && market.Foreign == balance)
                sum += market.Power.Settled(market.Sums.Net * market.Price,
                    market.Sums.Shorts * market.Price * market.Instrument.Multiplier);
        return sum;
    }

    private void Report(FinancingKind kind, string currency, double amount, double rate, ForeignBalance? balance, long time)
    {
        if (InterestPaid is { } report)
        {
            report(kind, currency, amount, rate, time);
            return;
        }
        foreach (var book in _books)
            if (balance is null || book.Market!.Foreign == balance)
            {
                book.ReportInterest(kind, amount, rate, time);
                return;
            }
    }
}
