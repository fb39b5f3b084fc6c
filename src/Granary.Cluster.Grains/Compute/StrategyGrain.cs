using System.Diagnostics;
using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Placement;
using Granary.Cluster.Grains.Telemetry;
using Granary.Engine.Backtesting;

namespace Granary.Cluster.Grains.Compute;

/// <summary>
/// Holds the run of one strategy and lends it to the silo's threads. It ends with its group; an earlier end does not affect the run.
/// </summary>
[CallersSiloPlacement]
[GrainType("strategy")]
internal sealed class StrategyGrain(SiloCompute compute) : Grain, IStrategyGrain
{
    private StrategyGroup? _group;
    private IStrategyRun? _run;
    private Activity? _activity;
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
            Observe(here.Order.Run);
            _ = LeaveWithAsync(here);
            _run = here.RunOf(slot);
        }
        return ValueTask.FromResult(true);
    }

    // A span from the activation to the end of the group, independent of calls.
    private void Observe(string run)
    {
        var current = Activity.Current;
        _activity = ClusterInstruments.Traces.StartActivity("strategy");
        _activity?.SetTag("granary.run", run).SetTag("granary.strategy", this.GetPrimaryKeyString()[(run.Length + 1)..]);
        Activity.Current = current;
    }

    private async Task LeaveWithAsync(StrategyGroup group)
    {
        await group.Ended;
        if (_group != group) return;
        if (_activity is { } activity)
        {
            activity.SetTag("granary.bars", _run?.Bars ?? 0).SetTag("granary.trades", _run?.TradeCount ?? 0);
            if (group.ErrorOf(_slot) is { } error) activity.SetStatus(ActivityStatusCode.Error, error);
            activity.Dispose();
            _activity = null;
        }
        (_group, _run) = (null, null);
        DeactivateOnIdle();
    }

    public ValueTask<StrategyStatus?> StatusAsync() => ValueTask.FromResult(
        _group is not { } group ? null
        : group.ErrorOf(_slot) is { } error ? new StrategyStatus(_run?.Bars ?? 0, _run?.TradeCount ?? 0, error)
        : _run is { } run ? new StrategyStatus(run.Bars, run.TradeCount, null)
        : null);
}
