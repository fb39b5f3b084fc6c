namespace Granary;

/// <summary>The shared account of a run's strategies.</summary>
/// <param name="Equity">Its value at the close of each bar, oldest first.</param>
/// <param name="Trades">Its trades in the order of their closing.</param>
/// <param name="Metrics">Its metrics; null if the run was stopped before.</param>
public sealed record BacktestPortfolio(IReadOnlyList<EquityPoint> Equity, IReadOnlyList<BacktestTrade> Trades, Metrics? Metrics);
