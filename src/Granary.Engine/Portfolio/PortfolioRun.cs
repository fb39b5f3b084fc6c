using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Portfolio;

/// <summary>
/// The portfolio of a batch or session: an account with a book for each symbol of a strategy. It decides on every entry and sizes it; the
/// books then have the strategies' orders with the granted quantities. The host reports the bars that close at a time, and then the
/// strategies' orders at these closes. A strategy whose signal is refused still simulates the trade in its own account.
/// </summary>
public sealed class PortfolioRun
{
    private readonly PortfolioAccount _account;
    private readonly RuleSet _rules;
    private readonly PortfolioPolicy _policy;
    private readonly PositionSizer _sizer;
    private readonly PortfolioBooks _books;
    private readonly MarketActivity _activity;
    private readonly Timeframe[] _marks;
    private readonly DailyReturns? _returns;
    private readonly TradeHistory? _history;
    // The last accepted signal. Its strategy's own account may refuse it at once; else the book has its order before anything else happens.
    private (int Member, int Symbol, Signal Signal, Reservation Reservation)? _unplaced;
    private readonly HashSet<int> _disabled = [];
    private readonly List<(int Member, int Number)> _expired = [];
    private IExposureModel? _exposure;
    private PredictedRiskLimit? _predicted;
    // A cut costs fees, which reduces the room again, and a cut on one side changes the net of both. A few rounds converge.
    private const int MostRounds = 20;

    private long _day = long.MinValue;

    /// <param name="execution">
    /// Fees, leverage and maintenance margin also of the portfolio's account. Null = the strategies' fees in proportion, no leverage.
    /// </param>
    /// <param name="enablement">Null = strategies are not disabled by their results.</param>
    public PortfolioRun(double cash, PortfolioLimits limits, IReadOnlyList<Instrument> instruments, IReadOnlyList<PortfolioMember> members,
        ExecutionSettings? execution = null, PortfolioSizing? sizing = null, EnablementRule? enablement = null)
    {
        execution ??= new ExecutionSettings();
        sizing ??= PortfolioSizing.Own;
        _account = new PortfolioAccount(cash, instruments, members, execution);
        _policy = new PortfolioPolicy(limits.Enforce == LimitCheck.EveryBar, sizing.OnInsufficientCash, limits.RiskPercent);
        if (enablement is not null || sizing.Kind == PortfolioSizeKind.Kelly)
            _history = new TradeHistory(Math.Max(enablement?.Trades ?? 1, sizing.Kind == PortfolioSizeKind.Kelly ? sizing.Trades : 1),
                members.Count, enablement is { By: not EnablementScope.Strategy } ? instruments.Count : 0);
        var context = new RuleContext([.. instruments.Select(i => i.Symbol)], [.. members.Select(m => m.Id)], _account.Peak, limits.Days);
        _rules = new RuleSet([.. RulesOf(limits, context), .. OwnRules(enablement, context)], _account);
        _returns = sizing.Kind == PortfolioSizeKind.VolatilityTarget ? context.Returns : context.UsedReturns;
        _activity = new MarketActivity(instruments.Count);
        _marks = new Timeframe[instruments.Count];
        foreach (var member in members)
            if (member.Weight != 0)
                MarkBy(member);
        _books = new PortfolioBooks(_account, _rules, _policy, members.Count);
        _sizer = new PositionSizer(sizing, _account, _returns, _history);
    }

    private static IEnumerable<RuleInForce> RulesOf(PortfolioLimits limits, RuleContext context) =>
        from chosen in limits.Rules
        from rule in chosen.Create().Begin(context)
        select new RuleInForce(chosen.Definition.Order, chosen.Definition.Name, rule, chosen.Definition.Refusal);

    // Rules that hold without a key of the limits, at their places among those of the limits.
    private IEnumerable<RuleInForce> OwnRules(EnablementRule? enablement, RuleContext context)
    {
        var (members, markets) = (context.Strategies.Count, context.Symbols.Count);
        yield return new RuleInForce(20, "", new OneEntryPerPeriod(members), Decision.SamePeriod);
        yield return new RuleInForce(30, "", new ModelVeto(), Decision.ModelRefused);
        if (enablement is not null)
            yield return new RuleInForce(90, "", new EnablementByResults(enablement, _history!, members, markets), Decision.Disabled);
    }

    /// <summary>Sets a model that caps the exposure at each entry, after all other limits; call it before the first bar.</summary>
    internal void CapExposure(IExposureModel model)
    {
        _exposure = model;
        _books.Recent = new RecentTrades(PortfolioState.Trades);
        _predicted = new PredictedRiskLimit(model, _books.Recent,
            entry => _account.Member(entry.Member).Timeframe.CloseOf(entry.Signal.Time));
        _rules.Add(_predicted, Decision.PredictedRisk);
    }

    public double StartingCash => _account.StartingCash;

    public double Cash => _account.Cash;

    /// <summary>The equity at the last <see cref="Revalue"/>.</summary>
    public double Equity => _account.Equity;

    /// <summary>The equity at the last closes with all fills, also those since the last <see cref="Revalue"/>.</summary>
    public double EquityWithFills => _account.EquityWithFills;

    /// <summary>Sum of the absolute values of all positions at the last <see cref="Revalue"/>.</summary>
    public double Exposure => _account.Exposure;

    /// <summary>The distance of the equity from its peak, a positive fraction of the peak.</summary>
    public double Drawdown => _account.Drawdown;

    public int OpenTrades => _account.OpenTrades;

    /// <summary>
    /// The margin that backs positions at the last closes: with isolated margin the trades' margins, with cross margin their requirement; 0
    /// without a margin mode.
    /// </summary>
    public double MarginUsed => _account.MarginUsed;

    /// <summary>The portfolio as its rules see it.</summary>
    public IPortfolioView View => _account;

    /// <summary>
    /// How much of each limit an account uses, with the key of the limit and its refusal, in the order in which the rules are asked.
    /// </summary>
    /// <param name="account">An account with the portfolio's strategies and instruments, such as the broker's.</param>
    public IEnumerable<(string Rule, Decision Refusal, RuleUse Use)> Uses(IPortfolioView account) => _rules.Uses(account);

    /// <summary>Returns notes about the limits for the reader of the result, one sentence each. Call it after the last row.</summary>
    public IReadOnlyList<string> NotesOfLimits() => [.. _rules.NotesAtEnd()];

    /// <summary>
    /// The rules in the order in which they are asked, each with its use and its bound for an entry of a member, reservations included.
    /// </summary>
    /// <param name="symbol">Index among the member's symbols.</param>
    internal IReadOnlyList<RuleState> RulesFor(int member, Side side, int symbol = 0) =>
        _rules.StatesFor(new PositionScope(member, _account.MarketOf(member, symbol), side, CountsReserved: true));

    /// <summary>Cash or margin that the fills of accepted entries will need, account currency.</summary>
    public double ReservedCash => _account.Reserved.Cash;

    /// <summary>The cash that entries may cost now, without the proceeds of exits that wait; account currency.</summary>
    public double FreeCash => _account.FreeCash;

    /// <summary>Signals that were accepted.</summary>
    public int Accepted { get; private set; }

    public double Commission => _account.Commission;

    /// <summary>Dividends and funding received less those owed, borrow fees and interest.</summary>
    public double Financing => _account.Financing;

    /// <summary>Funding of perpetual futures received less that paid, a part of <see cref="Financing"/>.</summary>
    public double Funding => _account.Funding.Net;

    /// <summary>Returns the funding by day, then instrument.</summary>
    internal IReadOnlyList<FundingDay> FundingByDay() => _account.Funding.Days;

    public UInt128 Digest => _account.Digest;

    /// <summary>Reports each change of a position from now on.</summary>
    internal void ReportFills(Action<PortfolioFill> filled) => _books.Filled = filled;

    /// <summary>Values of the position in an instrument at its last close: longs minus shorts, and longs plus shorts.</summary>
    public (double Net, double Gross) ValuesIn(int market) => _account.ValuesIn(market);

    /// <summary>Whether the account has lost everything and was closed: its equity stays at zero, and it refuses every signal.</summary>
    public bool IsRuined => _account.IsRuined;

    /// <summary>Entries reduced at their signal to the cash of the portfolio, or to the member's share of it.</summary>
    public int Resized { get; private set; }

    /// <summary>Entries reduced, at their signal or their fill, to what could be borrowed.</summary>
    internal int Borrowed => _books.Borrowed;

    /// <summary>Entries reduced at their signal to the cap of the model of <see cref="CapExposure"/>.</summary>
    public int Capped { get; private set; }

    /// <summary>Entries reduced at their fill, whose price exceeded the cash.</summary>
    public int ResizedAtFill => _books.Resized;

    /// <summary>The books, whose reports the host receives.</summary>
    internal PortfolioBooks Books => _books;

    /// <summary>The quantity of the last accepted signal, base units.</summary>
    internal double Granted { get; private set; }

    // ---- members ----

    // Each market counts as open at the bars of the shortest timeframe of its members.
    private void MarkBy(in PortfolioMember member)
    {
        foreach (var market in member.Symbols)
            if (_marks[market].Ticks == 0 || member.Timeframe.Ticks < _marks[market].Ticks)
                _marks[market] = member.Timeframe;
    }

    public double WeightOf(int member) => _account.Member(member).Weight;

    /// <summary>Sets a weight for signals from now on; open trades keep their size.</summary>
    public void SetWeight(int member, double weight)
    {
        if (WeightOf(member) == weight) return;
        _account.SetWeight(member, weight);
        if (weight != 0) MarkBy(_account.Member(member));
        _sizer.TotalWeight = double.NaN;
    }

    /// <summary>Sum of the members' weights. A caller that sets weights only when they are needed must set the sum too.</summary>
    public double TotalWeight
    {
        get => _sizer.TotalWeight;
        set => _sizer.TotalWeight = value;
    }

    /// <summary>Enables or disables a member's entries; open trades continue.</summary>
    public void SetEnabled(int member, bool enabled) => _ = enabled ? _disabled.Remove(member) : _disabled.Add(member);

    public bool IsEnabled(int member) => !_disabled.Contains(member);

    /// <summary>Whether an operator has paused entries; open trades continue.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Whether the portfolio takes entries; false before it begins to trade, as if no member had a weight.</summary>
    public bool TakesEntries { get; set; } = true;

    /// <summary>
    /// The portfolio's open quantity of a member's trade less what waits to be closed of it, base units; 0 if it has no part in it.
    /// </summary>
    public double QuantityOf(int member, int number) => _books.QuantityOf(member, number);

    // ---- time ----

    /// <summary>Reports a bar of an instrument that has closed. Report all bars that close together, then process them.</summary>
    /// <param name="market">Index of the instrument.</param>
    /// <param name="index">The bar's index in the block.</param>
    internal void OnBar(int market, Timeframe timeframe, BarBlock block, int index)
    {
        // The last signal is of the bars before.
        if (_unplaced is { Signal.AtFill: false }) Place();
        _books.OnBar(market, timeframe, block, index);
        if (timeframe != _marks[market]) return;
        _activity.Mark(market);
        _returns?.Mark(market);
        _exposure?.Mark(market, block[index]);
    }

    /// <summary>Processes the bars that have closed: orders fill, stops and targets are tried, and positions count at the closes.</summary>
    internal void Process()
    {
        Place();
        _books.Process();
    }

    /// <summary>Values the portfolio after all instruments of a time slice are marked.</summary>
    /// <param name="time">UTC ticks.</param>
    public void Revalue(long time)
    {
        Place();
        var day = time / TimeSpan.TicksPerDay;
        var isFirst = _day == long.MinValue;
        _account.Revalue();
        _account.Peak.Add(_account.Equity);
        _rules.OnRevalued(day);
        if (day != _day)
        {
            _account.BeginDay();
            if (!isFirst)
            {
                _returns?.EndDay(_account.Closes);
                _rules.OnNewDay(day);
            }
            _day = day;
        }
        if (_activity.EndTimestamp(time)) Expire(time);
    }

    // Without this, an entry in an instrument that has stopped trading would keep its cash reserved for ever.
    private void Expire(long time)
    {
        foreach (var key in _account.Reserved.Inactive(_activity))
        {
            Withdraw(key, time);
            _expired.Add((TradeKey.Member(key), TradeKey.Number(key)));
        }
    }

    private void Withdraw(long key, long time)
    {
        _account.Reserved.TryGet(key, out var reservation);
        var member = TradeKey.Member(key);
        _books.Withdraw(member, SymbolOf(member, reservation.Market), TradeKey.Number(key));
        _account.Record((ulong)key | 3UL << 60, (ulong)time);
    }

    // The index of an instrument among the symbols of a strategy.
    private int SymbolOf(int member, int market)
    {
        var symbols = _account.Member(member).Symbols;
        for (var i = 0; i < symbols.Count; i++)
            if (symbols[i] == market)
                return i;
        return 0;
    }

    /// <summary>
    /// The accepted entries that were withdrawn, in order: their symbol had no bar on more than five days on which others had one.
    /// </summary>
    public IReadOnlyList<(int Member, int Number)> Expired => _expired;

    /// <summary>Adds the equity of a time slice to the digest.</summary>
    public void Seal(long time)
    {
        _account.Record((ulong)time, _account.Equity);
        _account.Attribute();
    }

    /// <summary>How much of the gain is price and how much currency; null if all instruments have the account's currency.</summary>
    internal CurrencyParts? CurrencyParts => _account.Parts;

    /// <summary>Interest and borrow fees by currency; null if no key of the batch says them over time.</summary>
    internal IReadOnlyList<FinancingOfCurrency>? FinancingByCurrency() => _account.Costs.All;

    /// <summary>The account's first bar, UTC ticks, from which on its balances earn and pay.</summary>
    internal void BeginInterest(long from) => _account.Shared.BeginInterest(from);

    /// <summary>The balances in other currencies than the account's and their rates, by currency; empty if there are none.</summary>
    public IReadOnlyList<(string Currency, double Amount, double Rate)> Balances =>
        [.. _account.Shared.Currencies.Select(c => (c.Name, c.Balance.Held, c.Balance.Rate))];

    // ---- signals ----

    /// <summary>A strategy wants to enter.</summary>
    /// <param name="symbol">Index among the strategy's symbols.</param>
    public Decision OnSignal(int member, in Signal signal, int symbol = 0)
    {
        Place();
        var entry = new EntryRequest(member, _account.MarketOf(member, symbol), signal);
        var decision = Decide(entry, out var reservation);
        Granted = 0;
        _account.Record((ulong)(uint)member << 32 | (uint)signal.Number, decision.Number);
        if (decision != Decision.Accepted) return decision;
        Granted = reservation.Quantity;
        Accepted++;
        _account.Reserved.Add(TradeKey.Of(member, signal.Number), reservation with { IsByHand = true });
        _account.Occupy(member, entry.Market);
        _unplaced = (member, symbol, signal, reservation);
        return decision;
    }

    // Gives the book the order of the last accepted signal.
    private void Place()
    {
        if (_unplaced is not { } last) return;
        _unplaced = null;
        _account.Reserved.Release(TradeKey.Of(last.Member, last.Signal.Number), out _);
        if (!_books.TakeSignal(last.Member, last.Symbol, last.Signal, last.Reservation))
            throw new InvalidOperationException($"{_account.IdOf(last.Member)} has signalled before a bar of its symbol was reported");
    }

    private Decision Decide(in EntryRequest entry, out Reservation reservation)
    {
        reservation = default;
        if (WeightOf(entry.Member) == 0 || !TakesEntries) return Decision.WeightZero;
        if (IsRuined) return Decision.Ruined;
        if (IsPaused) return Decision.Paused;
        if (_disabled.Count > 0 && _disabled.Contains(entry.Member)) return Decision.Disabled;
        var admitted = _rules.Admit(entry);
        if (admitted != Decision.Accepted) return admitted;
        if (!_sizer.TrySize(entry, out var quantity, out var unsized)) return unsized;
        return Reserve(entry, quantity, out reservation);
    }

    private Decision Reserve(in EntryRequest entry, double quantity, out Reservation reservation)
    {
        reservation = default;
        var signal = entry.Signal;
        var instrument = _account.InstrumentOf(entry.Market);
        var unit = instrument.Multiplier * _account.RateOf(entry.Market);
        if (_policy.RiskPercent is { } risk && signal.Stop > 0)
            quantity = Math.Min(quantity, risk * (_account.EquityWithFills / 100) / (Math.Abs(signal.Price - signal.Stop) * unit));
        quantity = instrument.RoundQuantity(quantity);
        if (!(quantity > 0)) return Decision.NoQuantity;
        var sized = quantity;
        if (signal.Side == Side.Sell && instrument.Borrow.IsGiven)
            quantity = Shortable(entry.Market, quantity, _account.Member(entry.Member).Timeframe.CloseOf(signal.Time));
        if (!(quantity > 0)) return Decision.NotShortable;
        var uncapped = quantity;
        if (_predicted is { } predicted && quantity * Math.Abs(signal.Price) * unit > predicted.Room)
            quantity = instrument.RoundQuantity(predicted.Room / (Math.Abs(signal.Price) * unit));
        if (!(quantity > 0)) return Decision.PredictedRisk;
        var wanted = quantity;
        var payable = Payable(entry.Market, wanted, signal.Price, signal.Type == OrderType.Limit);
        var isShort = _policy.OnInsufficientCash == InsufficientCash.Reject ? payable < wanted : !(payable > 0);
        if (!isShort) quantity = payable;
        var value = quantity * Math.Abs(signal.Price) * unit;
        var decision = _rules.Admit(new PositionScope(entry.Member, entry.Market, signal.Side, CountsReserved: true), value);
        if (decision != Decision.Accepted) return decision;
        if (isShort) return Decision.NoCash;
        if (instrument.MinimumOf(quantity, signal.Price) > 0) return Decision.BelowMinimum;
        if (uncapped < sized) _books.CountBorrowed(TradeKey.Of(entry.Member, signal.Number));
        if (quantity < wanted) Resized++;
        if (wanted < uncapped) Capped++;
        // An order that waits for its price binds no cash before it fills.
        var cost = !signal.Type.IsAtMarket() ? 0
            : _account.MarketAt(entry.Market).Power.Cost(signal.Price, quantity, maker: false) * _account.RateOf(entry.Market);
        reservation = new Reservation(quantity, value, cost, signal.Side, entry.Market, quantity / signal.Quantity, signal.IsByHand);
        return Decision.Accepted;
    }

    // As much of an entry as the cash pays for, in whole lots; 0 where it pays for less than one hundredth.
    private double Payable(int market, double wanted, double price, bool maker)
    {
        var (power, free) = (_account.MarketAt(market).Power, _account.Spendable / _account.RateOf(market));
        var payable = power.Payable(wanted, price, power.WithinNotional(free, _account.NotionalRoom(market), price), maker);
        return payable == wanted ? wanted : _account.InstrumentOf(market).RoundQuantity(payable);
    }

    // The part of a short entry that can be borrowed; 0 if it is to be refused.
    private double Shortable(int market, double wanted, long time)
    {
        var instrument = _account.InstrumentOf(market);
        var room = instrument.Borrow.AvailableAt(time) - _account.MarketAt(market).Sums.Shorts - _account.Reserved.ShortQuantityIn(market);
        return instrument.Borrow.PartOf(wanted, room, instrument);
    }

    /// <summary>Reports that a strategy's entry, or what waited of it, is not filled any more.</summary>
    /// <param name="symbol">Index among the strategy's symbols.</param>
    public void OnEntryEnded(int member, int number, int symbol = 0)
    {
        if (_unplaced is { } last && last.Member == member && last.Signal.Number == number)
        {
            _unplaced = null;
            _account.Reserved.Release(TradeKey.Of(member, number), out _);
            return;
        }
        Place();
        _books.Withdraw(member, symbol, number);
    }

    /// <summary>Reports an exit that a strategy has sent.</summary>
    /// <inheritdoc cref="OnEntryEnded"/>
    internal void OnExiting(int member, in ExitingEvent exit, int symbol = 0)
    {
        Place();
        _books.TakeExit(member, symbol, exit);
    }

    /// <summary>Reports that a strategy has moved the stop of a trade.</summary>
    /// <inheritdoc cref="OnEntryEnded"/>
    internal void OnStopMoved(int member, in StopMovedEvent moved, int symbol = 0)
    {
        Place();
        _books.MoveStop(member, symbol, moved);
    }

    /// <summary>Reports a fill by hand of a strategy's trade, within the bars that are processed next.</summary>
    /// <inheritdoc cref="OnEntryEnded"/>
    internal void OnFill(int member, in TradeFill fill, int symbol = 0)
    {
        Place();
        _books.Give(member, symbol, fill);
    }

    /// <summary>Reports that a strategy's trade has ended. What the portfolio still holds of it is closed at the next open.</summary>
    internal void OnTrade(int member, in Trade trade)
    {
        Place();
        Remember(member, trade);
        _books.Follow(member, trade);
    }

    private void Remember(int member, in Trade trade)
    {
        if (_history is null || trade.Reason is ExitReason.Open or ExitReason.MarginCall or ExitReason.Limit or ExitReason.DataEnded)
            return;
        var market = _account.MarketOf(member, trade.SymbolIndex);
        _history.Add(member, market, trade.Return(_account.InstrumentOf(market).Multiplier));
    }

    // ---- exits that the portfolio makes itself ----

    /// <summary>
    /// Ends the account if nothing is left of it at the closes, and closes all trades at the next open if the equity is below the
    /// maintenance requirement. The strategies continue without the portfolio. Call it after <see cref="Revalue"/>.
    /// </summary>
    internal void CheckEnd()
    {
        var equity = _account.Shared.Mark(out var holds);
        if (!holds)
        {
            // Debts in other currencies can leave nothing without a position.
            if (_account.Shared.EndFlat(equity)) _account.Finance(-equity);
        }
        else if (equity <= _account.Shared.Floor)
        {
            _books.Liquidate();
        }
        else if (_account.Shared.IsCalled)
        {
            _books.CallMargin();
        }
    }

    /// <summary>Withdraws accepted entries that are not filled, or their rests, on behalf of an operator.</summary>
    /// <param name="only">The entry of this trade; null for all.</param>
    /// <returns>The entries that were withdrawn.</returns>
    public IReadOnlyList<(int Member, int Number)> WithdrawEntries(long time, (int Member, int Number)? only = null)
    {
        List<(int Member, int Number)> withdrawn = [];
        foreach (var key in KeysOf(only, _account.Reserved.All))
        {
            Withdraw(key, time);
            withdrawn.Add((TradeKey.Member(key), TradeKey.Number(key)));
        }
        return withdrawn;
    }

    /// <summary>
    /// Sends market orders that close trades, on behalf of an operator; they fill at the next opens. The strategies continue their
    /// trades.
    /// </summary>
    /// <param name="only">This trade; null for all.</param>
    /// <param name="share">The part of each to close, 0 to 1.</param>
    public void CloseForOperator((int Member, int Number)? only = null, double share = 1)
    {
        foreach (var (key, book) in _books.OpenTrades)
            if (only is not { } one || key == TradeKey.Of(one.Member, one.Number))
                _books.Operate(key, book, share);
    }

    /// <summary>The net profit of the portfolio's part in an open trade, at the last close; null if it holds none.</summary>
    internal double? NetOf(int member, int number) => _books.NetOf(member, number);

    // ---- entries by hand ----

    /// <summary>Decides on an entry that an operator makes by hand, by the limits of the strategies, over the broker's account.</summary>
    /// <param name="signal">The entry; its quantity is the order's.</param>
    /// <param name="value">Its value at the expected price, account currency.</param>
    /// <param name="account">The broker's account, with the portfolio's instruments.</param>
    internal Decision DecideByHand(int market, in Signal signal, double value, IPortfolioView account)
    {
        if (IsRuined) return Decision.Ruined;
        if (IsPaused) return Decision.Paused;
        return _rules.AdmitOver(new EntryRequest(PositionScope.ByHand, market, signal), value, account);
    }

    /// <summary>Whether the limits, over the broker's account, admit an entry that the portfolio has accepted.</summary>
    /// <inheritdoc cref="DecideByHand"/>
    internal Decision DecideOver(int member, int market, in Signal signal, double value, IPortfolioView account) =>
        _rules.AdmitOver(new EntryRequest(member, market, signal), value, account);

    /// <summary>The expected price of a market order at the last close.</summary>
    internal double PriceOf(int market, Side side, double quantity) => _books.PriceAtClose(market, side, quantity);

    /// <summary>The fee of an order that would fill at once.</summary>
    /// <param name="time">UTC ticks.</param>
    internal double FeeOf(int market, long time, double price, double quantity, bool maker) =>
        _books.FeeAtOnce(market, time, price, quantity, maker);

    private static IEnumerable<long> KeysOf((int Member, int Number)? only, IReadOnlyList<long> keys) =>
        only is { } one ? keys.Where(k => k == TradeKey.Of(one.Member, one.Number)) : keys;

    /// <summary>
    /// With <c>execution.atEnd: close</c>, closes positions in symbols that have stopped trading, at their last closes. Call it after
    /// <see cref="Revalue"/>, and revalue again.
    /// </summary>
    internal void CloseEnded()
    {
        if (_account.Execution.AtEnd == AtEnd.Close) _books.CloseEnded(_activity);
    }

    /// <summary>Whether an instrument has had no bar on more days of the others than a trading halt explains.</summary>
    public bool HasStopped(int market) => _activity.IsInactive(market);

    /// <summary>
    /// Symbols that have stopped trading and still have open positions, each with the open time of its last bar (UTC ticks) and the number
    /// of positions; by symbol.
    /// </summary>
    public IReadOnlyList<(string Symbol, long LastBar, int Positions)> HeldAtEnd() =>
    [
        .. _books.OpenTrades.Where(t => _activity.IsInactive(t.Book.Market)).GroupBy(t => t.Book.Market)
            .Select(g => (_account.InstrumentOf(g.Key).Symbol, _books.LastBarOf(g.Key), g.Count()))
            .OrderBy(x => x.Symbol, StringComparer.Ordinal),
    ];

    /// <summary>
    /// Closes the part of each trade by which prices have moved the portfolio beyond a limit, at the last closes. Does nothing unless
    /// limits hold at every bar. Call it after <see cref="Revalue"/>, and revalue again.
    /// </summary>
    internal void Trim(long time)
    {
        if (!_policy.HoldsLimitsAtEveryBar) return;
        for (var round = 0; round < MostRounds && _account.OpenTrades > 0; round++)
        {
            Revalue(time);
            List<(long Key, MemberBook Book, double Share)> shares = [];
            foreach (var (key, book) in _books.OpenTrades)
            {
                if (!book.Book.IsHeld(TradeKey.Number(key))) continue;
                var scope = new PositionScope(book.Member, book.Market, book.Book.TradeOf(TradeKey.Number(key)).Side,
                    CountsReserved: false);
                if (_rules.ShareToClose(scope) is > 0 and var share) shares.Add((key, book, share));
            }
            if (shares.Count == 0) return;
            foreach (var (key, book, share) in shares) _books.CutAtClose(key, book, share, ExitReason.Limit);
        }
    }

    /// <summary>Whether the end of the bars closes positions.</summary>
    public bool BooksAtEnd => _account.Execution.AtEnd == AtEnd.Close;

    /// <summary>Returns the trades that are open now, at the last closes, each after its closed part. The portfolio goes on.</summary>
    internal IReadOnlyList<PortfolioTrade> OpenAtEnd() => _books.OpenAtEnd();
}
