using System.Diagnostics;
using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Placement;
using Granary.Cluster.Grains.Telemetry;
using Granary.Engine.Backtesting;

namespace Granary.Cluster.Grains.Compute;

/// <summary>Holds the run of one strategy and lends it to the silo's threads. It goes when its cohort ends; should it go before, the run is not harmed.</summary>
[CallersSiloPlacement]
[GrainType("strategy")]
internal sealed class StrategyGrain(SiloCompute compute) : Grain, IStrategyGrain
{
    private Cohort? _cohort;
    private IStrategyRun? _run;
    private Activity? _activity;
    private int _slot;

    public ValueTask<bool> JoinAsync(Guid cohort, int slot)
    {
        if (compute.Find(cohort) is not { } here)
        {
            // The cohort is on another silo: what was here of an earlier one goes there.
            if (CallersSiloPlacement.IsNamed) this.MigrateOnIdle();
            else DeactivateOnIdle();
            return ValueTask.FromResult(false);
        }
        if (_cohort != here)
        {
            (_cohort, _slot) = (here, slot);
            Observe(here.Order.Run);
            _ = LeaveWithAsync(here);
            _run = here.RunOf(slot);
        }
        return ValueTask.FromResult(true);
    }

    // A span from its making to its cohort's end, beside the calls.
    private void Observe(string run)
    {
        var current = Activity.Current;
        _activity = ClusterInstruments.Traces.StartActivity("strategy");
        _activity?.SetTag("granary.run", run).SetTag("granary.strategy", this.GetPrimaryKeyString()[(run.Length + 1)..]);
        Activity.Current = current;
    }

    private async Task LeaveWithAsync(Cohort cohort)
    {
        await cohort.Ended;
        if (_cohort != cohort) return;
        if (_activity is { } activity)
        {
            activity.SetTag("granary.bars", _run?.Bars ?? 0).SetTag("granary.trades", _run?.TradeCount ?? 0);
            if (cohort.ErrorOf(_slot) is { } error) activity.SetStatus(ActivityStatusCode.Error, error);
            activity.Dispose();
            _activity = null;
        }
        (_cohort, _run) = (null, null);
        DeactivateOnIdle();
    }

    public ValueTask<StrategyStatus?> StatusAsync() => ValueTask.FromResult(
        _cohort is not { } cohort ? null
        : cohort.ErrorOf(_slot) is { } error ? new StrategyStatus(_run?.Bars ?? 0, _run?.TradeCount ?? 0, error)
        : _run is { } run ? new StrategyStatus(run.Bars, run.TradeCount, null)
        : null);
}
