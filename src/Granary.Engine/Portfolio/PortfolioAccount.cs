using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Portfolio;

/// <summary>The account of a portfolio: its cash, its positions at the last closes, and its reservations for accepted signals.</summary>
internal sealed class PortfolioAccount : IPortfolioView
{
    // Sums of fills have rounding errors: a remainder below this share of a quantity counts as zero.
    private const double Rounding = 1e-9;

    private readonly Instrument[] _instruments;
    private readonly PortfolioMember[] _members;
    private readonly BuyingPower[] _power;
    private readonly PositionMargin[] _margins;
    private readonly FillRule[] _rules;
    // Cash that short positions lock: their value at the entries, twice.
    private double _locked;
    // Null if all instruments have the account's currency.
    private readonly CurrencyBalances? _currencies;
    private double _ownThen;
    private InterestNights _nights = new(long.MinValue);
    // The last bar of each instrument.
    private readonly Bar[] _bars;
    private readonly PortfolioPositions _positions;
    // By instrument: the number of open or reserved trades, and the strategy of the last one.
    private readonly int[] _trades, _holder;
    private CashAccount _account;
    private DigestState _digest = new();

    public PortfolioAccount(double cash, IReadOnlyList<Instrument> instruments, IReadOnlyList<PortfolioMember> members,
        ExecutionSettings execution)
    {
        Equity = DayStart = StartingCash = cash;
        Peak = new EquityPeak(cash);
        _account = new CashAccount(cash);
        _instruments = [.. instruments];
        _members = [.. members];
        Execution = execution;
        _power = [.. _instruments.Select(i => new BuyingPower(i, execution.For(i.Symbol)))];
        _margins = [.. _instruments.Select(i => new PositionMargin(i, execution.For(i.Symbol)))];
        _rules = [.. _instruments.Select(i => new FillRule(i, execution.For(i.Symbol)))];
        _currencies = CurrencyBalances.Of(_instruments, execution);
        _positions = new PortfolioPositions(_instruments, _members.Length, _currencies);
        _ownThen = cash;
        _bars = new Bar[_instruments.Length];
        _trades = new int[_instruments.Length];
        _holder = new int[_instruments.Length];
        Fees = new PortfolioFees(execution, instruments);
        Costs = new FinancingCosts(_instruments, execution.Interest);
        Reserved = new Reservations(_instruments.Length, _members.Length);
    }

    public double StartingCash { get; }

    /// <summary>All balances at the rates of now.</summary>
    public double Cash => _currencies is null ? _account.Cash : _account.Cash + _currencies.Value;

    public double Equity { get; private set; }

    /// <summary>Longs plus shorts at the last valuation.</summary>
    public double Exposure { get; private set; }

    public double DayStart { get; private set; }

    public EquityPeak Peak { get; }

    public double Drawdown => Peak.Drawdown(Equity);

    public double Turnover { get; private set; }

    public int OpenTrades { get; private set; }

    /// <summary>Commission of all fills.</summary>
    public double Commission { get; private set; }

    /// <summary>Dividends received less those owed, borrow fees and interest.</summary>
    public double Financing { get; private set; }

    /// <summary>Funding by day and instrument, and its sum.</summary>
    public PortfolioFunding Funding { get; } = new();

    /// <summary>Interest and borrow fees by currency.</summary>
    public FinancingCosts Costs { get; }

    /// <summary>Whether the account has lost everything: its equity stays at zero and it takes no entries.</summary>
    public bool IsRuined { get; private set; }

    /// <summary>Whether all positions are being closed because the equity has reached zero.</summary>
    public bool IsLiquidating { get; set; }

    /// <summary>The open trades by <see cref="TradeKey"/>.</summary>
    public Dictionary<long, PortfolioHolding> Holdings { get; } = [];

    public Reservations Reserved { get; }

    public PortfolioFees Fees { get; }

    public ExecutionSettings Execution { get; }

    public IReadOnlyList<Instrument> Instruments => _instruments;

    /// <summary>The last closes, account currency.</summary>
    public ReadOnlySpan<double> Closes => _positions.Values;

    public UInt128 Digest => _digest.Value;

    /// <summary>Receives each change of a position; null if changes are not recorded.</summary>
    public Action<PortfolioFill>? Filled { get; set; }

    public PortfolioMember Member(int member) => _members[member];

    public void SetWeight(int member, double weight) => _members[member] = _members[member] with { Weight = weight };

    public double SumOfWeights()
    {
        var sum = 0.0;
        foreach (var member in _members) sum += member.Weight;
        return sum;
    }

    public BuyingPower PowerOf(int market) => _power[market];

    public PositionMargin MarginOf(int market) => _margins[market];

    public FillRule RuleOf(int market) => _rules[market];

    /// <summary>The instrument of one of a strategy's symbols.</summary>
    public int MarketOf(int member, int symbol) => _members[member].Symbols[symbol];

    /// <summary>Returns the index of an instrument among the symbols of a strategy.</summary>
    public int SymbolOf(int member, int market)
    {
        var symbols = _members[member].Symbols;
        for (var i = 0; i < symbols.Count; i++)
            if (symbols[i] == market)
                return i;
        return 0;
    }

    public void Record(ulong what, ulong value) => _digest.Add(what, value);

    public void Record(ulong what, double value) => _digest.Add(what, value);

    public void Record(double a, double b) => _digest.Add(a, b);

    // ---- closes and days ----

    public double CloseOf(int market) => _positions.CloseOf(market);

    public void Mark(int market, double close) => _positions.Mark(market, close);

    public void Mark(int market, in Bar bar)
    {
        _bars[market] = bar;
        Mark(market, bar.Close);
    }

    /// <summary>The price of a market order at an instrument's last close.</summary>
    /// <param name="quantity">Base units.</param>
    public double PriceAtClose(int market, Side side, double quantity) =>
        _rules[market].Price(new FillTerms(FillSlippage.Order, CloseOf(market), double.NaN, _bars[market]), side, quantity);

    /// <summary>The price of a market order at the open of a bar.</summary>
    /// <inheritdoc cref="PriceAtClose"/>
    public double PriceAtOpen(int market, in Bar bar, Side side, double quantity) =>
        _rules[market].Price(new FillTerms(FillSlippage.Order, bar.Open, double.NaN, bar), side, quantity);

    /// <summary>Values all positions at the last closes.</summary>
    public void Revalue()
    {
        Equity = _positions.Equity(Cash, out var exposure);
        Exposure = exposure;
    }

    /// <summary>The equity at the last closes with all fills, also those since the last valuation.</summary>
    public double EquityWithFills => _positions.Equity(Cash, out _);

    /// <summary>Starts a UTC day, whose first valuation was the last one.</summary>
    public void BeginDay()
    {
        DayStart = Equity;
        Turnover = 0;
    }

    // ---- fills ----

    /// <summary>Books a purchase or short sale that opens a position or adds to one.</summary>
    public void Enter(int member, int market, Side side, in TradeFill fill, double quantity, double fee)
    {
        Book(market, side, fill.Price, quantity, fee);
        _positions.Enter(member, market, side, quantity, fill.Price);
        Lock(market, side, quantity, fill.Price);
        Filled?.Invoke(new PortfolioFill(member, fill.Number, market, side, PortfolioFillKind.Entry, fill.Time, fill.Price, quantity, fee)
        { Rate = RateOf(market) });
    }

    /// <summary>Books the sale or purchase that closes a position or a part of it.</summary>
    /// <param name="fill">Its kind is <see cref="PortfolioFillKind.Exit"/>.</param>
    /// <param name="entry">The entry price of the trade.</param>
    public void Exit(in PortfolioFill fill, double entry)
    {
        Book(fill.Market, (Side)(-(int)fill.Side), fill.Price, fill.Quantity, fill.Commission);
        _positions.Exit(fill.Member, fill.Market, fill.Side, fill.Quantity, isFlat: OpenTrades == 0);
        if (OpenTrades == 0) Unlock();
        else Lock(fill.Market, fill.Side, -fill.Quantity, entry);
        if (fill.Quantity > 0) Filled?.Invoke(fill with { Rate = RateOf(fill.Market) });
    }

    private void Book(int market, Side side, double price, double quantity, double fee)
    {
        var multiplier = _instruments[market].Multiplier;
        if (IsForeign(market)) _currencies!.Book(market, side, quantity, price, fee);
        else _account.Book(side, quantity, price, multiplier, fee);
        Commission += fee * RateOf(market);
        Turnover += quantity * Math.Abs(price) * multiplier * RateOf(market);
    }

    /// <summary>Books financing of an open position.</summary>
    /// <param name="amount">In the currency of the prices; negative is a cost.</param>
    public void Finance(int market, double amount)
    {
        if (IsForeign(market)) _currencies!.Pay(market, amount);
        else _account.Pay(amount);
        Financing += amount * RateOf(market);
    }

    /// <inheritdoc cref="PortfolioRun.BeginInterest"/>
    public void BeginInterest(long from) => _nights = new InterestNights(from);

    /// <summary>Books the interest of the nights before a time, on the balances at the last closes.</summary>
    /// <param name="time">UTC ticks.</param>
    public void BookInterest(long time)
    {
        if (Execution.Interest is not { } interest || IsRuined || !_nights.Next(time, out var nights)) return;
        var own = _account.Cash;
        for (var i = 0; i < _instruments.Length; i++)
            if (!IsForeign(i)) own += _positions.SettledIn(i, _power[i]);
        var amount = interest.Own.Of(own, nights.From, nights.To);
        var foreign = _currencies?.Balances(m => _positions.SettledIn(m, _power[m])) ?? [];
        if (amount != 0)
        {
            _account.Pay(amount);
            Book(interest.Currency, amount, 1, 0, time);
        }
        for (var c = 0; c < foreign.Count; c++)
        {
            var (currency, balance) = foreign[c];
            if (interest.Of(currency)!.Of(balance, nights.From, nights.To) is not (not 0 and var paid)) continue;
            var rate = _currencies!.PayInterest(c, paid, time, out var received);
            _account.Pay(received);
            Book(currency, paid, rate, c + 1, time);
        }
    }

    private void Book(string currency, double amount, double rate, int place, long time)
    {
        Financing += amount * rate;
        Costs.AddInterest(currency, amount);
        _digest.Add(15UL << 60 | (uint)place, (ulong)time);
        _digest.Add(amount, rate);
    }

    /// <summary>Closes the account after its last trade has left no equity.</summary>
    /// <returns>The loss beyond zero, which the broker bears.</returns>
    public double CloseRuined()
    {
        IsRuined = true;
        var missing = -Cash;
        _account.Cash = 0;
        _currencies?.Clear();
        return missing;
    }

    /// <summary>Books the loss that the broker bears as financing of the account.</summary>
    public void BookWriteOff(double missing) => Financing += missing;

    /// <summary>Books a split of a position's shares.</summary>
    /// <param name="fill">Its kind is <see cref="PortfolioFillKind.Split"/>.</param>
    public void Split(in PortfolioFill fill)
    {
        _positions.Add(fill.Member, fill.Market, fill.Side, fill.Quantity);
        Filled?.Invoke(fill);
    }

    /// <summary>Books the two orders that move a position to the next contract, each with its fee.</summary>
    /// <param name="closes">Its quantity is negative.</param>
    /// <param name="entry">The entry price of the trade, of the old contract.</param>
    public void Roll(in PortfolioFill closes, in PortfolioFill opens, double entry)
    {
        Book(opens.Market, (Side)(-(int)opens.Side), closes.Price, opens.Quantity, closes.Commission);
        Book(opens.Market, opens.Side, opens.Price, opens.Quantity, opens.Commission);
        Lock(opens.Market, opens.Side, -opens.Quantity, entry);
        Lock(opens.Market, opens.Side, opens.Quantity, entry + opens.Price - closes.Price);
        Filled?.Invoke(closes with { Rate = RateOf(opens.Market) });
        Filled?.Invoke(opens with { Rate = RateOf(opens.Market) });
    }

    /// <summary>Values of the position in an instrument at its last close: longs minus shorts, and longs plus shorts.</summary>
    public (double Net, double Gross) ValuesIn(int market) =>
        (_positions.NetOf(market) * _positions.ValueOfClose(market), _positions.ValueIn(market));

    /// <summary>Longs minus shorts in an instrument, base units times the multiplier.</summary>
    public double NetOf(int market) => _positions.NetOf(market);

    // ---- currencies ----

    /// <summary>The value of one unit of an instrument's currency in the account's, at the rate of now.</summary>
    public double RateOf(int market) => _currencies is null ? 1 : _currencies.RateOf(market);

    private bool IsForeign(int market) => _currencies is not null && _currencies.IsForeign(market);

    /// <summary>Moves to the exchange rates of a time.</summary>
    /// <param name="time">UTC ticks.</param>
    public void Reach(long time)
    {
        if (_currencies is not null && _currencies.Reach(time)) _positions.Convert();
    }

    /// <summary>Takes the result of a closed trade: it stays in its currency, or is converted.</summary>
    /// <param name="net">In the instrument's currency.</param>
    /// <param name="time">UTC ticks.</param>
    /// <returns>The rate at which it counts.</returns>
    public double SettleCurrency(int market, double net, long time)
    {
        if (!IsForeign(market)) return 1;
        if (IsRuined) return _currencies!.RateAt(market, time);
        var rate = _currencies!.Settle(market, net, time, OpenTrades == 0, out var received);
        _account.Pay(received);
        return rate;
    }

    /// <summary>The balances in other currencies; null if all instruments have the account's.</summary>
    public CurrencyBalances? Currencies => _currencies;

    /// <summary>Divides the gain since the last call into price and currency.</summary>
    public void Attribute()
    {
        if (_currencies is null) return;
        var own = _account.Cash;
        for (var i = 0; i < _instruments.Length; i++)
            if (!IsForeign(i))
                own += _positions.NetOf(i) * CloseOf(i);
        _currencies.Attribute(own - _ownThen, m => _positions.NetOf(m) * CloseOf(m));
        _ownThen = own;
    }

    // ---- trades and reservations ----

    public void OpenTrade(int member, int market)
    {
        OpenTrades++;
        Occupy(member, market);
    }

    public void CloseTrade(int market)
    {
        OpenTrades--;
        _trades[market]--;
    }

    public void Reserve(long trade, in Reservation reservation)
    {
        Reserved.Add(trade, reservation);
        Occupy(TradeKey.Member(trade), reservation.Market);
    }

    public bool Release(long trade, out Reservation reservation)
    {
        if (!Reserved.Release(trade, out reservation)) return false;
        // The remainder of a partly filled entry belongs to a trade that is already counted.
        if (!reservation.IsRest) _trades[reservation.Market]--;
        return true;
    }

    /// <summary>Keeps the reservation for the remainder of a partly filled entry.</summary>
    public void KeepRest(long trade, in Reservation reservation, double filled)
    {
        var rest = reservation.Quantity - filled;
        if (!(rest > Rounding * reservation.Quantity)) return;
        var share = rest / reservation.Quantity;
        Reserved.Add(trade,
            reservation with { Quantity = rest, Value = reservation.Value * share, Cash = reservation.Cash * share, IsRest = true });
    }

    /// <summary>
    /// Keeps the reservation of an entry whose first part the portfolio did not take, so the remainder can open the trade.
    /// </summary>
    public void KeepUnopened(long trade)
    {
        if (Reserved.Release(trade, out var rest)) Reserve(trade, rest with { IsRest = false });
    }

    private void Occupy(int member, int market)
    {
        _trades[market]++;
        _holder[market] = member;
    }

    // ---- what can be spent ----

    /// <summary>Cash that is not tied up by proceeds of short sales, collateral, margin, or reservations for accepted signals.</summary>
    public double FreeCash() => Execution.Margin == MarginMode.Isolated ? IsolatedCash() - Reserved.Cash
        : Execution.EffectiveLeverage > 0 ? _positions.LeveragedCash(Cash, Execution.EffectiveLeverage) - Reserved.Cash
        : _positions.CashOverMargin(Cash - Reserved.Cash) - (_currencies is null ? _locked : _locked + _currencies.Locked);

    // Without leverage, the proceeds of short sales and their collateral stay locked at the price of the entry.
    private void Lock(int market, Side side, double quantity, double entry)
    {
        var instrument = _instruments[market];
        if (side != Side.Sell || instrument.MarginPerUnit > 0) return;
        var amount = 2 * quantity * entry * instrument.Multiplier;
        if (IsForeign(market)) _currencies!.Lock(market, amount);
        else _locked += amount;
    }

    private void Unlock()
    {
        _locked = 0;
        _currencies?.Unlock();
    }

    // The leverage times the cash that is no position's margin. Open profits and losses do not count.
    private double IsolatedCash()
    {
        var free = Cash * Execution.EffectiveLeverage;
        foreach (var holding in Holdings.Values)
            free -= _power[holding.Market].TiedUp(holding.Side, holding.EntryPrice, holding.Quantity) * RateOf(holding.Market);
        return free;
    }

    /// <summary>
    /// Notional by which positions in an instrument may grow before their leverage is too high for their size, in its currency.
    /// </summary>
    public double NotionalRoom(int market) => _currencies is null
        ? _margins[market].MostNotional - ValueIn(market) - ReservedIn(market)
        : _margins[market].MostNotional - (ValueIn(market) + ReservedIn(market)) / RateOf(market);

    /// <summary>Quantities held long and short in an instrument, base units.</summary>
    public (double Longs, double Shorts) QuantitiesIn(int market) => _positions.QuantitiesIn(market);

    /// <summary>The equity at which all positions are closed: 0, or with cross margin what they require at the last closes.</summary>
    public double Floor
    {
        get
        {
            var needed = 0.0;
            if (Execution.Margin != MarginMode.Cross) return needed;
            for (var i = 0; i < _instruments.Length; i++)
                if (QuantitiesIn(i) is var (longs, shorts) && longs + shorts > 0)
                    needed += _margins[i].Requirement(CloseOf(i), longs, shorts) * RateOf(i);
            return needed;
        }
    }

    /// <summary>The margin behind positions now: with isolated margin the trades' margins, with cross margin their requirement.</summary>
    public double MarginUsed
    {
        get
        {
            if (Execution.Margin != MarginMode.Isolated) return Floor;
            var used = 0.0;
            foreach (var holding in Holdings.Values)
                used += _margins[holding.Market].Initial(holding.EntryPrice, holding.Quantity) * RateOf(holding.Market);
            return used;
        }
    }

    /// <summary>The maintenance requirement: below this equity the account gets a margin call.</summary>
    public double Requirement() => _positions.Requirement(Execution.Maintenance);

    /// <summary>The part of the long positions that was bought on margin.</summary>
    public double MarginPart()
    {
        var settled = _positions.SettledCash(Cash, out var longValue);
        return FinancingRate.MarginPart(settled, longValue);
    }

    // ---- what the rules see ----

    public double GrossValue => _positions.GrossValue;

    public double NetValue => _positions.NetValue;

    public double LongValue => _positions.LongValue;

    public double ShortValue => _positions.ShortValue;

    public double ValueIn(int market) => _positions.ValueIn(market);

    public double ValueOf(int member)
    {
        if (_members[member].Symbols.Count == 1) return _positions.ValueOf(member, _members[member].Symbols[0]);
        var sum = 0.0;
        foreach (var (key, holding) in Holdings)
            if (TradeKey.Member(key) == member)
                sum += holding.Quantity * _instruments[holding.Market].Multiplier * _positions.ValueOfClose(holding.Market);
        return sum;
    }

    public int ReservedTrades => Reserved.NewTrades;

    public double ReservedValue => Reserved.Value;

    public double ReservedLongs => Reserved.Longs;

    public double ReservedShorts => Reserved.Shorts;

    public double ReservedIn(int market) => Reserved.In(market);

    public double ReservedOf(int member) => Reserved.Of(member);

    public bool IsReserved(int member, int number) => Reserved.Contains(TradeKey.Of(member, number));

    public int TradesIn(int market) => _trades[market];

    public int HolderOf(int market) => _holder[market];

    public Instrument InstrumentOf(int market) => _instruments[market];

    public string IdOf(int member) => _members[member].Id;
}
