using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Portfolio;

/// <summary>The cash of an account by currency: its own, and a balance in each other currency of its instruments.</summary>
internal sealed class CurrencyBalances
{
    private readonly OwnCash _own;
    private readonly List<(string Currency, ForeignBalance Balance)> _others = [];
    // By instrument; null where it has the account's currency.
    private readonly ForeignBalance?[] _of;
    private long _time = long.MinValue;

    /// <param name="cash">Before the first fill, account currency.</param>
    /// <param name="instruments">With the rates that count for the account. Their places name them; −1 names none.</param>
    /// <param name="execution">Whether results of trades are converted, and at which spread.</param>
    public CurrencyBalances(double cash, IReadOnlyList<Instrument> instruments, ExecutionSettings execution)
    {
        _own = new OwnCash(cash);
        Converts = execution.Conversion == CurrencyConversion.Convert;
        _of = new ForeignBalance?[instruments.Count];
        for (var i = 0; i < _of.Length; i++)
            if (instruments[i] is { Rates.IsForeign: true } foreign)
                _of[i] = BalanceIn(foreign, execution);
    }

    private ForeignBalance BalanceIn(Instrument instrument, ExecutionSettings execution)
    {
        foreach (var (currency, known) in _others)
            if (currency == instrument.Currency)
                return known;
        var balance = new ForeignBalance(_own, instrument.Rates, execution);
        _others.Add((instrument.Currency, balance));
        return balance;
    }

    /// <summary>Whether results are converted to the account's currency.</summary>
    public bool Converts { get; }

    /// <summary>All balances at the rates of now, in the order of the instruments.</summary>
    public double Cash
    {
        get
        {
            var others = 0.0;
            foreach (var (_, balance) in _others) others += balance.Held * balance.Rate;
            return _own.Cash + others;
        }
    }

    /// <summary>Whether some instruments have other currencies.</summary>
    public bool HasOthers => _others.Count > 0;

    /// <summary>The balance of each other currency, with its rate of now.</summary>
    public IReadOnlyList<(string Currency, double Amount, double Rate)> Others =>
        [.. _others.Select(o => (o.Currency, o.Balance.Held, o.Balance.Rate)).OrderBy(o => o.Currency, StringComparer.Ordinal)];

    /// <summary>The balance in an instrument's currency; null if that is the account's.</summary>
    public ForeignBalance? Of(int instrument) => instrument < 0 ? null : _of[instrument];

    /// <summary>The rate of now of an instrument's currency.</summary>
    public double RateOf(int instrument) => Of(instrument)?.Rate ?? 1;

    /// <summary>The rate that was known at a time, UTC ticks.</summary>
    public double RateAt(int instrument, long time) => Of(instrument)?.Rates.At(time) ?? 1;

    /// <summary>Moves to the rates of a time.</summary>
    /// <param name="time">UTC ticks; an earlier one than the last changes nothing.</param>
    public void Reach(long time)
    {
        if (time <= _time) return;
        _time = time;
        foreach (var (_, balance) in _others) balance.ValueAt(time);
    }

    /// <summary>Books cash in an instrument's currency.</summary>
    public void Pay(int instrument, double amount)
    {
        if (Of(instrument) is { } balance) balance.Pay(amount);
        else _own.Cash += amount;
    }

    /// <summary>Takes interest on a balance: it stays, or is converted.</summary>
    /// <param name="time">UTC ticks.</param>
    /// <returns>The rate at which it counts.</returns>
    public double PayInterest(int instrument, double amount, long time)
    {
        if (Of(instrument) is { } balance) return balance.PayInterest(amount, time);
        _own.Cash += amount;
        return 1;
    }

    /// <summary>The account is closed without anything left.</summary>
    public void Clear()
    {
        _own.Cash = 0;
        foreach (var (_, balance) in _others) balance.Clear();
    }
}
