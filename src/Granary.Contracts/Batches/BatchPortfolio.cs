namespace Granary.Contracts.Batches;

/// <summary>The portfolio of a running batch: its account at the last row of its equity curve so far.</summary>
/// <param name="Time">Open time of the row's bars, UTC; null before the first row.</param>
/// <param name="Equity">Cash and open positions at the row's closes, in the account's currency; null before the first row.</param>
/// <param name="Cash">Cash at the row; null before the first row.</param>
/// <param name="Exposure">Absolute value of all positions at the row's closes; null before the first row.</param>
/// <param name="Drawdown">Loss since the highest equity, as a share of it: 0 to 1; null before the first row.</param>
/// <param name="OpenTrades">Trades that are open at the row.</param>
/// <param name="Trades">Trades closed by then.</param>
/// <param name="Done">Whether all bars are processed; the batch's checks and files follow.</param>
public sealed record BatchPortfolio(DateTime? Time, double? Equity, double? Cash, double? Exposure, double? Drawdown, int OpenTrades,
    long Trades, bool Done);
