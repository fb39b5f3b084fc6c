using Granary.Application.Simulation;
using Granary.Cluster.Batches;
using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Placement;

namespace Granary.Cluster.Grains.Compute;

/// <summary>
/// One strategy of a group on this silo, whose threads process its run: it answers how the strategy stands, and stops it. It ends with its
/// group; an earlier end does not affect the run.
/// </summary>
[CallersSiloPlacement]
[GrainType("strategy")]
internal sealed class StrategyGrain(SiloCompute compute) : Grain, IStrategyGrain
{
    private StrategyGroup? _group;
    private int _slot;

    public ValueTask<bool> JoinAsync(Guid group, int slot)
    {
        if (compute.Find(group) is not { } here)
        {
            // The group is on another silo, where the next call creates the activation.
            if (CallersSiloPlacement.IsNamed) this.MigrateOnIdle();
            else DeactivateOnIdle();
            return ValueTask.FromResult(false);
        }
        if (_group != here)
        {
            (_group, _slot) = (here, slot);
            _ = LeaveWithAsync(here);
        }
        return ValueTask.FromResult(true);
    }

    private async Task LeaveWithAsync(StrategyGroup group)
    {
        await group.Ended;
        if (_group != group) return;
        _group = null;
        DeactivateOnIdle();
    }

    public ValueTask<StrategyStatus?> StatusAsync() => ValueTask.FromResult(_group?.StrategyAt(_slot) is { } now
        ? new StrategyStatus(now.Bars, (int)now.Trades, now.Error, (int)now.State, now.Equity, new Dictionary<string,
            double>(now.Positions))
        : null);

    public ValueTask<bool> StopAsync(string reason) => ValueTask.FromResult(_group?.StopStrategy(_slot, reason) == true);
}
