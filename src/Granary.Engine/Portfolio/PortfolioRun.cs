using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Portfolio;

/// <summary>
/// The portfolio of a batch or session. It decides on every entry, sizes it, and keeps one account within its limits. The host reports the
/// strategies' events in the order of time. A strategy whose signal is refused still simulates the trade in its own account.
/// </summary>
public sealed class PortfolioRun
{
    private readonly PortfolioAccount _account;
    private readonly RuleSet _rules;
    private readonly PortfolioPolicy _policy;
    private readonly PositionSizer _sizer;
    private readonly SpendableCash _cash;
    private readonly PortfolioTrades _trades;
    private readonly PortfolioExits _exits;
    private readonly PortfolioLiquidations? _liquidations;
    private readonly WaitingExits _waiting;
    private readonly VolumeCap _volume;
    private readonly MarketActivity _activity;
    private readonly HeldBars _held;
    private readonly DailyReturns? _returns;
    private readonly TradeHistory? _history;
    private readonly bool _recalls;
    // The last close, and that of the row before, UTC ticks.
    private (long Before, long Last) _closes = (long.MinValue, long.MinValue);
    private readonly HashSet<int> _disabled = [];
    // Trades that an operator closes at the next open, with the share to close.
    private readonly SortedDictionary<long, double> _operated = [];
    private readonly List<(int Member, int Number)> _expired = [];
    private IExposureModel? _exposure;
    private PredictedRiskLimit? _predicted;
    private long _day = long.MinValue;
    // Of the fill that comes next.
    private FillTerms? _terms;

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
        _recalls = instruments.Any(i => i.Borrow.ClosesRecalled);
        _activity = new MarketActivity(instruments.Count);
        _held = new HeldBars(instruments, members);
        _volume = new VolumeCap(execution.VolumeShare, instruments);
        _waiting = new WaitingExits(_account, _volume);
        _cash = new SpendableCash(_account, _waiting, _activity);
        _sizer = new PositionSizer(sizing, _account, _returns, _history);
        _trades = new PortfolioTrades(_account, _rules, _policy, _volume, _cash, _waiting, _held);
        _exits = new PortfolioExits(_account, _trades, _rules, _volume, _waiting, _held, _activity);
        if (execution.Margin != MarginMode.None) _liquidations = new PortfolioLiquidations(_account, _trades, _exits);
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
        _trades.Closed = new RecentTrades(PortfolioState.Trades);
        _predicted = new PredictedRiskLimit(model, _trades.Closed,
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
    public double FreeCash => _account.FreeCash();

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
    internal void ReportFills(Action<PortfolioFill> filled) => _account.Filled = filled;

    /// <summary>Values of the position in an instrument at its last close: longs minus shorts, and longs plus shorts.</summary>
    public (double Net, double Gross) ValuesIn(int market) => _account.ValuesIn(market);

    /// <summary>Whether the account has lost everything and was closed: its equity stays at zero, and it refuses every signal.</summary>
    public bool IsRuined => _account.IsRuined;

    /// <summary>Entries reduced at their signal to the cash of the portfolio, or to the member's share of it.</summary>
    public int Resized { get; private set; }

    /// <summary>Entries reduced, at their signal or their fill, to what could be borrowed.</summary>
    internal int Borrowed => _trades.Borrowed;

    /// <summary>Entries reduced at their signal to the cap of the model of <see cref="CapExposure"/>.</summary>
    public int Capped { get; private set; }

    /// <summary>Entries reduced at their fill, whose price exceeded the cash.</summary>
    public int ResizedAtFill => _trades.Resized;

    /// <summary>The share of the last entry fill that free cash did not pay for, 0 to 1.</summary>
    public double CashCut => _trades.CashCut;

    /// <summary>Whether nothing could be borrowed for the last entry fill.</summary>
    internal bool IsUnborrowed => _trades.IsUnborrowed;

    /// <summary>Whether other strategies had reached the volume cap of the bar of the last entry fill.</summary>
    public bool VolumeCapReached => _trades.VolumeCapReached;

    // ---- members ----

    public double WeightOf(int member) => _account.Member(member).Weight;

    /// <summary>Sets a weight for signals from now on; open trades keep their size.</summary>
    public void SetWeight(int member, double weight)
    {
        if (WeightOf(member) == weight) return;
        _account.SetWeight(member, weight);
        if (weight != 0) _held.Include(_account.Member(member));
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

    /// <summary>The portfolio's quantity of an accepted signal as a multiple of the strategy's; 0 without a reservation.</summary>
    public double ScaleOf(int member, int number) =>
        _account.Reserved.TryGet(TradeKey.Of(member, number), out var reservation) ? reservation.Scale : 0;

    /// <summary>The portfolio's open quantity of a member's trade, base units; 0 if it has no part in it.</summary>
    public double QuantityOf(int member, int number) =>
        _account.Holdings.TryGetValue(TradeKey.Of(member, number), out var holding) ? holding.Quantity : 0;

    // ---- time ----

    /// <summary>Reports a closed bar of an instrument.</summary>
    public void Mark(int symbol, in Bar bar)
    {
        _trades.ChargeNights(bar.Time);
        if (_volume.IsOn) _exits.BookWaiting(symbol, bar);
        var close = _held.CloseOf(symbol, bar.Time);
        if (_recalls) _closes.Last = Math.Max(_closes.Last, close);
        _account.Reach(close);
        _account.Mark(symbol, bar);
        Mark(symbol, bar.Close);
        _volume.Mark(symbol, bar);
        _held.Add(symbol, bar);
        _exposure?.Mark(symbol, bar);
        _liquidations?.Mark(symbol, bar, close);
    }

    /// <summary>Reports a close of an instrument, if bar volumes do not limit fills.</summary>
    public void Mark(int symbol, double close)
    {
        _account.Mark(symbol, close);
        _activity.Mark(symbol);
        _returns?.Mark(symbol);
    }

    /// <summary>Values the portfolio after all instruments of a time slice are marked.</summary>
    /// <param name="time">UTC ticks.</param>
    public void Revalue(long time)
    {
        var day = time / TimeSpan.TicksPerDay;
        var isFirst = _day == long.MinValue;
        _trades.ChargeNights(time);
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
        _account.Release(key, out _);
        _account.Record((ulong)key | 3UL << 60, (ulong)time);
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
    internal CurrencyParts? CurrencyParts => _account.Currencies?.Parts;

    /// <summary>Interest and borrow fees by currency; null if no key of the batch says them over time.</summary>
    internal IReadOnlyList<FinancingOfCurrency>? FinancingByCurrency() => _account.Costs.All;

    /// <summary>The account's first bar, UTC ticks, from which on its balances earn and pay.</summary>
    internal void BeginInterest(long from) => _account.BeginInterest(from);

    /// <summary>The balances in other currencies than the account's and their rates, by currency; empty if there are none.</summary>
    public IReadOnlyList<(string Currency, double Amount, double Rate)> Balances => _account.Currencies?.Held ?? [];

    // ---- signals ----

    /// <summary>A strategy wants to enter.</summary>
    /// <param name="symbol">Index among the strategy's symbols.</param>
    public Decision OnSignal(int member, in Signal signal, int symbol = 0)
    {
        var entry = new EntryRequest(member, _account.MarketOf(member, symbol), signal);
        var decision = Decide(entry, out var reservation);
        if (decision == Decision.Accepted)
        {
            _account.Reserve(TradeKey.Of(member, signal.Number), reservation);
            Accepted++;
        }
        _account.Record((ulong)(uint)member << 32 | (uint)signal.Number, decision.Number);
        return decision;
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
            quantity = Math.Min(quantity, risk * (_account.Equity / 100) / (Math.Abs(signal.Price - signal.Stop) * unit));
        quantity = instrument.RoundQuantity(quantity);
        if (!(quantity > 0)) return Decision.NoQuantity;
        var sized = quantity;
        if (signal.Side == Side.Sell && instrument.Borrow.IsGiven)
            quantity = _trades.Shortable(entry.Market, quantity, _account.Member(entry.Member).Timeframe.CloseOf(signal.Time), true);
        if (!(quantity > 0)) return Decision.NotShortable;
        var uncapped = quantity;
        if (_predicted is { } predicted && quantity * Math.Abs(signal.Price) * unit > predicted.Room)
            quantity = instrument.RoundQuantity(predicted.Room / (Math.Abs(signal.Price) * unit));
        if (!(quantity > 0)) return Decision.PredictedRisk;
        var wanted = quantity;
        var payable = _cash.Payable(entry.Market, wanted, signal.Price, signal.Type == OrderType.Limit);
        var isShort = _policy.OnInsufficientCash == InsufficientCash.Reject ? payable < wanted : !(payable > 0);
        if (!isShort) quantity = payable;
        var value = quantity * Math.Abs(signal.Price) * unit;
        var decision = _rules.Admit(new PositionScope(entry.Member, entry.Market, signal.Side, CountsReserved: true), value);
        if (decision != Decision.Accepted) return decision;
        if (isShort) return Decision.NoCash;
        if (instrument.MinimumOf(quantity, signal.Price) > 0) return Decision.BelowMinimum;
        if (uncapped < sized) _trades.CountBorrowed(TradeKey.Of(entry.Member, signal.Number));
        if (quantity < wanted) Resized++;
        if (wanted < uncapped) Capped++;
        var cost = _account.PowerOf(entry.Market).Cost(signal.Price, quantity, signal.Type == OrderType.Limit)
            * _account.RateOf(entry.Market);
        reservation = new Reservation(quantity / signal.Quantity, value, cost, signal.Side, signal.Quantity, entry.Market);
        return Decision.Accepted;
    }

    /// <summary>Reports a signal that ended without a trade.</summary>
    public void OnSignalEnded(int member, int number) => _account.Release(TradeKey.Of(member, number), out _);

    /// <summary>A member's entry was made smaller, with its signal or since then: its reservation follows.</summary>
    /// <param name="rest">Quantity of the strategy that is not filled yet, base units.</param>
    public void OnEntryCut(int member, int number, double rest)
    {
        var key = TradeKey.Of(member, number);
        if (!_account.Reserved.Release(key, out var reservation)) return;
        var share = rest / reservation.Quantity;
        if (share == 1) Resized++;
        else _trades.Resized++;
        _account.Reserved.Add(key,
            reservation with { Quantity = rest, Value = reservation.Value * share, Cash = reservation.Cash * share });
    }

    /// <summary>Reports that the remainder of an entry was cancelled.</summary>
    public void OnEntryEnded(int member, int number) => _account.Release(TradeKey.Of(member, number), out _);

    // ---- trades ----

    /// <summary>A strategy's trade was filled: entered, added to, or closed in part.</summary>
    /// <param name="symbol">Index among the strategy's symbols.</param>
    /// <returns>The portfolio's quantity; 0 where it has no part in it.</returns>
    internal double OnFill(int member, in TradeFill fill, int symbol = 0)
    {
        var terms = _terms;
        _terms = null;
        if (terms is { } exit && !fill.IsEntry && _liquidations is not null
            && _liquidations.Precede(TradeKey.Of(member, fill.Number), exit, _account.Member(member).Timeframe.CloseOf(exit.Time)))
            return 0;
        _trades.Terms = terms;
        var own = _trades.Fill(member, fill, symbol);
        _trades.Terms = null;
        return own;
    }

    /// <summary>
    /// Reports the terms of the fill that comes next, where its price, or a liquidation before it, depends on the quantity.
    /// </summary>
    internal void OnPriced(in FillTerms terms) => _terms = terms;

    /// <summary>Reports a market exit order of an open trade: its proceeds can pay for entries at the same close.</summary>
    public void OnExiting(int member, int number) => _cash.OnExiting(TradeKey.Of(member, number));

    /// <summary>Reports that a strategy's trade was closed, or is open at the end.</summary>
    /// <returns>
    /// The portfolio's trade. Null if it did not take part, or cannot close its share within the bar's volume: <see cref="Unwind"/> closes
    /// it later.
    /// </returns>
    internal PortfolioTrade? OnTrade(int member, in Trade trade)
    {
        var key = TradeKey.Of(member, trade.Number);
        // If only this symbol's bars have ended, the remainder of an entry waits until it expires, as in a live session.
        if (trade.Reason != ExitReason.Open) _account.Release(key, out _);
        Remember(member, trade);
        if (trade.Reason == ExitReason.Liquidation && _account.Execution.Margin == MarginMode.Cross)
            _liquidations!.Follow(_account.MarketOf(member, trade.SymbolIndex), trade.ExitPrice, trade.ExitTime);
        return _waiting.Add(key, trade) ? null : _trades.Settle(member, trade);
    }

    /// <inheritdoc cref="PortfolioTrades.ClosedPart"/>
    internal PortfolioTrade? ClosedPartOf(int member, int number) => _trades.ClosedPart(member, number);

    private void Remember(int member, in Trade trade)
    {
        if (_history is null || _account.IsLiquidating
            || trade.Reason is ExitReason.Open or ExitReason.MarginCall or ExitReason.Limit or ExitReason.DataEnded) return;
        var market = _account.MarketOf(member, trade.SymbolIndex);
        _history.Add(member, market, trade.Return(_account.InstrumentOf(market).Multiplier));
    }

    /// <summary>
    /// Reports financing of a strategy's trade. Interest belongs to the strategy's own loan, and the rest of a liquidated margin and a loss
    /// beyond the margin to its own margin: the portfolio has its own.
    /// </summary>
    internal void OnFinancing(int member, in FinancingEvent paid)
    {
        var key = TradeKey.Of(member, paid.Number);
        if (paid.Kind == FinancingKind.Liquidation) _trades.BeginLiquidation(key);
        else if (paid.Kind is not (FinancingKind.Interest or FinancingKind.WriteOff or FinancingKind.CashInterest
            or FinancingKind.BalanceInterest)) _trades.Finance(key, paid);
    }

    /// <summary>Reports a split in a strategy's trade. The first report splits all positions of the portfolio in the instrument.</summary>
    public void OnSplit(int member, int number, long time, long exDate, double ratio) =>
        _trades.Split(TradeKey.Of(member, number), time, exDate, ratio);

    /// <summary>
    /// Reports that a strategy's trade was rolled. The first report rolls all positions of the portfolio in the instrument, each with
    /// orders of its own quantity.
    /// </summary>
    internal void OnRoll(int member, in RollEvent roll) => _trades.Roll(TradeKey.Of(member, roll.Number), roll);

    // ---- exits that the portfolio makes itself ----

    /// <summary>
    /// Closes all positions at the last closes if the equity is below the maintenance requirement or has reached zero. Returns also the
    /// trades that were liquidated within the bars. The strategies continue without the portfolio. Call it after <see cref="Revalue"/>.
    /// </summary>
    /// <returns>The trades that were closed.</returns>
    internal IReadOnlyList<PortfolioTrade> CallMargin(long time)
    {
        var liquidated = _liquidations is null ? [] : _liquidations.Take();
        if (_account.Holdings.Count == 0)
        {
            // Debts in other currencies can leave nothing without a position.
            if (_account.Currencies is not null && !_account.IsRuined && _account.Equity <= 0)
                _account.BookWriteOff(_account.CloseRuined());
            return liquidated;
        }
        if (!(_account.Equity <= _account.Floor)) return _exits.IsCalled ? _exits.CloseAll(time, ExitReason.MarginCall) : liquidated;
        _account.IsLiquidating = true;
        return [.. liquidated, .. _exits.CloseAll(time, _account.Execution.Margin == MarginMode.Cross
            ? ExitReason.Liquidation : ExitReason.Ruined)];
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
    /// Sends market orders that close trades, on behalf of an operator; <see cref="Open"/> fills them. The strategies continue their
    /// trades.
    /// </summary>
    /// <param name="only">This trade; null for all.</param>
    /// <param name="share">The part of each to close, 0 to 1.</param>
    public void CloseForOperator((int Member, int Number)? only = null, double share = 1)
    {
        foreach (var key in KeysOf(only, [.. _account.Holdings.Keys]))
            _operated[key] = 1 - (1 - _operated.GetValueOrDefault(key)) * (1 - share);
    }

    /// <summary>A bar of an instrument opens: orders of an operator fill. Call it before what strategies did within the bar.</summary>
    /// <returns>The trades that were closed.</returns>
    internal IReadOnlyList<PortfolioTrade> Open(int market, in Bar bar)
    {
        if (_operated.Count == 0) return [];
        List<PortfolioTrade> closed = [];
        foreach (var (key, share) in _operated.ToList())
        {
            if (_account.Holdings.TryGetValue(key, out var holding))
            {
                if (holding.Market != market) continue;
                _operated.Remove(key);
                if (share < 1)
                {
                    if (_exits.Cut(key, share, bar.Time, ExitReason.Operator, bar)?.Closed is { } whole) closed.Add(whole);
                    continue;
                }
                var price = _account.PriceAtOpen(market, bar, (Side)(-(int)holding.Side), holding.Quantity);
                if (_exits.Close(key, price, bar.Time, ExitReason.Operator) is { } trade) closed.Add(trade);
            }
            _operated.Remove(key);
        }
        return closed;
    }

    /// <summary>The net profit of the portfolio's part in an open trade, at the last close; null if it holds none.</summary>
    internal double? NetOf(int member, int number)
    {
        if (!_account.Holdings.TryGetValue(TradeKey.Of(member, number), out var holding)) return null;
        var (lot, multiplier) = (holding.Lot, _account.InstrumentOf(holding.Market).Multiplier);
        return (lot.Profit(_account.CloseOf(holding.Market), lot.Quantity, multiplier)
            + (holding.IsParted ? lot.Profit(lot.ExitPrice, lot.Closed, multiplier) : 0) - lot.Fees + lot.Financing)
            * _account.RateOf(holding.Market);
    }

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
    internal double PriceOf(int market, Side side, double quantity) => _account.PriceAtClose(market, side, quantity);

    /// <summary>The fee of an order that would fill at once.</summary>
    /// <param name="time">UTC ticks.</param>
    internal double FeeOf(int market, long time, double price, double quantity, bool maker) =>
        _account.Fees.AtOnce(market, time, price, quantity, maker);

    private static IEnumerable<long> KeysOf((int Member, int Number)? only, IReadOnlyList<long> keys) =>
        only is { } one ? keys.Where(k => k == TradeKey.Of(one.Member, one.Number)) : keys;

    /// <summary>
    /// With <c>execution.atEnd: close</c>, closes positions in symbols that have stopped trading, at their last closes. Call it after
    /// <see cref="Revalue"/>, and revalue again.
    /// </summary>
    internal IReadOnlyList<PortfolioTrade> CloseEnded(long time) =>
        _account.Execution.AtEnd == AtEnd.Close && _exits.HoldsInactive ? _exits.CloseAll(time, ExitReason.DataEnded) : [];

    /// <summary>Whether an instrument has had no bar on more days of the others than a trading halt explains.</summary>
    public bool HasStopped(int market) => _activity.IsInactive(market);

    /// <summary>
    /// Symbols that have stopped trading and still have open positions, each with the open time of its last bar (UTC ticks) and the number
    /// of positions; by symbol.
    /// </summary>
    public IReadOnlyList<(string Symbol, long LastBar, int Positions)> HeldAtEnd() =>
    [
        .. _account.Holdings.Values.Where(h => _activity.IsInactive(h.Market)).GroupBy(h => h.Market)
            .Select(g => (_account.InstrumentOf(g.Key).Symbol, _volume.LastBar(g.Key), g.Count()))
            .OrderBy(x => x.Symbol, StringComparer.Ordinal),
    ];

    /// <summary>
    /// Closes the part of each trade by which prices have moved the portfolio beyond a limit, at the last closes. Does nothing unless
    /// limits hold at every bar. Call it after <see cref="Revalue"/>, and revalue again.
    /// </summary>
    internal IReadOnlyList<LimitCut> Trim(long time) =>
        _policy.HoldsLimitsAtEveryBar && _account.Holdings.Count > 0 ? _exits.Cut(time, Revalue) : [];

    /// <summary>
    /// Closes what is held short beyond what can be borrowed, where a table says it and recalls close positions. Call it after
    /// <see cref="Revalue"/>, and revalue again.
    /// </summary>
    /// <param name="time">The open of the bars that closed, UTC ticks.</param>
    internal IReadOnlyList<LimitCut> CloseRecalled(long time)
    {
        if (!_recalls) return [];
        var known = _closes.Before;
        _closes.Before = _closes.Last;
        return _account.Holdings.Count > 0 ? _exits.CutRecalled(time, known) : [];
    }

    /// <summary>
    /// Closes trades that strategies have closed but the portfolio could not, at the last closes and within the volume of the bars that
    /// closed now. Call it after <see cref="Revalue"/>, and revalue again.
    /// </summary>
    /// <returns>The trades that are now fully closed.</returns>
    internal IReadOnlyList<PortfolioTrade> Unwind(long time) => _exits.CloseWaiting(time);

    /// <summary>
    /// Whether the end of the bars changes the account: interest of the last nights is booked, or positions are closed.
    /// </summary>
    public bool BooksAtEnd => _account.Execution.AtEnd == AtEnd.Close || _account.Execution.Interest is not null
        || new FinancingRate(_account.Execution, BorrowSeries.None).ChargesInterest;

    /// <summary>Returns the trades that are not yet closed when the bars end, as open at the last closes.</summary>
    internal IReadOnlyList<PortfolioTrade> EndUnwinding(long time) => _exits.EndWaiting(time);
}
