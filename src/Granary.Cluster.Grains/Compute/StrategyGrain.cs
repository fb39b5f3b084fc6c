using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Placement;
using Orleans.GrainDirectory;
using Orleans.Placement;

namespace Granary.Cluster.Grains.Compute;

/// <summary>
/// Owns one strategy of a run: it makes the strategy for its group, whose blocks the threads of the silo process, reports the outcome once,
/// and ends when the outcome is durable. If it ends before, the group runs again from its first bar.
/// </summary>
[PreferLocalPlacement]
[GrainDirectory(GrainDirectoryName = SiloDirectory.Name)]
[CollectionAgeLimit(AlwaysActive = true)]
[GrainType("strategy")]
internal sealed class StrategyGrain(SiloCompute compute) : Grain, IStrategyGrain
{
    private StrategyGroup? _group;

    public ValueTask<bool> StartAsync(Guid group, int slot)
    {
        if (compute.Find(group) is not { } own || _group is { } other && other.OrderedAt > own.OrderedAt)
        {
            // A call activated this grain although it has no strategy.
            if (_group is null) DeactivateOnIdle();
            return ValueTask.FromResult(false);
        }
        if (_group != own)
        {
            // An older group that the batch has abandoned continues without this strategy.
            _group = own;
            own.Make(slot);
            _ = ReportAsync(own, slot);
        }
        return ValueTask.FromResult(true);
    }

    private async Task ReportAsync(StrategyGroup group, int slot)
    {
        try
        {
            if (await group.OutcomeAsync(slot) is { } outcome) await group.ReportAsync(slot, outcome);
        }
        catch (Exception e)
        {
            group.Lose(e);
        }
        if (_group != group) return;
        _group = null;
        DeactivateOnIdle();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _group?.Lose(new SiloUnavailableException($"the grain {this.GetPrimaryKeyString()} ended before its outcome was durable"));
        return base.OnDeactivateAsync(reason, cancellationToken);
    }
}
