using System.Runtime.CompilerServices;
using Granary.Engine.Market;

namespace Granary.Engine.Trading.Book;

// An account in another currency than the instrument's. The book counts in the currency of its prices: its cash is what both balances are
// worth there at the rate of the moment. What leaves the book is in the account's currency where its comment says so.
internal sealed partial class StrategyBook
{
    // The least and the greatest rate of a span, UTC ticks. Short blocks are one object with other bars.
    private (long From, long To) _ratesOf;
    private double _leastRate, _greatestRate;

    /// <summary>An amount in the account's currency, at the rate of the moment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double InAccount(double amount) => _foreign is null ? amount : amount * _foreign.Rate;

    // An amount of the account in the currency of the prices.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private double InPrices(double amount) => _foreign is null ? amount : amount / _foreign.Rate;

    /// <summary>The value of one unit of the currency of the prices in the account's.</summary>
    public double Rate => _foreign?.Rate ?? 1;

    /// <summary>Values the account at the rate of a bar's close, or of the close of a time slice without a bar.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ValueAtClose(int index)
    {
        if (_foreign is not null) ValueAt(_timeframe.CloseOf(TimeAt(index)));
    }

    /// <summary>Ends a time slice: takes the bar's close as the last price, and values the account at the rate of the close.</summary>
    public void EndSlice(int index, bool hasBar)
    {
        if (hasBar) KeepClose(index);
        ValueAtClose(index);
    }

    /// <summary>The equity of the book's own account at a bar's close, account currency.</summary>
    public double EquityAtClose(int index)
    {
        ValueAtClose(index);
        return EquityIn(_block.CloseColumn[index]);
    }

    // The equity of the book's own account in the account's currency.
    private double EquityIn(double price) => _foreign is null ? OwnEquity(price)
        : _foreign.Own + _foreign.Held * _foreign.Rate + _trades.Net * _foreign.Rate * price;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ValueAt(long time)
    {
        if (_foreign!.ValueAt(time) && _shared is null) _account.Cash = _foreign.Cash;
    }

    /// <summary>The rate that was known at a time. Events count at that of the open of their bar.</summary>
    /// <param name="time">UTC ticks.</param>
    public double RateAt(long time) => _foreign?.RateAt(time) ?? 1;

    // Books cash in the currency of the prices.
    private void Pay(double amount)
    {
        if (_foreign is not null) _foreign.Pay(amount);
        else if (_shared is not null) _shared.Pay(amount);
        else _account.Pay(amount);
        KeepCash();
    }

    // Books a fill.
    private void Book(Side side, double quantity, double price, double fee)
    {
        if (_foreign is not null) _foreign.Book(side, quantity, price, _multiplier, fee);
        else if (_shared is not null) _shared.Book(side, quantity, price, _multiplier, fee);
        else _account.Book(side, quantity, price, _multiplier, fee);
        KeepCash();
    }

    // The own account counts in the currency of the prices.
    private void KeepCash()
    {
        if (_foreign is not null && _shared is null) _account.Cash = _foreign.Cash;
    }

    // Closes an account without positions whose debt in a currency has grown beyond what it has: the broker bears the rest.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EndFlat(in Bar bar, int index)
    {
        if (_trades.Count > 0 || _account.Cash > 0 || _isRuined || _shared is not null) return;
        MarkBefore(index);
        _meter.Financing -= InAccount(_account.Cash);
        CancelAll(bar.Time);
        Close();
    }

    // Whether a price and a rate of this block could ruin the account. The price of that changes with the rate.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool MayBeRuined()
    {
        if (_shared is not null) return false;
        var span = (_block.TimeColumn[0], _timeframe.CloseOf(_block.TimeColumn[_block.Count - 1]));
        if (_ratesOf != span)
        {
            _ratesOf = span;
            (_leastRate, _greatestRate) = _foreign!.Rates.Between(span.Item1, span.Item2);
        }
        var worst = _trades.Net < 0 ? _block.HighestHigh : _block.LowestLow;
        var cash = _account.Cash;
        var isPossible = false;
        foreach (var rate in (ReadOnlySpan<double>)[_leastRate, _greatestRate])
        {
            _account.Cash = _foreign!.Own / rate + _foreign.Held;
            isPossible |= _trades.Count == 0 ? _account.Cash <= 0 : IsRuinedAt(worst);
        }
        _account.Cash = cash;
        return isPossible;
    }

    // The rate at which a closed trade counts. Its result is converted where the account does that.
    private double Settle(double net, long time)
    {
        if (_foreign is null) return 1;
        if (_isRuined) return _foreign.RateAt(time);
        var rate = _foreign.Settle(net, time, isLast: _shared is null ? _trades.Count == 1 : _shared.IsLastIn(_foreign));
        KeepCash();
        return rate;
    }

    // A size in cash is in the account's currency.
    private SizeRule Size => _foreign is not null && _settings.Size is { Kind: SizeKind.Cash } size
        ? SizeRule.Cash(InPrices(size.Value)) : _settings.Size;
}
