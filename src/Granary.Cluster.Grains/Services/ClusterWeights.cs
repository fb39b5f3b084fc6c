using Granary.Cluster.Portfolios;
using Granary.Contracts.Weights;
using Granary.Simulation.Weights;

namespace Granary.Cluster.Grains.Services;

/// <summary>Weights service over the cluster's weights grains.</summary>
/// <param name="grains">The grain factory of a silo, or of a client of the cluster.</param>
internal sealed class ClusterWeights(IGrainFactory grains) : IWeightsService
{
    private IWeightsGrain Grain(string portfolio)
    {
        WeightsValidation.CheckPortfolio(portfolio);
        return grains.GetGrain<IWeightsGrain>(portfolio);
    }

    /// <inheritdoc/>
    public async ValueTask<PortfolioWeights?> FindAsync(string portfolio, CancellationToken cancellationToken = default)
    {
        var grain = Grain(portfolio);
        return await GrainCalls.TryAsync(grain.FindAsync, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<PortfolioWeights>> HistoryAsync(string portfolio, CancellationToken cancellationToken = default)
    {
        var grain = Grain(portfolio);
        return await GrainCalls.TryAsync(grain.HistoryAsync, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<PortfolioWeights> SetAsync(string portfolio, long expectedVersion, IReadOnlyDictionary<string, double> weights,
        string who, string why, CancellationToken cancellationToken = default)
    {
        var grain = Grain(portfolio);
        var ordered = WeightsValidation.Checked(portfolio, weights, why);
        var answer = await GrainCalls.TryAsync(_ => grain.SetAsync(expectedVersion, ordered, who, why), cancellationToken)
            .ConfigureAwait(false);
        if (answer.Weights is { } set) return set;
        // A call whose answer was lost with a silo is repeated, and finds its own change.
        if (answer.Current == expectedVersion + 1 && await FindAsync(portfolio, cancellationToken).ConfigureAwait(false) is { } current
            && current.Version == answer.Current && current.Who == who && current.Why == why && current.Weights.SequenceEqual(ordered))
            return current;
        throw new StaleWeightsException(portfolio, expectedVersion, answer.Current);
    }
}
