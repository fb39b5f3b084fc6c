using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Book;

namespace Granary.Engine.Portfolio;

/// <summary>
/// The account of a portfolio as its rules see it: its value at the last closes, and the reservations for accepted signals.
/// </summary>
internal sealed class PortfolioAccount : IPortfolioView
{
    private readonly Instrument[] _instruments;
    private readonly PortfolioMember[] _members;
    private readonly AccountMarket[] _markets;
    private readonly double[] _closes;
    // By instrument: the strategy of the last trade.
    private readonly int[] _holder;
    private readonly CurrencyAttribution? _currencies;
    private DigestState _digest = new();

    public PortfolioAccount(double cash, IReadOnlyList<Instrument> instruments, IReadOnlyList<PortfolioMember> members,
        ExecutionSettings execution)
    {
        Equity = DayStart = StartingCash = cash;
        Peak = new EquityPeak(cash);
        (_instruments, _members, Execution) = ([.. instruments], [.. members], execution);
        Shared = new SharedAccount(cash, execution);
        _markets = [.. _instruments.Select(Shared.MarketOf)];
        _closes = new double[_instruments.Length];
        _holder = new int[_instruments.Length];
        _currencies = Shared.Currencies.Count > 0 ? new CurrencyAttribution(Shared) : null;
        Costs = new FinancingCosts(_instruments, execution.Interest);
        Reserved = new Reservations(_instruments.Length, _members.Length);
    }

    /// <summary>Cash and positions of all books.</summary>
    public SharedAccount Shared { get; }

    public double StartingCash { get; }

    /// <summary>All balances at the rates of now.</summary>
    public double Cash => Shared.Cash;

    public double Equity { get; private set; }

    /// <summary>Longs plus shorts at the last valuation.</summary>
    public double Exposure { get; private set; }

    public double DayStart { get; private set; }

    public EquityPeak Peak { get; }

    public double Drawdown => Peak.Drawdown(Equity);

    public double Turnover { get; private set; }

    public int OpenTrades => Shared.OpenTrades;

    /// <summary>Commission of all fills, account currency.</summary>
    public double Commission { get; private set; }

    /// <summary>Dividends received less those owed, borrow fees and interest.</summary>
    public double Financing { get; private set; }

    /// <summary>Funding by day and instrument, and its sum.</summary>
    public PortfolioFunding Funding { get; } = new();

    /// <summary>Interest and borrow fees by currency.</summary>
    public FinancingCosts Costs { get; }

    /// <summary>Whether the account has lost everything: its equity stays at zero and it takes no entries.</summary>
    public bool IsRuined => Shared.IsRuined;

    public Reservations Reserved { get; }

    public ExecutionSettings Execution { get; }

    public UInt128 Digest => _digest.Value;

    public PortfolioMember Member(int member) => _members[member];

    public void SetWeight(int member, double weight) => _members[member] = _members[member] with { Weight = weight };

    public double SumOfWeights()
    {
        var sum = 0.0;
        foreach (var member in _members) sum += member.Weight;
        return sum;
    }

    public AccountMarket MarketAt(int market) => _markets[market];

    public int Markets => _markets.Length;

    /// <summary>The instrument of one of a strategy's symbols.</summary>
    public int MarketOf(int member, int symbol) => _members[member].Symbols[symbol];

    /// <summary>The value of one unit of an instrument's currency in the account's, at the rate of now.</summary>
    public double RateOf(int market) => _markets[market].Rate;

    public void Record(ulong what, ulong value) => _digest.Add(what, value);

    public void Record(ulong what, double value) => _digest.Add(what, value);

    public void Record(double a, double b) => _digest.Add(a, b);

    // ---- closes and days ----

    /// <summary>Moves to the exchange rates of a time, UTC ticks.</summary>
    public void ValueAt(long time) => Shared.ValueAt(time);

    /// <summary>The last closes, account currency.</summary>
    public ReadOnlySpan<double> Closes
    {
        get
        {
            for (var i = 0; i < _closes.Length; i++) _closes[i] = _markets[i].Price * _markets[i].Rate;
            return _closes;
        }
    }

    /// <summary>Values all positions at the last closes.</summary>
    public void Revalue() => (Equity, Exposure) = (Shared.Equity, GrossValue);

    /// <summary>The equity at the last closes with all fills, also those since the last valuation.</summary>
    public double EquityWithFills => Shared.Equity;

    /// <summary>Starts a UTC day, whose first valuation was the last one.</summary>
    public void BeginDay()
    {
        DayStart = Equity;
        Turnover = 0;
    }

    // ---- what the books book ----

    /// <summary>Counts a fill.</summary>
    /// <param name="value">Positive, account currency.</param>
    /// <param name="commission">Account currency.</param>
    public void Count(double value, double commission)
    {
        Turnover += value;
        Commission += commission;
    }

    /// <summary>Counts financing of positions or balances; account currency, negative is a cost.</summary>
    public void Finance(double amount) => Financing += amount;

    /// <summary>Divides the gain since the last call into price and currency.</summary>
    public void Attribute() => _currencies?.Attribute();

    /// <summary>How much of the gain is price and how much currency; null if all instruments have the account's currency.</summary>
    public CurrencyParts? Parts => _currencies?.Parts;

    // ---- what can be spent ----

    /// <summary>
    /// The most that new entries may cost: <see cref="SharedAccount.Available(AccountMarket?, double)"/>, less the cost of entries that
    /// wait at the market, plus the proceeds of such exits.
    /// </summary>
    public double Spendable => Shared.Available() + Shared.PendingCash - Reserved.ByHandCash;

    /// <summary>The same without the proceeds of exits.</summary>
    public double FreeCash => Shared.Available() - Shared.PendingCost - Reserved.ByHandCash;

    /// <summary>
    /// Notional by which positions in an instrument may grow before their leverage is too high for their size, in its currency.
    /// </summary>
    public double NotionalRoom(int market) => _markets[market].Margin.MostNotional is var most && double.IsPositiveInfinity(most) ? most
        : most - (ValueIn(market) + ReservedIn(market)) / RateOf(market);

    /// <summary>The margin behind positions now: with isolated margin the trades' margins, with cross margin their requirement.</summary>
    public double MarginUsed
    {
        get
        {
            if (Execution.Margin != MarginMode.Isolated) return Shared.Floor;
            var used = 0.0;
            foreach (var book in Shared.Books) used += book.InAccount(book.InitialMargin);
            return used;
        }
    }

    // ---- what the rules see ----

    public double GrossValue
    {
        get
        {
            var sum = 0.0;
            foreach (var market in _markets)
                if (market.OpenTrades > 0)
                    sum += market.GrossValue;
            return sum;
        }
    }

    public double NetValue => LongValue - ShortValue;

    public double LongValue
    {
        get
        {
            var sum = 0.0;
            foreach (var market in _markets)
                if (market.OpenTrades > 0)
                    sum += market.ValueOf(market.Sums.Longs);
            return sum;
        }
    }

    public double ShortValue
    {
        get
        {
            var sum = 0.0;
            foreach (var market in _markets)
                if (market.OpenTrades > 0)
                    sum += market.ValueOf(market.Sums.Shorts);
            return sum;
        }
    }

    /// <summary>Values of the position in an instrument at its last close: longs minus shorts, and longs plus shorts.</summary>
    public (double Net, double Gross) ValuesIn(int market) => _markets[market] is { OpenTrades: > 0 } held
        ? (held.Sums.Net * held.Price * held.Rate, held.GrossValue) : (0, 0);

    public double ValueIn(int market) => _markets[market].OpenTrades > 0 ? _markets[market].GrossValue : 0;

    /// <summary>The books of a strategy, by its symbols; an entry is null until the strategy trades the symbol.</summary>
    public Func<int, IReadOnlyList<MemberBook?>>? BooksOf { get; set; }

    public double ValueOf(int member)
    {
        var (sum, books) = (0.0, BooksOf!(member));
        for (var i = 0; i < books.Count; i++)
            if (books[i] is { Book.OpenTradeCount: > 0 } book)
                sum += _markets[book.Market].ValueOf(book.Book.GrossQuantity);
        return sum;
    }

    public int ReservedTrades => Reserved.NewTrades;

    public double ReservedValue => Reserved.Value;

    public double ReservedLongs => Reserved.Longs;

    public double ReservedShorts => Reserved.Shorts;

    public double ReservedIn(int market) => Reserved.In(market);

    public double ReservedOf(int member) => Reserved.Of(member);

    public bool IsReserved(int member, int number) => Reserved.Contains(TradeKey.Of(member, number));

    public int TradesIn(int market) => _markets[market].OpenTrades + Reserved.NewTradesIn(market);

    public int HolderOf(int market) => _holder[market];

    /// <summary>A strategy has opened or reserved a trade in an instrument.</summary>
    public void Occupy(int member, int market) => _holder[market] = member;

    public Instrument InstrumentOf(int market) => _instruments[market];

    public IReadOnlyList<Instrument> Instruments => _instruments;

    public string IdOf(int member) => _members[member].Id;
}
