using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Engine.Portfolio;

/// <summary>
/// The portfolio of a batch or session. It decides on every entry, sizes it, and keeps one account within its limits. The host reports what
/// the strategies do, in the order of time. A strategy whose signal is refused still simulates the trade in its own account.
/// </summary>
public sealed class PortfolioRun
{
    private readonly PortfolioAccount _account;
    private readonly EquityPeak _peak;
    private readonly RuleSet _rules;
    private readonly PortfolioPolicy _policy;
    private readonly PositionSizer _sizer;
    private readonly SpendableCash _cash;
    private readonly PortfolioTrades _trades;
    private readonly PortfolioExits _exits;
    private readonly WaitingExits _waiting;
    private readonly VolumeCap _volume;
    private readonly MarketActivity _activity;
    private readonly HeldBars _held;
    private readonly DailyReturns? _returns;
    private readonly TradeHistory? _history;
    private readonly HashSet<int> _disabled = [];
    private readonly List<(int Member, int Number)> _expired = [];
    private IExposureModel? _exposure;
    private PredictedRiskLimit? _predicted;
    private long _day = long.MinValue;

    /// <param name="execution">
    /// Its fees, leverage and maintenance margin also hold for the portfolio's account; null = fees in proportion to the strategies', no
    /// leverage.
    /// </param>
    /// <param name="enablement">Null = strategies are not switched off by their results.</param>
    public PortfolioRun(double cash, PortfolioLimits limits, IReadOnlyList<Instrument> instruments, IReadOnlyList<PortfolioMember> members,
        ExecutionSettings? execution = null, PortfolioSizing? sizing = null, EnablementRule? enablement = null)
    {
        execution ??= new ExecutionSettings();
        sizing ??= PortfolioSizing.Own;
        _account = new PortfolioAccount(cash, instruments, members, execution);
        _peak = new EquityPeak(cash);
        _policy = new PortfolioPolicy(limits.AtEveryBar, sizing.OnInsufficientCash, limits.RiskPercent);
        if (limits.MaxCorrelatedPercent is not null || sizing.Kind == PortfolioSizeKind.VolatilityTarget)
            _returns = new DailyReturns(instruments.Count, limits.Days);
        if (enablement is not null || sizing.Kind == PortfolioSizeKind.Kelly)
            _history = new TradeHistory(Math.Max(enablement?.Trades ?? 1, sizing.Kind == PortfolioSizeKind.Kelly ? sizing.Trades : 1),
                members.Count, enablement is { Symbols: true } ? instruments.Count : 0);
        var limitRules = new LimitRules(limits, [.. instruments.Select(i => i.Symbol)], [.. members.Select(m => m.Id)]);
        _rules = new RuleSet(limitRules.Make(_peak, enablement, _returns, _history), _account);
        _activity = new MarketActivity(instruments.Count);
        _held = new HeldBars(instruments, members);
        _volume = new VolumeCap(execution.VolumeShare, instruments);
        _waiting = new WaitingExits(_account, _volume);
        _cash = new SpendableCash(_account, _waiting, _activity);
        _sizer = new PositionSizer(sizing, _account, _returns, _history);
        _trades = new PortfolioTrades(_account, _rules, _policy, _volume, _cash, _waiting, _held);
        _exits = new PortfolioExits(_account, _trades, _rules, _volume, _waiting, _held, _activity);
    }

    /// <summary>Lets a model cap the exposure at each entry, after all other limits; before the first bar.</summary>
    public void CapExposure(IExposureModel model)
    {
        _exposure = model;
        _trades.Closed = new RecentTrades(PortfolioState.Trades);
        _predicted = new PredictedRiskLimit(model, _peak, _trades.Closed,
            entry => _account.Member(entry.Member).Timeframe.CloseOf(entry.Signal.Time));
        _rules.Add(_predicted);
    }

    public double StartingCash => _account.StartingCash;

    public double Cash => _account.Cash;

    /// <summary>At the last <see cref="Revalue"/>.</summary>
    public double Equity => _account.Equity;

    /// <summary>Sum of the absolute values of all positions at the last <see cref="Revalue"/>.</summary>
    public double Exposure => _account.Exposure;

    /// <summary>How far the equity is below its peak, a positive fraction.</summary>
    public double Drawdown => _peak.Drawdown(_account.Equity);

    public int OpenTrades => _account.OpenTrades;

    /// <summary>Signals that were accepted.</summary>
    public int Accepted { get; private set; }

    public double Commission => _account.Commission;

    /// <summary>Dividends received less those owed, borrow fees and interest.</summary>
    public double Financing => _account.Financing;

    public UInt128 Fingerprint => _account.Fingerprint;

    /// <summary>Passes on each change of a position from now on.</summary>
    public void ReportFills(Action<PortfolioFill> filled) => _account.Filled = filled;

    /// <summary>Values of the position in an instrument at its last close: longs minus shorts, and longs plus shorts.</summary>
    public (double Net, double Gross) ValuesIn(int market) => _account.ValuesIn(market);

    /// <summary>Nothing was left of the account, and it was closed: it stays at zero, and every signal is refused.</summary>
    public bool IsRuined => _account.IsRuined;

    /// <summary>Entries that were made smaller at their signal, to what cash pays: the portfolio's, or the member's share of it.</summary>
    public int Resized { get; private set; }

    /// <summary>Entries that were made smaller at their signal, to what the model of <see cref="CapExposure"/> left.</summary>
    public int Capped { get; private set; }

    /// <summary>Entries that were made smaller at their fill, since its price was beyond the cash.</summary>
    public int ResizedAtFill => _trades.Resized;

    /// <summary>The part of its trade that free cash did not pay at the last fill of an entry, 0 to 1.</summary>
    public double CashCut => _trades.CashCut;

    /// <summary>Whether the last fill of an entry found the volume cap of its bar reached by other strategies.</summary>
    public bool VolumeCapReached => _trades.VolumeCapReached;

    // ---- members ----

    public double WeightOf(int member) => _account.Member(member).Weight;

    /// <summary>Sets a weight for the signals from now on; open trades keep their size.</summary>
    public void SetWeight(int member, double weight)
    {
        if (WeightOf(member) == weight) return;
        _account.SetWeight(member, weight);
        if (weight != 0) _held.Include(_account.Member(member));
        _sizer.TotalWeight = double.NaN;
    }

    /// <summary>Sum of the members' weights; a caller that sets each weight only when it is needed sets the sum too.</summary>
    public double TotalWeight
    {
        get => _sizer.TotalWeight;
        set => _sizer.TotalWeight = value;
    }

    /// <summary>Switches a member's entries on or off; open trades go on.</summary>
    public void SetEnabled(int member, bool enabled) => _ = enabled ? _disabled.Remove(member) : _disabled.Add(member);

    public bool IsEnabled(int member) => !_disabled.Contains(member);

    /// <summary>Whether entries are taken at all: not before the portfolio begins to trade, as if no member had a weight.</summary>
    public bool TakesEntries { get; set; } = true;

    /// <summary>The portfolio's quantity of an accepted signal as a multiple of the strategy's; 0 where none is reserved.</summary>
    public double ScaleOf(int member, int number) =>
        _account.Reserved.TryGet(TradeKey.Of(member, number), out var reservation) ? reservation.Scale : 0;

    // ---- time ----

    /// <summary>An instrument's bar has closed.</summary>
    public void Mark(int symbol, in Bar bar)
    {
        _trades.ChargeNights(bar.Time);
        Mark(symbol, bar.Close);
        _volume.Mark(symbol, bar);
        _held.Add(symbol, bar);
        _exposure?.Mark(symbol, bar);
    }

    /// <summary>An instrument has a close, where no bar's volume bounds the fills.</summary>
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
        _peak.Add(_account.Equity);
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

    // An entry in an instrument that has stopped trading would keep its cash reserved for ever.
    private void Expire(long time)
    {
        foreach (var key in _account.Reserved.Inactive(_activity))
        {
            _account.Release(key, out _);
            _expired.Add((TradeKey.Member(key), TradeKey.Number(key)));
            _account.Record((ulong)key | 3UL << 60, (ulong)time);
        }
    }

    /// <summary>
    /// Accepted entries that were withdrawn, since their symbol had no bar on more than five days on which others had one; in order.
    /// </summary>
    public IReadOnlyList<(int Member, int Number)> Expired => _expired;

    /// <summary>Adds the equity of a time slice to the fingerprint.</summary>
    public void Seal(long time) => _account.Record((ulong)time, _account.Equity);

    // ---- signals ----

    /// <summary>A strategy wants to enter.</summary>
    /// <param name="symbol">Which of the strategy's symbols.</param>
    /// <param name="refused">The strategy's own account has refused it already.</param>
    public Decision OnSignal(int member, in Signal signal, int symbol = 0, bool refused = false)
    {
        var entry = new EntryRequest(member, _account.MarketOf(member, symbol), signal);
        var decision = Decision.StrategyRefused;
        if (!refused && (decision = Decide(entry, out var reservation)) == Decision.Accepted)
        {
            _account.Reserve(TradeKey.Of(member, signal.Number), reservation);
            Accepted++;
        }
        _account.Record((ulong)(uint)member << 32 | (uint)signal.Number, (ulong)(byte)decision);
        return decision;
    }

    private Decision Decide(in EntryRequest entry, out Reservation reservation)
    {
        reservation = default;
        if (WeightOf(entry.Member) == 0 || !TakesEntries) return Decision.WeightZero;
        if (IsRuined) return Decision.Ruined;
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
        if (_policy.RiskPercent is { } risk && signal.Stop > 0)
            quantity = Math.Min(quantity, risk * (_account.Equity / 100) / (Math.Abs(signal.Price - signal.Stop) * instrument.Multiplier));
        quantity = instrument.RoundQuantity(quantity);
        if (!(quantity > 0)) return Decision.NoQuantity;
        var uncapped = quantity;
        if (_predicted is { } predicted && quantity * signal.Price * instrument.Multiplier > predicted.Room)
            quantity = instrument.RoundQuantity(predicted.Room / (signal.Price * instrument.Multiplier));
        if (!(quantity > 0)) return Decision.PredictedRisk;
        var wanted = quantity;
        var payable = _cash.Payable(entry.Market, wanted, signal.Price, signal.Type == OrderType.Limit);
        var isShort = _policy.OnInsufficientCash == InsufficientCash.Reject ? payable < wanted : !(payable > 0);
        if (!isShort) quantity = payable;
        var value = quantity * signal.Price * instrument.Multiplier;
        var decision = _rules.Admit(new PositionScope(entry.Member, entry.Market, signal.Side, CountsReserved: true), value);
        if (decision != Decision.Accepted) return decision;
        if (isShort) return Decision.NoCash;
        if (quantity < wanted) Resized++;
        if (wanted < uncapped) Capped++;
        var cost = _account.PowerOf(entry.Market).Cost(signal.Price, quantity, signal.Type == OrderType.Limit);
        reservation = new Reservation(quantity / signal.Quantity, value, cost, signal.Side, signal.Quantity, entry.Market);
        return Decision.Accepted;
    }

    /// <summary>A signal ended without a trade.</summary>
    public void OnSignalEnded(int member, int number) => _account.Release(TradeKey.Of(member, number), out _);

    /// <summary>A member's entry was made smaller, with its signal or since then: its reservation follows.</summary>
    /// <param name="rest">What is to come of it: the strategy's quantity, base units.</param>
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

    /// <summary>The rest of an entry was cancelled.</summary>
    public void OnEntryEnded(int member, int number) => _account.Release(TradeKey.Of(member, number), out _);

    // ---- trades ----

    /// <summary>A strategy's entry was filled; where its signal was accepted, the portfolio's share of it is filled too.</summary>
    /// <returns>The portfolio's quantity; 0 where it has no part in it.</returns>
    public double OnEntry(int member, int number, long time, double price, double quantity, double commission, int symbol = 0) =>
        OnFill(member, new TradeFill(number, time, price, quantity, commission, default, IsEntry: true, IsFirst: true, IsMaker: false),
            symbol);

    /// <summary>A strategy's trade was filled: entered, added to, or closed in part.</summary>
    /// <param name="symbol">Which of the strategy's symbols.</param>
    /// <returns>The portfolio's quantity; 0 where it has no part in it.</returns>
    public double OnFill(int member, in TradeFill fill, int symbol = 0) => _trades.Fill(member, fill, symbol);

    /// <summary>A strategy has sent an exit of an open trade at the market: its proceeds can pay for entries of the same close.</summary>
    public void OnExiting(int member, int number) => _cash.OnExiting(TradeKey.Of(member, number));

    /// <summary>A strategy's trade was closed (or is open at the end).</summary>
    /// <returns>
    /// The portfolio's trade; null where it had no part in it, or cannot close its part within the bar's volume: <see cref="Unwind"/> will.
    /// </returns>
    public PortfolioTrade? OnTrade(int member, in Trade trade)
    {
        var key = TradeKey.Of(member, trade.Number);
        // Where the bars of one symbol have ended the rest of an entry waits until it expires, as in a live session.
        if (trade.Reason != ExitReason.Open) _account.Release(key, out _);
        Remember(member, trade);
        return _waiting.Add(key, trade) ? null : _trades.Settle(member, trade);
    }

    /// <inheritdoc cref="PortfolioTrades.ClosedPart"/>
    public PortfolioTrade? ClosedPartOf(int member, int number) => _trades.ClosedPart(member, number);

    private void Remember(int member, in Trade trade)
    {
        if (_history is null || _account.IsLiquidating
            || trade.Reason is ExitReason.Open or ExitReason.MarginCall or ExitReason.Limit or ExitReason.DataEnded) return;
        var market = _account.MarketOf(member, trade.SymbolIndex);
        _history.Add(member, market, trade.Return(_account.InstrumentOf(market).Multiplier));
    }

    /// <summary>
    /// A strategy's trade has brought or cost cash. Interest is of the strategy's own loan, so the portfolio takes no part in it.
    /// </summary>
    /// <param name="amount">Quote currency per unit.</param>
    public void OnFinancing(int member, int number, long time, FinancingKind kind, double amount)
    {
        if (kind != FinancingKind.Interest) _trades.Finance(TradeKey.Of(member, number), amount, time);
    }

    /// <summary>
    /// A strategy's trade went through a split: everything that the portfolio holds of the instrument does too, at the first report.
    /// </summary>
    public void OnSplit(int member, int number, long time, long exDate, double ratio) =>
        _trades.Split(TradeKey.Of(member, number), time, exDate, ratio);

    // ---- exits that the portfolio makes itself ----

    /// <summary>
    /// Closes everything at the last closes where the equity is below what the positions need, or where nothing is left of it. The
    /// strategies go on without the portfolio. Call it after <see cref="Revalue"/>.
    /// </summary>
    /// <returns>The trades that were closed.</returns>
    public IReadOnlyList<PortfolioTrade> CallMargin(long time)
    {
        if (_account.Holdings.Count == 0) return [];
        if (!(_account.Equity <= 0)) return _exits.IsCalled ? _exits.CloseAll(time, ExitReason.MarginCall) : [];
        _account.IsLiquidating = true;
        return _exits.CloseAll(time, ExitReason.Ruined);
    }

    /// <summary>
    /// Closes, with <c>execution.atEnd: close</c>, positions in symbols that have stopped trading at their last closes. Call it after
    /// <see cref="Revalue"/>, and revalue again.
    /// </summary>
    public IReadOnlyList<PortfolioTrade> CloseEnded(long time) =>
        _account.Execution.AtEnd == AtEnd.Close && _exits.HoldsInactive ? _exits.CloseAll(time, ExitReason.DataEnded) : [];

    /// <summary>Whether an instrument has had no bar on more days of the others than a halt explains.</summary>
    public bool HasStopped(int market) => _activity.IsInactive(market);

    /// <summary>
    /// Symbols that have stopped trading and in which positions are open, each with the open time of its last bar (UTC ticks) and the
    /// number of positions; by symbol.
    /// </summary>
    public IReadOnlyList<(string Symbol, long LastBar, int Positions)> HeldAtEnd() =>
    [
        .. _account.Holdings.Values.Where(h => _activity.IsInactive(h.Market)).GroupBy(h => h.Market)
            .Select(g => (_account.InstrumentOf(g.Key).Symbol, _volume.LastBar(g.Key), g.Count()))
            .OrderBy(x => x.Symbol, StringComparer.Ordinal),
    ];

    /// <summary>
    /// Closes, at the last closes, the part of each trade by which prices have moved the portfolio beyond a limit; nothing unless limits
    /// hold at every bar. Call it after <see cref="Revalue"/>, and revalue again.
    /// </summary>
    public IReadOnlyList<LimitCut> Trim(long time) =>
        _policy.HoldsLimitsAtEveryBar && _account.Holdings.Count > 0 ? _exits.Cut(time, Revalue) : [];

    /// <summary>
    /// Closes, at the last closes and within the volume of the bars that closed now, what strategies have closed and the portfolio could
    /// not. Call it after <see cref="Revalue"/>, and revalue again.
    /// </summary>
    /// <returns>The trades that are closed whole now.</returns>
    public IReadOnlyList<PortfolioTrade> Unwind(long time) => _exits.CloseWaiting(time);

    /// <summary>What is still not closed when the bars end: open, at the last closes.</summary>
    public IReadOnlyList<PortfolioTrade> EndUnwinding(long time) => _exits.EndWaiting(time);
}
