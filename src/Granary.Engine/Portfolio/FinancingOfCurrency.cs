namespace Granary.Engine.Portfolio;

/// <summary>Interest and borrow fees of balances and short positions in a currency, in that currency; all positive.</summary>
/// <param name="Earned">Interest on cash.</param>
/// <param name="Paid">Interest on loans, and on cash at a negative rate.</param>
/// <param name="BorrowFees">Less rebates.</param>
internal sealed record FinancingOfCurrency(string Currency, double Earned, double Paid, double BorrowFees);
