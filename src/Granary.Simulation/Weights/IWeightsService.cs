using Granary.Contracts.Weights;

namespace Granary.Simulation.Weights;

/// <summary>Keeps the weights of portfolios in versions. Answered means durable.</summary>
public interface IWeightsService
{
    /// <returns>The version in force; null where none was ever set.</returns>
    ValueTask<PortfolioWeights?> FindAsync(string portfolio, CancellationToken cancellationToken = default);

    /// <summary>Puts a new version in force, if <paramref name="expectedVersion"/> still is.</summary>
    /// <param name="expectedVersion">What the change was decided on; 0 = there must be none yet.</param>
    /// <exception cref="StaleWeightsException">Another version is in force.</exception>
    /// <exception cref="Json.InputException">A weight is not finite, or a name is empty.</exception>
    ValueTask<PortfolioWeights> SetAsync(string portfolio, long expectedVersion, IReadOnlyDictionary<string, double> weights, string who,
        string why, CancellationToken cancellationToken = default);

    /// <summary>All versions, newest first; empty where none was ever set.</summary>
    ValueTask<IReadOnlyList<PortfolioWeights>> HistoryAsync(string portfolio, CancellationToken cancellationToken = default);
}
