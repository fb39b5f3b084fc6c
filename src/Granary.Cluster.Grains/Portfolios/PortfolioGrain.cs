using Granary.Application.Weights;

namespace Granary.Cluster.Portfolios;

[GenerateSerializer, Alias("granary.PortfolioRecord")]
public sealed class PortfolioRecord
{
    /// <summary>Newest first.</summary>
    [Id(0)]
    public List<PortfolioWeights> Versions { get; set; } = [];
}

internal sealed class PortfolioGrain([PersistentState("portfolio", ClusterProviders.State)] IPersistentState<PortfolioRecord> state, TimeProvider clock) : Grain, IPortfolioGrain
{
    public Task<PortfolioWeights?> FindAsync() => Task.FromResult(state.State.Versions.FirstOrDefault());

    public Task<IReadOnlyList<PortfolioWeights>> HistoryAsync() => Task.FromResult<IReadOnlyList<PortfolioWeights>>([.. state.State.Versions]);

    public async Task<WeightsAnswer> SetAsync(long expectedVersion, IReadOnlyDictionary<string, double> weights, string who, string why)
    {
        var current = state.State.Versions is [var newest, ..] ? newest.Version : 0;
        if (current != expectedVersion) return new WeightsAnswer(null, current);
        var next = new PortfolioWeights(this.GetPrimaryKeyString(), current + 1, weights, who, why, clock.GetUtcNow());
        state.State.Versions.Insert(0, next);
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            // Memory never runs ahead of storage: what is there is read again.
            DeactivateOnIdle();
            throw;
        }
        return new WeightsAnswer(next, next.Version);
    }
}
