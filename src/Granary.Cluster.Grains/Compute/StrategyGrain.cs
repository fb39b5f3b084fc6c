using Granary.Cluster.Batches;
using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Placement;
using Orleans.GrainDirectory;

namespace Granary.Cluster.Grains.Compute;

/// <summary>
/// Owns the run of one strategy, which the threads of its silo process with the other runs of its group. It answers how the run stands,
/// stops it, reports its outcome, and ends when the outcome is durable.
/// </summary>
[CallersSiloPlacement]
[GrainDirectory(GrainDirectoryName = SiloDirectory.Name)]
[CollectionAgeLimit(AlwaysActive = true)]
[GrainType("strategy")]
internal sealed class StrategyGrain(SiloCompute compute) : Grain, IStrategyGrain
{
    private StrategySlot? _own;

    public ValueTask<bool> StartAsync(Guid group, int slot)
    {
        if (compute.Find(group)?.SlotAt(slot) is not { } own || _own is { } other && other.Group.OrderedAt > own.Group.OrderedAt)
        {
            EndWithout();
            return ValueTask.FromResult(false);
        }
        if (_own != own)
        {
            _own = own;
            own.Own(this);
            _ = LiveAsync(own);
        }
        return ValueTask.FromResult(true);
    }

    private async Task LiveAsync(StrategySlot own)
    {
        if (await own.Ended is { } outcome)
        {
            own.Report(this, outcome);
            await own.Group.Ended;
        }
        if (_own != own) return;
        _own = null;
        DeactivateOnIdle();
    }

    public ValueTask<StrategyStatus?> StatusAsync(CancellationToken cancellationToken)
    {
        EndWithout();
        return ValueTask.FromResult(_own?.Standing is { } now
            ? new StrategyStatus(now.Bars, (int)now.Trades, now.Error, (int)now.State, now.Equity,
                new Dictionary<string, double>(now.Positions))
            : null);
    }

    public ValueTask<bool> StopAsync(string reason)
    {
        EndWithout();
        return ValueTask.FromResult(_own?.Stop(reason) == true);
    }

    // An activation without a strategy is there because of the call alone.
    private void EndWithout()
    {
        if (_own is null) DeactivateOnIdle();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _own?.Leave(this);
        return base.OnDeactivateAsync(reason, cancellationToken);
    }
}
