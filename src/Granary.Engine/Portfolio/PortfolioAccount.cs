using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Book;

namespace Granary.Engine.Portfolio;

/// <summary>The account of a portfolio: its cash, its positions at the last closes, and what is reserved for accepted signals.</summary>
internal sealed class PortfolioAccount : IPortfolioView
{
    // Sums of fills leave rounding errors: less than this part of a quantity is nothing.
    private const double Rounding = 1e-9;

    private readonly Instrument[] _instruments;
    private readonly PortfolioMember[] _members;
    private readonly BuyingPower[] _power;
    private readonly ExecutionSettings _execution;
    // By instrument: its last close; longs minus shorts and longs plus shorts, in base units times the multiplier.
    private readonly double[] _close, _net, _gross;
    // By strategy: its positions in base units times the multiplier.
    private readonly double[] _memberGross;
    // By instrument: trades open or reserved, and the strategy of the last one.
    private readonly int[] _trades, _holder;
    private Fingerprint _fingerprint = new();
    private double _grossValue, _netValue, _longValue, _shortValue;
    private bool _sumsAreOld = true;

    public PortfolioAccount(double cash, IReadOnlyList<Instrument> instruments, IReadOnlyList<PortfolioMember> members,
        ExecutionSettings execution)
    {
        Cash = Equity = DayStart = StartingCash = cash;
        _instruments = [.. instruments];
        _members = [.. members];
        _execution = execution;
        _power = [.. _instruments.Select(i => new BuyingPower(i, execution))];
        _close = new double[_instruments.Length];
        _net = new double[_instruments.Length];
        _gross = new double[_instruments.Length];
        _trades = new int[_instruments.Length];
        _holder = new int[_instruments.Length];
        _memberGross = new double[_members.Length];
        Fees = new PortfolioFees(execution.Fee, instruments);
        Reserved = new Reservations(_instruments.Length, _members.Length);
    }

    public double StartingCash { get; }

    public double Cash { get; set; }

    public double Equity { get; private set; }

    /// <summary>Longs plus shorts when the account was last valued.</summary>
    public double Exposure { get; private set; }

    public double DayStart { get; private set; }

    public double Turnover { get; private set; }

    public int OpenTrades { get; private set; }

    /// <summary>Commission of all fills.</summary>
    public double Commission { get; set; }

    /// <summary>Dividends received less those owed, borrow fees and interest.</summary>
    public double Financing { get; set; }

    /// <summary>Nothing is left of the account: it stays at zero and takes no entries.</summary>
    public bool IsRuined { get; set; }

    /// <summary>All positions are closed because nothing is left of the equity.</summary>
    public bool IsLiquidating { get; set; }

    /// <summary>By <see cref="TradeKey"/>.</summary>
    public Dictionary<long, PortfolioHolding> Holdings { get; } = [];

    public Reservations Reserved { get; }

    public PortfolioFees Fees { get; }

    public ExecutionSettings Execution => _execution;

    public IReadOnlyList<Instrument> Instruments => _instruments;

    public ReadOnlySpan<double> Closes => _close;

    public UInt128 Fingerprint => _fingerprint.Value;

    public PortfolioMember Member(int member) => _members[member];

    public void SetWeight(int member, double weight) => _members[member] = _members[member] with { Weight = weight };

    public double SumOfWeights()
    {
        var sum = 0.0;
        foreach (var member in _members) sum += member.Weight;
        return sum;
    }

    public BuyingPower PowerOf(int market) => _power[market];

    /// <summary>The instrument of one of a strategy's symbols.</summary>
    public int MarketOf(int member, int symbol) => _members[member].Symbols[symbol];

    /// <summary>Which of a strategy's symbols an instrument is.</summary>
    public int SymbolOf(int member, int market)
    {
        var symbols = _members[member].Symbols;
        for (var i = 0; i < symbols.Count; i++)
            if (symbols[i] == market)
                return i;
        return 0;
    }

    public void Record(ulong what, ulong value) => _fingerprint.Add(what, value);

    public void Record(ulong what, double value) => _fingerprint.Add(what, value);

    public void Record(double a, double b) => _fingerprint.Add(a, b);

    // ---- closes and days ----

    public double CloseOf(int market) => _close[market];

    public void Mark(int market, double close)
    {
        _close[market] = close;
        _sumsAreOld = true;
    }

    /// <summary>Values all positions at the last closes.</summary>
    public void Revalue()
    {
        double equity = Cash, exposure = 0;
        for (var i = 0; i < _net.Length; i++)
        {
            if (_gross[i] == 0) continue;
            equity += _net[i] * _close[i];
            exposure += _gross[i] * _close[i];
        }
        Equity = equity;
        Exposure = exposure;
    }

    /// <summary>The last valuation was the first of a UTC day.</summary>
    public void BeginDay()
    {
        DayStart = Equity;
        Turnover = 0;
    }

    // ---- fills ----

    /// <summary>Books a purchase or short sale that opens a position or adds to one.</summary>
    public void Enter(int member, int market, Side side, in TradeFill fill, double quantity, double fee)
    {
        var multiplier = _instruments[market].Multiplier;
        Cash -= (int)side * quantity * fill.Price * multiplier + fee;
        Commission += fee;
        _net[market] += (int)side * quantity * multiplier;
        _gross[market] += quantity * multiplier;
        _memberGross[member] += quantity * multiplier;
        Turnover += quantity * fill.Price * multiplier;
        if (_close[market] == 0) _close[market] = fill.Price;
        _sumsAreOld = true;
    }

    /// <summary>Books the sale or purchase that closes a position or a part of it.</summary>
    public void Exit(int member, int market, Side side, double price, double quantity, double fee)
    {
        var multiplier = _instruments[market].Multiplier;
        Cash += (int)side * quantity * price * multiplier - fee;
        Commission += fee;
        Turnover += quantity * price * multiplier;
        Shrink(member, market, side, quantity * multiplier);
    }

    private void Shrink(int member, int market, Side side, double units)
    {
        _net[market] -= (int)side * units;
        _gross[market] -= units;
        _memberGross[member] -= units;
        // Sums of many quantities leave rounding errors behind; where nothing is open there is nothing.
        if (OpenTrades == 0)
        {
            Array.Clear(_net);
            Array.Clear(_gross);
            Array.Clear(_memberGross);
        }
        if (_gross[market] < Rounding * units) _net[market] = _gross[market] = 0;
        if (_memberGross[member] < Rounding * units) _memberGross[member] = 0;
        _sumsAreOld = true;
    }

    /// <summary>The shares of a position were split.</summary>
    /// <param name="more">The shares that were added, base units.</param>
    public void Split(int member, int market, Side side, double more)
    {
        var units = more * _instruments[market].Multiplier;
        _net[market] += (int)side * units;
        _gross[market] += units;
        _memberGross[member] += units;
        _sumsAreOld = true;
    }

    /// <summary>Longs minus shorts in an instrument, base units times the multiplier.</summary>
    public double NetOf(int market) => _net[market];

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
        // The rest of an entry belongs to a trade that is counted already.
        if (!reservation.IsRest) _trades[reservation.Market]--;
        return true;
    }

    /// <summary>The rest of an entry that was filled in part stays reserved.</summary>
    public void KeepRest(long trade, in Reservation reservation, double filled)
    {
        var rest = reservation.Quantity - filled;
        if (!(rest > Rounding * reservation.Quantity)) return;
        var share = rest / reservation.Quantity;
        Reserved.Add(trade,
            reservation with { Quantity = rest, Value = reservation.Value * share, Cash = reservation.Cash * share, IsRest = true });
    }

    /// <summary>The portfolio took nothing of an entry's first part: the rest is still to open the trade.</summary>
    public void KeepUnopened(long trade)
    {
        if (Reserved.Release(trade, out var rest)) Reserve(trade, rest with { IsRest = false });
    }

    private void Occupy(int member, int market)
    {
        _trades[market]++;
        _holder[market] = member;
    }

    // ---- what positions bind ----

    /// <summary>Cash that is neither the proceeds of short sales, nor collateral or margin, nor reserved for accepted signals.</summary>
    public double FreeCash()
    {
        if (_execution.Leverage > 0) return LeveragedCash();
        var free = Cash - Reserved.Cash;
        for (var i = 0; i < _net.Length; i++)
        {
            if (_gross[i] == 0) continue;
            var shorts = (_gross[i] - _net[i]) / 2 * _close[i];
            free -= 2 * shorts;
            if (_instruments[i].MarginPerUnit > 0) free += _net[i] * _close[i] + 2 * shorts - Margin(i);
        }
        return free;
    }

    // A multiple of the equity, less what is held.
    private double LeveragedCash()
    {
        var free = Cash;
        for (var i = 0; i < _net.Length; i++)
            if (_gross[i] != 0)
                free += _net[i] * _close[i];
        free *= _execution.Leverage;
        for (var i = 0; i < _net.Length; i++)
            if (_gross[i] != 0)
                free -= _instruments[i].MarginPerUnit > 0 ? Margin(i) * _execution.Leverage : _gross[i] * _close[i];
        return free - Reserved.Cash;
    }

    private double Margin(int market) => _gross[market] / _instruments[market].Multiplier * _instruments[market].MarginPerUnit;

    /// <summary>The equity below which the account's positions are called.</summary>
    public double Requirement()
    {
        var needed = 0.0;
        for (var i = 0; i < _net.Length; i++)
            if (_gross[i] != 0)
                needed += _execution.Maintenance * (_instruments[i].MarginPerUnit > 0 ? Margin(i) : _gross[i] * _close[i]);
        return needed;
    }

    /// <summary>
    /// Cash without the proceeds of short sales, with gains and losses of margined instruments settled; negative = the account owes it.
    /// </summary>
    /// <param name="longValue">Long positions that are paid for, not margined.</param>
    public double SettledCash(out double longValue)
    {
        var settled = Cash;
        longValue = 0;
        for (var i = 0; i < _net.Length; i++)
        {
            if (_gross[i] == 0) continue;
            if (_instruments[i].MarginPerUnit > 0)
            {
                settled += _net[i] * _close[i];
                continue;
            }
            settled -= (_gross[i] - _net[i]) / 2 * _close[i];
            longValue += (_gross[i] + _net[i]) / 2 * _close[i];
        }
        return settled;
    }

    // ---- what the rules see ----

    public double GrossValue
    {
        get
        {
            if (_sumsAreOld) Sum();
            return _grossValue;
        }
    }

    public double NetValue
    {
        get
        {
            if (_sumsAreOld) Sum();
            return _netValue;
        }
    }

    public double LongValue
    {
        get
        {
            if (_sumsAreOld) Sum();
            return _longValue;
        }
    }

    public double ShortValue
    {
        get
        {
            if (_sumsAreOld) Sum();
            return _shortValue;
        }
    }

    private void Sum()
    {
        double gross = 0, net = 0, longs = 0, shorts = 0;
        for (var i = 0; i < _net.Length; i++)
        {
            gross += _gross[i] * _close[i];
            net += _net[i] * _close[i];
            longs += (_gross[i] + _net[i]) / 2 * _close[i];
            shorts += (_gross[i] - _net[i]) / 2 * _close[i];
        }
        (_grossValue, _netValue, _longValue, _shortValue) = (gross, net, longs, shorts);
        _sumsAreOld = false;
    }

    public double ValueIn(int market) => _gross[market] * _close[market];

    public double ValueOf(int member)
    {
        if (_members[member].Symbols.Count == 1) return _memberGross[member] * _close[_members[member].Symbols[0]];
        var sum = 0.0;
        foreach (var (key, holding) in Holdings)
            if (TradeKey.Member(key) == member)
                sum += holding.Quantity * _instruments[holding.Market].Multiplier * _close[holding.Market];
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
