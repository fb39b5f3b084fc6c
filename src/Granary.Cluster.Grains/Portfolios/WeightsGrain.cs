using Granary.Cluster.Grains.Placement;
using Granary.Cluster.Portfolios;
using Granary.Contracts.Weights;
using Granary.Server.Operations;
using Granary.Simulation.Weights;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Portfolios;

/// <summary>Persistent state of one portfolio's weights.</summary>
[GenerateSerializer, Alias("granary.WeightsRecord")]
internal sealed class WeightsRecord
{
    /// <summary>Versions of the weights, newest first.</summary>
    [Id(0)]
    public List<PortfolioWeights> Versions { get; set; } = [];
}

/// <summary>Keeps the versions of a portfolio's weights.</summary>
[SiloRole(SiloRoles.Sessions)]
[GrainType("weights")]
internal sealed class WeightsGrain([PersistentState("weights", ClusterProviders.State)] IPersistentState<WeightsRecord> state,
    TimeProvider clock) : Grain, IWeightsGrain
{
    // The stored versions. Answers use only these, never versions whose write may fail.
    private IReadOnlyList<PortfolioWeights> _stored = [];

    private string Id => this.GetPrimaryKeyString();

    private ISessionGrain Session => GrainFactory.GetGrain<ISessionGrain>(Id);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _stored = state.State.Versions;
        await base.OnActivateAsync(cancellationToken);
    }

    public Task<PortfolioWeights?> FindAsync(CancellationToken cancellationToken) => Task.FromResult(_stored.FirstOrDefault());

    public Task<IReadOnlyList<PortfolioWeights>> HistoryAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PortfolioWeights>>([.. _stored]);

    public async Task<WeightsAnswer> SetAsync(long expectedVersion, IReadOnlyDictionary<string, double> weights, string who, string why)
    {
        // Orleans clients call the grain without the checks of the API.
        var ordered = WeightsValidation.Checked(Id, weights, why);
        if (await Session.StrategiesAsync() is { } known)
            WeightsValidation.CheckKnown(Id, ordered.Keys, known.ToHashSet(StringComparer.Ordinal));
        var current = _stored is [var newest, ..] ? newest.Version : 0;
        if (current != expectedVersion) return new WeightsAnswer(null, current);
        var next = new PortfolioWeights(Id, current + 1, ordered, who, why, clock.GetUtcNow());
        state.State.Versions = [next, .. _stored];
        await StoredState.WriteAsync(this, () => state.WriteStateAsync());
        _stored = state.State.Versions;
        // If the notification is lost, the portfolio's grain reads the new version within ten seconds.
        await LostCall.IgnoreAsync(() => Session.WeightsSetAsync(next));
        return new WeightsAnswer(next, next.Version);
    }
}
