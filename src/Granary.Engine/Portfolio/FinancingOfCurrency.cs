namespace Granary.Engine.Portfolio;

/// <summary>What balances and short positions in a currency have brought and cost, in that currency; all positive.</summary>
/// <param name="Earned">Interest on cash.</param>
/// <param name="Paid">Interest on loans, and on cash at a negative rate.</param>
/// <param name="BorrowFees">Less rebates.</param>
internal sealed record FinancingOfCurrency(string Currency, double Earned, double Paid, double BorrowFees);
