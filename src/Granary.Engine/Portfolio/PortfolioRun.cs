using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Book;

namespace Granary.Engine.Portfolio;

/// <summary>A strategy as the portfolio knows it.</summary>
/// <param name="Symbols">Indices into the portfolio's instruments, in the strategy's order.</param>
public readonly record struct PortfolioMember(string Id, IReadOnlyList<int> Symbols, double Weight)
{
    /// <summary>Of its bars; none where nobody asks how many bars its trades are held.</summary>
    public Timeframe Timeframe { get; init; }
}

/// <summary>A trade as the portfolio did it: the strategy's, at the portfolio's size.</summary>
public readonly record struct PortfolioTrade(int Member, Trade Trade, double Weight);

/// <summary>
/// Decides the size of every trade and keeps the whole within its limits. It is shown, in one total order, what its strategies do,
/// and has one account. A refused signal is left to its strategy, which plays it to its outcome.
/// </summary>
public sealed partial class PortfolioRun
{
    private readonly Instrument[] _instruments;
    private readonly PortfolioMember[] _members;
    private readonly PortfolioLimits _limits;
    private readonly HashSet<int> _restricted = [], _disabled = [];
    private readonly double[] _close, _net, _gross, _memberGross;
    private readonly Dictionary<long, Holding> _holdings = [];
    private readonly Reservations _reserved;
    private readonly BuyingPower[] _power;
    private readonly MarketActivity _activity;
    private readonly HeldBars _held;
    private readonly List<(int Member, int Number)> _expired = [];
    private double _cash, _peak, _dayStart, _equity;
    private long _day = long.MinValue;
    private Fingerprint _fingerprint = new();
    private int _open;
    private double _totalWeight = double.NaN;

    // The portfolio's part in a trade under way: what is open of it, and what has been.
    private struct Holding
    {
        public double Quantity, Entered, EntryPrice, ExitNotional, Commission, Carry, Scale, Weight;
        // What is open of the strategy's own trade.
        public double Theirs;
        public int Symbol;
        public Side Side;
        public long EntryTime;
        // Its index, as HeldBars counts it.
        public long EntryBar;
    }

    /// <param name="execution">Its fees, leverage and maintenance hold for the portfolio's own account too; null = fees in proportion to the strategies', no leverage.</param>
    public PortfolioRun(double cash, PortfolioLimits limits, IReadOnlyList<Instrument> instruments, IReadOnlyList<PortfolioMember> members, ExecutionSettings? execution = null,
        PortfolioSizing? sizing = null, EnablementRule? enablement = null)
    {
        _execution = execution ?? new ExecutionSettings();
        _traded = _execution.Fee.TierDays > 0 ? new TradedNotional(_execution.Fee.TierDays) : null;
        _cash = _peak = _equity = _dayStart = StartingCash = cash;
        _limits = limits;
        _instruments = [.. instruments];
        _members = [.. members];
        _close = new double[_instruments.Length];
        _net = new double[_instruments.Length];
        _gross = new double[_instruments.Length];
        _memberGross = new double[_members.Length];
        _reserved = new Reservations(_instruments.Length, _members.Length);
        _activity = new MarketActivity(_instruments.Length);
        _held = new HeldBars(_instruments, _members);
        _power = [.. _instruments.Select(i => new BuyingPower(i, _execution))];
        for (var i = 0; i < _instruments.Length; i++)
            if (limits.RestrictedSymbols.Contains(_instruments[i].Symbol, StringComparer.Ordinal))
                _restricted.Add(i);
        _sizing = sizing ?? PortfolioSizing.Own;
        _enablement = enablement;
        _drawn = new BarVolume[_instruments.Length];
        for (var i = 0; i < _drawn.Length; i++) _drawn[i] = new BarVolume();
        _bars = new (long, double, bool)[_instruments.Length];
        PrepareRules();
    }

    public double StartingCash { get; }

    public double Cash => _cash;

    /// <summary>At the last mark.</summary>
    public double Equity => _equity;

    /// <summary>Sum of the absolute values of all positions at the last marks.</summary>
    public double Exposure { get; private set; }

    /// <summary>How far the equity is below its peak, a positive fraction.</summary>
    public double Drawdown => _peak > 0 ? 1 - _equity / _peak : 0;

    public int OpenTrades => _open;

    public int Accepted { get; private set; }

    public double Commission { get; private set; }

    public UInt128 Fingerprint => _fingerprint.Value;

    public double WeightOf(int member) => _members[member].Weight;

    /// <summary>Another weight, for the signals from now on; what is open keeps its size.</summary>
    public void SetWeight(int member, double weight)
    {
        if (_members[member].Weight == weight) return;
        _members[member] = _members[member] with { Weight = weight };
        _totalWeight = double.NaN;
    }

    /// <summary>Sum of the members' weights; set by a caller that gives each member its weight only when it needs it.</summary>
    public double TotalWeight
    {
        get
        {
            if (!double.IsNaN(_totalWeight)) return _totalWeight;
            var sum = 0.0;
            foreach (var member in _members) sum += member.Weight;
            return _totalWeight = sum;
        }
        set => _totalWeight = value;
    }

    /// <summary>Switches a member's entries on or off; what is open goes on.</summary>
    public void SetEnabled(int member, bool enabled)
    {
        if (enabled) _disabled.Remove(member);
        else _disabled.Add(member);
    }

    public bool IsEnabled(int member) => !_disabled.Contains(member);

    /// <summary>What an accepted signal was given of its strategy's quantity, as a factor; 0 where none is waiting.</summary>
    public double ScaleOf(int member, int number) => _reserved.TryGet(Key(member, number), out var reservation) ? reservation.Scale : 0;

    private static long Key(int member, int number) => (long)member << 32 | (uint)number;

    /// <summary>An instrument's bar has closed.</summary>
    public void Mark(int symbol, in Bar bar)
    {
        Mark(symbol, bar.Close);
        _bars[symbol] = (bar.Time, bar.Volume, true);
        _held.Add(symbol, bar);
    }

    /// <summary>The same where no bar's volume bounds anything.</summary>
    public void Mark(int symbol, double close)
    {
        _close[symbol] = close;
        _activity.Mark(symbol);
        if (_hasDays) _marked[symbol] = true;
    }

    /// <summary>All instruments of this instant are marked: takes stock.</summary>
    /// <param name="time">UTC ticks.</param>
    public void Revalue(long time)
    {
        var day = time / TimeSpan.TicksPerDay;
        if (_execution.MarginRate > 0 && day > _day && _day != long.MinValue) AccrueInterest(day - _day, time);
        double equity = _cash, exposure = 0;
        for (var i = 0; i < _net.Length; i++)
        {
            if (_gross[i] == 0) continue;
            equity += _net[i] * _close[i];
            exposure += _gross[i] * _close[i];
        }
        _equity = equity;
        Exposure = exposure;
        if (equity > _peak) _peak = equity;
        if (_resumes) Halt(day);
        if (day != _day)
        {
            if (_hasDays) NewDay(day);
            _day = day;
            _dayStart = equity;
        }
        if (_activity.EndInstant(time)) Expire(time);
    }

    // An entry in a symbol that has stopped trading would keep its cash reserved for ever.
    private void Expire(long time)
    {
        foreach (var key in _reserved.Where(r => _activity.IsInactive(r.Market)))
        {
            Release(key, out _);
            _expired.Add(((int)(key >> 32), (int)key));
            _fingerprint.Add((ulong)key | 3UL << 60, (ulong)time);
        }
    }

    /// <summary>Accepted entries that were withdrawn, since their symbol has had no bar on more than five days on which others had one; in order.</summary>
    public IReadOnlyList<(int Member, int Number)> Expired => _expired;

    /// <summary>Seals an instant: what the equity was goes into the fingerprint.</summary>
    public void Seal(long time) => _fingerprint.Add((ulong)time, _equity);

    /// <summary>A strategy wishes to enter.</summary>
    /// <param name="symbol">Which of the strategy's symbols.</param>
    /// <param name="refused">The strategy's own book has refused it already.</param>
    public Decision OnSignal(int member, in Signal signal, int symbol = 0, bool refused = false)
    {
        var market = _members[member].Symbols[symbol];
        var decision = Decision.StrategyRefused;
        if (!refused && (decision = Decide(member, market, signal, out var reservation)) == Decision.Accepted) Accept(member, signal.Number, reservation);
        _fingerprint.Add((ulong)(uint)member << 32 | (uint)signal.Number, (ulong)(byte)decision);
        return decision;
    }

    private void Accept(int member, int number, in Reservation reservation)
    {
        _reserved.Add(Key(member, number), reservation);
        Occupy(member, reservation.Market, 1);
        Accepted++;
    }

    private Decision Decide(int member, int market, in Signal signal, out Reservation reservation)
    {
        reservation = default;
        var m = _members[member];
        if (m.Weight == 0) return Decision.WeightZero;
        if (IsRuined) return Decision.Ruined;
        if (_disabled.Count > 0 && _disabled.Contains(member)) return Decision.Disabled;
        if (_restricted.Contains(market)) return Decision.RestrictedSymbol;
        if (IsLivePeriod(member, market, signal)) return Decision.SamePeriod;
        if (signal.SizeFactor == 0) return Decision.ModelRefused;
        var instrument = _instruments[market];
        var percent = _equity / 100;
        if (_limits.MaxDrawdownPercent is { } drawdown && IsHalted(drawdown)) return Decision.MaxDrawdown;
        if (_limits.DailyLossPercent is { } loss && _dayStart - _equity >= loss * _dayStart / 100) return Decision.DailyLoss;
        if (_limits.MaxPositions is { } positions && _open + _reserved.NewTrades >= positions) return Decision.MaxPositions;
        if (_hasRules && RuledOut(member, market, signal, percent) is var ruled && ruled != Decision.Accepted) return ruled;

        var quantity = _sizing.Kind == PortfolioSizeKind.Strategy ? signal.Quantity * m.Weight * signal.SizeFactor * ShareOf(signal, market) : Sized(member, market, signal);
        if (double.IsNaN(quantity)) return _unsized;
        if (_limits.RiskPercent is { } risk && signal.Stop > 0)
            quantity = Math.Min(quantity, risk * percent / (Math.Abs(signal.Price - signal.Stop) * instrument.Multiplier));
        quantity = instrument.RoundQuantity(quantity);
        if (!(quantity > 0)) return Decision.NoQuantity;
        var wanted = quantity;
        var payable = Payable(market, wanted, signal.Price, signal.Type == OrderType.Limit);
        var isShort = _sizing.OnInsufficientCash == InsufficientCash.Reject ? payable < wanted : !(payable > 0);
        if (!isShort) quantity = payable;
        var value = quantity * signal.Price * instrument.Multiplier;
        if (Exceeds(member, market, signal.Side, value, percent) is var exceeded && exceeded != Decision.Accepted) return exceeded;
        if (isShort) return Decision.NoCash;
        if (quantity < wanted) Resized++;
        var cost = _power[market].Cost(signal.Price, quantity, signal.Type == OrderType.Limit);
        reservation = new Reservation(quantity / signal.Quantity, value, cost, signal.Side, signal.Quantity, market);
        return Decision.Accepted;
    }

    // Cash that is neither the proceeds of open short sales, nor their collateral, nor reserved for accepted signals.
    private double Free()
    {
        if (_execution.Leverage > 0) return LeveragedFree();
        var free = _cash - _reserved.Cash;
        for (var i = 0; i < _net.Length; i++)
        {
            if (_gross[i] == 0) continue;
            var shorts = (_gross[i] - _net[i]) / 2 * _close[i];
            free -= 2 * shorts;
            if (_instruments[i].MarginPerUnit > 0)
                free += _net[i] * _close[i] + 2 * shorts - _gross[i] / _instruments[i].Multiplier * _instruments[i].MarginPerUnit;
        }
        return free;
    }

    /// <summary>A signal ended without a trade.</summary>
    public void OnSignalEnded(int member, int number) => Release(Key(member, number), out _);

    private bool Release(long key, out Reservation reservation)
    {
        if (!_reserved.Release(key, out reservation)) return false;
        // The rest of an entry belongs to a trade that is counted already.
        if (!reservation.IsRest) Occupy((int)(key >> 32), reservation.Market, -1);
        return true;
    }

    /// <summary>A strategy's entry was filled; where its signal was accepted, the portfolio's share of it is too.</summary>
    /// <returns>The portfolio's quantity; 0 where it has no part in it.</returns>
    public double OnEntry(int member, int number, long time, double price, double quantity, double commission, int symbol = 0) =>
        OnFill(member, new TradeFill(number, time, price, quantity, commission, default, IsEntry: true, IsFirst: true, IsMaker: false), symbol);

    private double Open(int member, in TradeFill fill, int symbol)
    {
        var market = _members[member].Symbols[symbol];
        var key = Key(member, fill.Number);
        if (!Release(key, out var reservation) || IsRuined) return 0;
        KeepRest(key, reservation, fill.Quantity);
        var m = _members[member];
        var instrument = _instruments[market];
        var own = instrument.RoundQuantity(fill.Quantity * reservation.Scale);
        if (_limits.AtEveryBar) own = Fitting(member, market, reservation.Side, own, fill.Price);
        own = Affordable(market, fill, own);
        var fits = own > 0 ? Uncrowded(market, fill, own) : own;
        WasCrowdedOut = own > 0 && !(fits > 0);
        own = fits;
        if (!(own > 0))
        {
            KeepUnopened(key);
            return 0;
        }
        var sign = (int)reservation.Side;
        var fee = FeeOf(key, market, fill, own);
        _cash -= sign * own * fill.Price * instrument.Multiplier + fee;
        Commission += fee;
        _net[market] += sign * own * instrument.Multiplier;
        _gross[market] += own * instrument.Multiplier;
        _memberGross[member] += own * instrument.Multiplier;
        if (_close[market] == 0) _close[market] = fill.Price;
        _holdings.Add(key, new Holding
        {
            Quantity = own,
            Entered = own,
            EntryPrice = fill.Price,
            Commission = fee,
            Scale = own / fill.Quantity,
            Weight = m.Weight,
            Theirs = fill.Quantity,
            Side = reservation.Side,
            Symbol = market,
            EntryTime = fill.Time,
            EntryBar = _held.EntryBar(market, m.Timeframe, fill.Time),
        });
        _open++;
        Count(member, market, 1, own * fill.Price * instrument.Multiplier);
        _fingerprint.Add((ulong)key, (ulong)fill.Time);
        _fingerprint.Add(fill.Price, own);
        return own;
    }

    /// <summary>A strategy's trade was closed (or is open at the end).</summary>
    /// <returns>The portfolio's trade; null where it had no part in it, or cannot close its part within the bar's volume: <see cref="Unwind"/> will.</returns>
    public PortfolioTrade? OnTrade(int member, in Trade trade)
    {
        var key = Key(member, trade.Number);
        // Where the bars of one symbol have ended the rest of an entry waits until it expires, as in a live session.
        if (trade.Reason != ExitReason.Open) Release(key, out _);
        if (_hasHistory && !_liquidates && trade.Reason is not ExitReason.Open and not ExitReason.MarginCall and not ExitReason.Limit and not ExitReason.DataEnded) Remember(member, trade);
        return MustWait(key, trade) ? null : Settle(member, trade);
    }

    private PortfolioTrade? Settle(int member, in Trade trade)
    {
        var key = Key(member, trade.Number);
        if (!_holdings.TryGetValue(key, out var holding)) return null;
        var market = holding.Symbol;
        var multiplier = _instruments[market].Multiplier;
        // What was not closed in parts is closed now.
        var exit = holding.ExitNotional == 0 ? trade.ExitPrice
            : (holding.ExitNotional + (trade.Reason == ExitReason.Open ? _close[market] : trade.ExitPrice) * holding.Quantity) / holding.Entered;
        var profit = (int)trade.Side * (exit - holding.EntryPrice) * holding.Entered * multiplier;
        var followed = holding.ExitNotional != 0 || _limits.AtEveryBar || !_execution.Fee.IsProportional;
        // What a limit has cut is closed by the strategy in one piece: its rest pays as it goes.
        var cut = holding.ExitNotional != 0 || _limits.AtEveryBar;
        var rest = cut && holding.Quantity > 0 && _execution.Fee.IsProportional && trade.Reason != ExitReason.Open
            ? _execution.Fee.Fee(trade.ExitPrice, holding.Quantity, multiplier, maker: false) : 0;
        var fee = followed ? holding.Commission + rest : trade.Commission * holding.Scale;
        if (trade.Reason != ExitReason.Open)
        {
            _holdings.Remove(key);
            _winding.Remove(key);
            _exiting.Remove(key);
            _fees.Remove(key);
            _cash += (int)trade.Side * holding.Quantity * trade.ExitPrice * multiplier - (fee - holding.Commission);
            Commission += fee - holding.Commission;
            _open--;
            Count(member, market, -1, holding.Quantity * trade.ExitPrice * multiplier);
            Reduce(market, member, holding.Side, holding.Quantity, multiplier);
            if (_open == 0 && (_cash <= StartingCash * EquityRounding || _liquidates)) WriteOff(ref holding);
            _fingerprint.Add((ulong)key | 1UL << 63, (ulong)trade.ExitTime);
            _fingerprint.Add(exit, profit - fee);
        }
        return new PortfolioTrade(member, trade with
        {
            Quantity = holding.Entered, EntryPrice = holding.EntryPrice, ExitPrice = exit, Profit = profit, Commission = fee, Carry = holding.Carry,
        }, holding.Weight);
    }

    private void Reduce(int symbol, int member, Side side, double quantity, double multiplier)
    {
        _net[symbol] -= (int)side * quantity * multiplier;
        _gross[symbol] -= quantity * multiplier;
        _memberGross[member] -= quantity * multiplier;
        // Sums of many quantities leave crumbs behind; where nothing is open there is nothing.
        if (_open == 0)
        {
            Array.Clear(_net);
            Array.Clear(_gross);
            Array.Clear(_memberGross);
        }
        if (_gross[symbol] < 1e-9 * quantity * multiplier) _net[symbol] = _gross[symbol] = 0;
        if (_memberGross[member] < 1e-9 * quantity * multiplier) _memberGross[member] = 0;
    }
}
