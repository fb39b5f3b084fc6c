using Granary.Contracts.Batches;

namespace Granary.Cluster.Batches;

/// <summary>The portfolio of a run as it stands, as <see cref="BatchPortfolio"/> has it.</summary>
/// <param name="Time">Open time of the last row's bars, UTC; null before the first row, as the four that follow.</param>
/// <param name="Drawdown">A positive fraction.</param>
/// <param name="OpenTrades">Trades that are open at the row.</param>
/// <param name="Trades">Trades closed by then.</param>
/// <param name="Done">Whether all bars are processed.</param>
[GenerateSerializer, Immutable, Alias("granary.PortfolioStatus")]
public sealed record PortfolioStatus(
    [property: Id(0)] DateTime? Time,
    [property: Id(1)] double? Equity,
    [property: Id(2)] double? Cash,
    [property: Id(3)] double? Exposure,
    [property: Id(4)] double? Drawdown,
    [property: Id(5)] int OpenTrades,
    [property: Id(6)] long Trades,
    [property: Id(7)] bool Done);
