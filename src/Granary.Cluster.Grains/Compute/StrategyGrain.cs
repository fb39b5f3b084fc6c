using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Placement;
using Granary.Contracts.Batches;
using Orleans.GrainDirectory;
using Orleans.Placement;

namespace Granary.Cluster.Grains.Compute;

/// <summary>
/// Owns the life of one strategy of a run: it makes the strategy, answers how it stands, stops it, and ends when its outcome and events are
/// durable. Its group only orders in which turn the silo's threads process its blocks. If the grain ends before, the group fails, and what
/// is not durable runs again.
/// </summary>
[PreferLocalPlacement]
[GrainDirectory(GrainDirectoryName = SiloDirectory.Name)]
[CollectionAgeLimit(AlwaysActive = true)]
[GrainType("strategy")]
internal sealed class StrategyGrain(SiloCompute compute) : Grain, IStrategyGrain
{
    private (StrategyGroup Group, OwnedStrategy Strategy)? _own;

    public ValueTask<bool> StartAsync(Guid group, int slot)
    {
        if (compute.Find(group) is not { } ordered || _own is { } other && other.Group.Number > ordered.Number)
        {
            EndWithout();
            return ValueTask.FromResult(false);
        }
        if (_own?.Group != ordered)
        {
            _own?.Strategy.Lose(new SiloUnavailableException($"a newer group on this silo runs {this.GetPrimaryKeyString()}"));
            var strategy = ordered.Make(slot);
            _own = (ordered, strategy);
            _ = LiveAsync(strategy);
        }
        return ValueTask.FromResult(true);
    }

    public ValueTask<BatchStrategy?> StatusAsync(CancellationToken cancellationToken)
    {
        EndWithout();
        return ValueTask.FromResult(_own?.Strategy.Status);
    }

    public ValueTask<bool> StopAsync(string reason)
    {
        EndWithout();
        _own?.Strategy.Stop(reason);
        return ValueTask.FromResult(_own is not null);
    }

    private async Task LiveAsync(OwnedStrategy strategy)
    {
        await strategy.Ended;
        if (_own?.Strategy != strategy) return;
        _own = null;
        DeactivateOnIdle();
    }

    // A call activated this grain although it has no strategy.
    private void EndWithout()
    {
        if (_own is null) DeactivateOnIdle();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _own?.Strategy.Lose(new SiloUnavailableException($"the grain {this.GetPrimaryKeyString()} ended before its outcome was durable"));
        return base.OnDeactivateAsync(reason, cancellationToken);
    }
}
