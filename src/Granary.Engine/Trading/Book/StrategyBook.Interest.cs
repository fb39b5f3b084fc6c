using System.Runtime.CompilerServices;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

// Interest on the balances of the account, which belongs to no trade.
internal sealed partial class StrategyBook
{
    // Null if balances neither earn nor pay.
    private readonly InterestSettings? _interest;
    private InterestNights _nights;

    /// <summary>Whether the book's own account earns or pays interest. That of several books has it in one place.</summary>
    public bool BearsInterest => _interest is not null && _shared is null;

    /// <summary>Has a bar processed, whatever its prices are, if the account pays or receives interest at its open.</summary>
    /// <returns>Whether it has.</returns>
    public bool ExpectNight(int index)
    {
        if (!_nights.IsDue(_block.TimeColumn[index])) return false;
        return _everyBar = Active = true;
    }

    // The balance in the currency of the prices that earns or pays, with what positions settle at a price.
    private double InterestBalance(double price)
    {
        var cash = _foreign?.Held ?? _account.Cash;
        return _trades.Count == 0 ? cash
            : cash + _power.Settled(_trades.Net * price, _trades.QuantityOf(Side.Sell) * price * _multiplier);
    }

    // Books the interest of the nights since the last bar, on the balances before them.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void BookInterest(int index)
    {
        var time = _block.TimeColumn[index];
        if (_isRuined || !_nights.Next(time, out var nights)) return;
        MarkBefore(index);
        var (balance, (from, to)) = (InterestBalance(_marks.CloseBefore(index)), nights);
        if (_foreign is null)
        {
            PayInterest(FinancingKind.CashInterest, _interest!.Own.Of(balance, from, to), time);
            return;
        }
        PayInterest(FinancingKind.CashInterest, _interest!.Own.Of(_foreign.Own, from, to), time);
        PayInterest(FinancingKind.BalanceInterest, _interest.Of(Instrument.Currency)!.Of(balance, from, to), time);
    }

    // Books interest of the account, in its own currency or in that of the prices.
    private void PayInterest(FinancingKind kind, double amount, long time)
    {
        if (amount == 0) return;
        var rate = 1.0;
        if (kind == FinancingKind.BalanceInterest) rate = _foreign!.PayInterest(amount, time);
        else if (_foreign is not null) _foreign.PayOwn(amount);
        else _account.Pay(amount);
        KeepCash();
        ReportInterest(kind, amount, rate, time);
    }

    /// <summary>Reports interest that the account has booked.</summary>
    /// <param name="rate">The rate at which it counts.</param>
    /// <param name="time">Open time of the bar, UTC ticks.</param>
    public void ReportInterest(FinancingKind kind, double amount, double rate, long time)
    {
        _meter.Financing += amount * rate;
        _events.IsAtOpen = true;
        _events.Financed(0, kind, time, amount, amount);
    }
}
