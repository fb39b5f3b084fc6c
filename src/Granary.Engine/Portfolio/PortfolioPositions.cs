using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Portfolio;

/// <summary>The positions of a portfolio by instrument and by strategy, and their values at the last closes.</summary>
/// <param name="currencies">Null if all instruments have the account's currency.</param>
internal sealed class PortfolioPositions(Instrument[] instruments, int members, CurrencyBalances? currencies)
{
    // Sums of fills leave rounding errors: less than this part of a quantity is nothing.
    private const double Rounding = 1e-9;

    // By instrument: its last close; longs minus shorts and longs plus shorts, in base units times the multiplier.
    private readonly double[] _close = new double[instruments.Length], _net = new double[instruments.Length],
        _gross = new double[instruments.Length];
    // By instrument: its last close in account currency, at the rate of now.
    private readonly double[] _value = new double[instruments.Length];
    // By strategy: its positions in base units times the multiplier.
    private readonly double[] _memberGross = new double[members];
    private (double Gross, double Net, double Longs, double Shorts) _sums;
    private bool _sumsAreOld = true;

    /// <summary>The last closes, account currency.</summary>
    public ReadOnlySpan<double> Values => _value;

    public double CloseOf(int market) => _close[market];

    /// <summary>The last close in account currency.</summary>
    public double ValueOfClose(int market) => _value[market];

    /// <summary>Longs minus shorts in an instrument, base units times the multiplier.</summary>
    public double NetOf(int market) => _net[market];

    public void Mark(int market, double close)
    {
        _close[market] = close;
        _value[market] = currencies is null ? close : close * currencies.RateOf(market);
        _sumsAreOld = true;
    }

    /// <summary>Values all positions at the rates of now.</summary>
    public void Convert()
    {
        for (var i = 0; i < _close.Length; i++) _value[i] = _close[i] * currencies!.RateOf(i);
        _sumsAreOld = true;
    }

    // ---- fills ----

    /// <summary>A position was opened or added to.</summary>
    public void Enter(int member, int market, Side side, double quantity, double price)
    {
        Add(member, market, side, quantity);
        if (_close[market] == 0) Mark(market, price);
    }

    /// <summary>Adds to a position: by a purchase, a short sale or a split.</summary>
    /// <param name="quantity">Base units; negative where a split makes fewer of them.</param>
    public void Add(int member, int market, Side side, double quantity)
    {
        var units = quantity * instruments[market].Multiplier;
        _net[market] += (int)side * units;
        _gross[market] += units;
        _memberGross[member] += units;
        _sumsAreOld = true;
    }

    /// <summary>A position, or a part of it, was closed.</summary>
    /// <param name="isFlat">No trade is open any more, so nothing is held.</param>
    public void Exit(int member, int market, Side side, double quantity, bool isFlat)
    {
        var units = quantity * instruments[market].Multiplier;
        _net[market] -= (int)side * units;
        _gross[market] -= units;
        _memberGross[member] -= units;
        // Sums of many quantities leave rounding errors behind; where nothing is open there is nothing.
        if (isFlat)
        {
            Array.Clear(_net);
            Array.Clear(_gross);
            Array.Clear(_memberGross);
        }
        if (_gross[market] < Rounding * units) _net[market] = _gross[market] = 0;
        if (_memberGross[member] < Rounding * units) _memberGross[member] = 0;
        _sumsAreOld = true;
    }

    /// <summary>Quantities held long and short in an instrument, base units.</summary>
    public (double Longs, double Shorts) QuantitiesIn(int market)
    {
        var units = instruments[market].Multiplier * 2;
        return ((_gross[market] + _net[market]) / units, (_gross[market] - _net[market]) / units);
    }

    // ---- values ----

    /// <summary>Cash and positions at the last closes.</summary>
    /// <param name="exposure">Longs plus shorts.</param>
    public double Equity(double cash, out double exposure)
    {
        var equity = cash;
        exposure = 0;
        for (var i = 0; i < _net.Length; i++)
        {
            if (_gross[i] == 0) continue;
            equity += _net[i] * _value[i];
            exposure += _gross[i] * _value[i];
        }
        return equity;
    }

    public double GrossValue => Sums.Gross;

    public double NetValue => Sums.Net;

    public double LongValue => Sums.Longs;

    public double ShortValue => Sums.Shorts;

    private (double Gross, double Net, double Longs, double Shorts) Sums
    {
        get
        {
            if (!_sumsAreOld) return _sums;
            double gross = 0, net = 0, longs = 0, shorts = 0;
            for (var i = 0; i < _net.Length; i++)
            {
                gross += _gross[i] * _value[i];
                net += _net[i] * _value[i];
                longs += (_gross[i] + _net[i]) / 2 * _value[i];
                shorts += (_gross[i] - _net[i]) / 2 * _value[i];
            }
            _sumsAreOld = false;
            return _sums = (gross, net, longs, shorts);
        }
    }

    public double ValueIn(int market) => _gross[market] * _value[market];

    /// <summary>The value of a strategy that trades one instrument.</summary>
    public double ValueOf(int member, int market) => _memberGross[member] * _value[market];

    // ---- what positions bind ----

    /// <summary>Cash with gains and losses of margined instruments, less their margin.</summary>
    public double CashOverMargin(double cash)
    {
        var free = cash;
        for (var i = 0; i < _net.Length; i++)
            if (_gross[i] != 0 && instruments[i].MarginPerUnit > 0)
                free += _net[i] * _value[i] - Margin(i);
        return free;
    }

    /// <summary>A multiple of the equity, less what is held.</summary>
    public double LeveragedCash(double cash, double leverage)
    {
        var free = cash;
        for (var i = 0; i < _net.Length; i++)
            if (_gross[i] != 0)
                free += _net[i] * _value[i];
        free *= leverage;
        for (var i = 0; i < _net.Length; i++)
            if (_gross[i] != 0)
                free -= instruments[i].MarginPerUnit > 0 ? Margin(i) * leverage : _gross[i] * _value[i];
        return free;
    }

    /// <summary>The equity below which the positions are called.</summary>
    /// <param name="maintenance">The part of their value, or of their margin, that they need.</param>
    public double Requirement(double maintenance)
    {
        var needed = 0.0;
        for (var i = 0; i < _net.Length; i++)
            if (_gross[i] != 0)
                needed += maintenance * (instruments[i].MarginPerUnit > 0 ? Margin(i) : _gross[i] * _value[i]);
        return needed;
    }

    private double Margin(int market)
    {
        var margin = _gross[market] / instruments[market].Multiplier * instruments[market].MarginPerUnit;
        return currencies is null ? margin : margin * currencies.RateOf(market);
    }

    /// <summary>Returns what positions in an instrument add to the balance that earns or pays interest, in its currency.</summary>
    public double SettledIn(int market, in BuyingPower power) => _gross[market] == 0 ? 0
        : power.Settled(_net[market] * _close[market], (_gross[market] - _net[market]) / 2 * _close[market]);

    /// <summary>
    /// Cash without the proceeds of short sales, with gains and losses of margined instruments settled; negative = the account owes it.
    /// </summary>
    /// <param name="longValue">Long positions that are paid for, not margined.</param>
    public double SettledCash(double cash, out double longValue)
    {
        var settled = cash;
        longValue = 0;
        for (var i = 0; i < _net.Length; i++)
        {
            if (_gross[i] == 0) continue;
            if (instruments[i].MarginPerUnit > 0)
            {
                settled += _net[i] * _value[i];
                continue;
            }
            settled -= (_gross[i] - _net[i]) / 2 * _value[i];
            longValue += (_gross[i] + _net[i]) / 2 * _value[i];
        }
        return settled;
    }
}
