using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Portfolio;

/// <summary>
/// Interest and borrow fees of a portfolio by currency. It keeps them only if the batch has them over time: interest by currency, or a
/// table of what can be borrowed.
/// </summary>
internal sealed class FinancingCosts(Instrument[] instruments, InterestSettings? interest)
{
    private readonly bool _isKept = interest is not null || Array.Exists(instruments, i => i.Borrow.IsGiven);
    private readonly SortedDictionary<string, FinancingOfCurrency> _sums = new(StringComparer.Ordinal);

    /// <summary>By currency; null if they are not kept.</summary>
    public IReadOnlyList<FinancingOfCurrency>? All => _isKept ? [.. _sums.Values] : null;

    /// <param name="fee">In the currency of the prices; negative is a rebate.</param>
    public void AddFee(int market, double fee)
    {
        if (!_isKept) return;
        var sum = Of(instruments[market].Currency);
        _sums[sum.Currency] = sum with { BorrowFees = sum.BorrowFees + fee };
    }

    /// <param name="amount">In the currency; negative is paid.</param>
    public void AddInterest(string currency, double amount)
    {
        var sum = Of(currency);
        _sums[sum.Currency] = amount > 0 ? sum with { Earned = sum.Earned + amount } : sum with { Paid = sum.Paid - amount };
    }

    private FinancingOfCurrency Of(string currency) =>
        _sums.TryGetValue(currency, out var sum) ? sum : new FinancingOfCurrency(currency, 0, 0, 0);
}
