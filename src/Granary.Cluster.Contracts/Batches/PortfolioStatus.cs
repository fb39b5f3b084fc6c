using Granary.Contracts.Batches;

namespace Granary.Cluster.Batches;

/// <summary>Current state of a run's portfolio; the source of <see cref="BatchPortfolio"/>.</summary>
/// <param name="Time">Open time of the last row's bars, UTC; null before the first row, like the next four values.</param>
/// <param name="Drawdown">Distance of the equity below its highest value so far, as a positive fraction of that value.</param>
/// <param name="OpenTrades">Trades that are open at the row.</param>
/// <param name="Trades">Trades that were closed up to the row.</param>
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
