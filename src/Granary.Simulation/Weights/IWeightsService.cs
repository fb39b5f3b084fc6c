using Granary.Contracts.Weights;
using Granary.Engine;

namespace Granary.Simulation.Weights;

/// <summary>Stores the weights of portfolios in versions. A returned version is durable.</summary>
internal interface IWeightsService
{
    /// <returns>The version in force; null if no weights have been set.</returns>
    ValueTask<PortfolioWeights?> FindAsync(string portfolio, CancellationToken cancellationToken = default);

    /// <summary>Puts a new version in force if <paramref name="expectedVersion"/> is still in force.</summary>
    /// <param name="expectedVersion">The version that the change is based on; 0 = no weights have been set yet.</param>
    /// <exception cref="StaleWeightsException">A different version is in force.</exception>
    /// <exception cref="InputException">A weight is not finite, or a name is empty.</exception>
    ValueTask<PortfolioWeights> SetAsync(string portfolio, long expectedVersion, IReadOnlyDictionary<string, double> weights, string who,
        string why, CancellationToken cancellationToken = default);

    /// <summary>Returns all versions, newest first; empty if no weights have been set.</summary>
    ValueTask<IReadOnlyList<PortfolioWeights>> HistoryAsync(string portfolio, CancellationToken cancellationToken = default);
}
