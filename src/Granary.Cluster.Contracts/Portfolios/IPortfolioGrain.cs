using Granary.Application.Weights;
using Orleans.Concurrency;

namespace Granary.Cluster.Portfolios;

/// <summary>The weights of one portfolio, in versions; the key is its id. Answered means durable.</summary>
[Alias("granary.IPortfolioGrain")]
public interface IPortfolioGrain : IGrainWithStringKey
{
    /// <returns>null where none were ever set.</returns>
    [AlwaysInterleave, Alias("Find")]
    Task<PortfolioWeights?> FindAsync();

    /// <summary>All versions, newest first.</summary>
    [AlwaysInterleave, Alias("History")]
    Task<IReadOnlyList<PortfolioWeights>> HistoryAsync();

    /// <summary>Puts a new version in force, if <paramref name="expectedVersion"/> still is.</summary>
    [Alias("Set")]
    Task<WeightsAnswer> SetAsync(long expectedVersion, IReadOnlyDictionary<string, double> weights, string who, string why);
}

/// <param name="Weights">The new version; null where another had come first.</param>
/// <param name="Current">The version in force.</param>
[GenerateSerializer, Immutable, Alias("granary.WeightsAnswer")]
public sealed record WeightsAnswer([property: Id(0)] PortfolioWeights? Weights, [property: Id(1)] long Current);
