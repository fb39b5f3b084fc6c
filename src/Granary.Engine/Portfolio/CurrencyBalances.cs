using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Portfolio;

/// <summary>
/// The balances of a portfolio in other currencies than its own, their rates of now, and how much of its gain is price and how much
/// currency.
/// </summary>
internal sealed class CurrencyBalances
{
    private readonly Instrument[] _instruments;
    // By market: the place of its currency; -1 for the account's own.
    private readonly int[] _of;
    private readonly string[] _names;
    private readonly RateSeries[] _rates;
    private readonly int[] _cursors;
    private readonly double[] _now, _worth, _rateThen, _converted, _locked;
    private readonly CashAccount[] _held;
    private readonly bool _converts;
    private readonly double _spread;
    private long _time = long.MinValue;
    // Amounts that conversions have brought in the account's own currency since the last attribution.
    private double _received;

    private CurrencyBalances(Instrument[] instruments, ExecutionSettings execution)
    {
        _instruments = instruments;
        _names = [.. instruments.Where(i => i.Rates.IsForeign).Select(i => i.Currency).Distinct(StringComparer.Ordinal)];
        _of = [.. instruments.Select(i => i.Rates.IsForeign ? Array.IndexOf(_names, i.Currency) : -1)];
        _rates = [.. _names.Select(n => instruments.First(i => i.Rates.IsForeign && i.Currency == n).Rates)];
        _now = [.. _rates.Select(r => r.At(long.MinValue))];
        _rateThen = [.. _now];
        (_cursors, _held) = (new int[_names.Length], new CashAccount[_names.Length]);
        (_worth, _converted, _locked) = (new double[_names.Length], new double[_names.Length], new double[_names.Length]);
        (_converts, _spread) = (execution.Conversion == CurrencyConversion.Convert, execution.FxSpreadRate);
    }

    /// <summary>Null if all instruments have the account's currency.</summary>
    public static CurrencyBalances? Of(Instrument[] instruments, ExecutionSettings execution) =>
        Array.Exists(instruments, i => i.Rates.IsForeign) ? new CurrencyBalances(instruments, execution) : null;

    /// <summary>Whether results are converted to the account's currency.</summary>
    public bool Converts => _converts;

    /// <summary>The parts of the gain so far.</summary>
    public CurrencyParts Parts { get; private set; }

    /// <summary>The value of all balances at the rates of now, in the order of the instruments.</summary>
    public double Value
    {
        get
        {
            var sum = 0.0;
            for (var c = 0; c < _held.Length; c++) sum += _held[c].Cash * _now[c];
            return sum;
        }
    }

    /// <summary>The value of what short positions lock.</summary>
    public double Locked
    {
        get
        {
            var sum = 0.0;
            for (var c = 0; c < _locked.Length; c++) sum += _locked[c] * _now[c];
            return sum;
        }
    }

    /// <summary>The balance of each currency, with its rate of now.</summary>
    public IReadOnlyList<(string Currency, double Amount, double Rate)> Held =>
        [.. Enumerable.Range(0, _names.Length).Select(c => (_names[c], _held[c].Cash, _now[c])).OrderBy(c => c.Item1,
            StringComparer.Ordinal)];

    public bool IsForeign(int market) => _of[market] >= 0;

    /// <summary>The rate of now of an instrument's currency.</summary>
    public double RateOf(int market) => _of[market] < 0 ? 1 : _now[_of[market]];

    /// <summary>The rate that was known at a time, UTC ticks.</summary>
    public double RateAt(int market, long time) => _instruments[market].Rates.At(time);

    /// <summary>Moves to the rates of a time.</summary>
    /// <param name="time">UTC ticks; an earlier one than the last changes nothing.</param>
    /// <returns>Whether a rate has changed.</returns>
    public bool Reach(long time)
    {
        if (time <= _time) return false;
        var (isFirst, changed) = (_time == long.MinValue, false);
        _time = time;
        for (var c = 0; c < _rates.Length; c++)
        {
            var rate = _rates[c].At(time, ref _cursors[c]);
            changed |= rate != _now[c];
            _now[c] = rate;
            if (isFirst) _rateThen[c] = rate;
        }
        return changed;
    }

    public void Book(int market, Side side, double quantity, double price, double fee) =>
        _held[_of[market]].Book(side, quantity, price, _instruments[market].Multiplier, fee);

    /// <summary>A short position locks cash in its currency, or frees it.</summary>
    public void Lock(int market, double amount) => _locked[_of[market]] += amount;

    /// <summary>No position is open any more.</summary>
    public void Unlock() => Array.Clear(_locked);

    /// <summary>Books cash in an instrument's currency.</summary>
    public void Pay(int market, double amount) => _held[_of[market]].Pay(amount);

    /// <summary>Takes the result of a closed trade: it stays, or is converted.</summary>
    /// <param name="net">Of the whole trade, in the instrument's currency.</param>
    /// <param name="time">UTC ticks.</param>
    /// <param name="isLast">Whether no other trade is open, so that nothing but the rounding of sums is left.</param>
    /// <param name="received">What the account gets in its own currency.</param>
    /// <returns>The rate at which the result counts.</returns>
    public double Settle(int market, double net, long time, bool isLast, out double received)
    {
        var rate = RateAt(market, time);
        received = 0;
        if (!_converts) return rate;
        rate = ForeignBalance.Converted(rate, net, _spread);
        var currency = _of[market];
        _held[currency].Pay(-net);
        if (isLast) Array.Clear(_held);
        _converted[currency] += net;
        received = net * rate;
        _received += received;
        return rate;
    }

    /// <summary>The balance of each currency, with an amount for each instrument in it.</summary>
    public IReadOnlyList<(string Currency, double Amount)> Balances(Func<int, double> more)
    {
        var sums = new (string Currency, double Amount)[_names.Length];
        for (var c = 0; c < sums.Length; c++) sums[c] = (_names[c], _held[c].Cash);
        for (var m = 0; m < _of.Length; m++)
            if (_of[m] >= 0)
                sums[_of[m]].Amount += more(m);
        return sums;
    }

    /// <summary>Takes interest on a balance: it stays, or is converted.</summary>
    /// <param name="currency">Its place among the balances.</param>
    /// <param name="time">UTC ticks.</param>
    /// <param name="received">What the account gets in its own currency.</param>
    /// <returns>The rate at which it counts.</returns>
    public double PayInterest(int currency, double amount, long time, out double received)
    {
        var rate = _rates[currency].At(time);
        received = 0;
        if (!_converts)
        {
            _held[currency].Pay(amount);
            return rate;
        }
        rate = ForeignBalance.Converted(rate, amount, _spread);
        _converted[currency] += amount;
        received = amount * rate;
        _received += received;
        return rate;
    }

    /// <summary>The place of an instrument's currency among the balances.</summary>
    public int PlaceOf(int market) => _of[market];

    /// <summary>The account is closed without anything left.</summary>
    public void Clear() => Array.Clear(_held);

    /// <summary>
    /// Divides the gain since the last call into price, currency and their product. What was in a currency then has gained by the rate;
    /// what it has gained since then in that currency is price, at the rate of then.
    /// </summary>
    /// <param name="own">The gain since then of what is in the account's own currency, conversions included.</param>
    /// <param name="positions">The value of the positions in an instrument, in its currency.</param>
    public void Attribute(double own, Func<int, double> positions)
    {
        var (price, currency, product) = (own - _received, 0.0, _received);
        for (var c = 0; c < _names.Length; c++)
        {
            var worth = _held[c].Cash;
            for (var m = 0; m < _of.Length; m++)
                if (_of[m] == c)
                    worth += positions(m);
            var (gain, move) = (worth - _worth[c] + _converted[c], _now[c] - _rateThen[c]);
            price += gain * _rateThen[c];
            currency += _worth[c] * move;
            product += gain * move - _converted[c] * _now[c];
            (_worth[c], _rateThen[c], _converted[c]) = (worth, _now[c], 0);
        }
        _received = 0;
        Parts = Parts.Plus(price, currency, product);
    }
}
