using Granary.Contracts.Weights;
using Granary.Engine;
using Orleans.Concurrency;

namespace Granary.Cluster.Portfolios;

/// <summary>The weights of one portfolio, in versions; the key is the portfolio's id. Answers are durable.</summary>
[Alias("granary.IWeightsGrain")]
internal interface IWeightsGrain : IGrainWithStringKey
{
    /// <returns>The current version; null if none was set.</returns>
    [AlwaysInterleave, Alias("Find")]
    Task<PortfolioWeights?> FindAsync(CancellationToken cancellationToken = default);

    /// <summary>Returns all versions, newest first.</summary>
    [AlwaysInterleave, Alias("History")]
    Task<IReadOnlyList<PortfolioWeights>> HistoryAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Sets a new version if <paramref name="expectedVersion"/> is still the current one, and notifies the portfolio's session.
    /// </summary>
    /// <exception cref="InputException">A weight is not valid, or names a strategy that the running session does
    /// not trade.</exception>
    [Alias("Set")]
    Task<WeightsAnswer> SetAsync(long expectedVersion, IReadOnlyDictionary<string, double> weights, string who, string why);
}
