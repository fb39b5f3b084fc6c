using Granary.Contracts.Batches;

namespace Granary.Cluster.Batches;

/// <summary>Current state of one strategy of a run.</summary>
/// <param name="Bars">Bars processed so far.</param>
/// <param name="Trades">Trades closed so far.</param>
/// <param name="Error">Why it failed; null if it has not.</param>
/// <param name="State">A value of <see cref="StrategyPhase"/>.</param>
/// <param name="Equity">Cash plus the open position at the last close; null if unknown.</param>
/// <param name="Positions">Open position of each symbol, base units, negative = short; null for none.</param>
[GenerateSerializer, Immutable, Alias("granary.StrategyStatus")]
public sealed record StrategyStatus(
    [property: Id(0)] long Bars,
    [property: Id(1)] int Trades,
    [property: Id(2)] string? Error,
    [property: Id(3)] int State = 0,
    [property: Id(4)] double? Equity = null,
    [property: Id(5)] Dictionary<string, double>? Positions = null);
