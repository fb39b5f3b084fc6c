using Granary.Contracts.Weights;
using Granary.Simulation.Weights;

namespace Granary.Cluster.Grains.Portfolios;

/// <summary>The current weights for the session; they change through the grain.</summary>
internal sealed class CurrentWeights : IWeightsService
{
    private volatile PortfolioWeights? _newest;

    /// <summary>Sets a version of the weights; ignores one that is older than the current one.</summary>
    public void Take(PortfolioWeights? weights)
    {
        if (weights is not null && weights.Version > (_newest?.Version ?? 0)) _newest = weights;
    }

    public ValueTask<PortfolioWeights?> FindAsync(string portfolio, CancellationToken cancellationToken = default) => new(_newest);

    public ValueTask<PortfolioWeights> SetAsync(string portfolio, long expectedVersion, IReadOnlyDictionary<string, double> weights,
        string who, string why, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("weights are changed through the portfolio's grain");

    public ValueTask<IReadOnlyList<PortfolioWeights>> HistoryAsync(string portfolio, CancellationToken cancellationToken = default) =>
        new(_newest is { } newest ? [newest] : []);
}
