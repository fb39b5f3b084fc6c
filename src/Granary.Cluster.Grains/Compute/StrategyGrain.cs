using Granary.Engine.Backtesting;
using Orleans.Placement;

namespace Granary.Cluster.Compute;

/// <summary>Holds the run of one strategy and lends it to the silo's threads. It goes when its cohort ends; should it go before, the run is not harmed.</summary>
[PreferLocalPlacement]
internal sealed class StrategyGrain(SiloCompute compute) : Grain, IStrategyGrain
{
    private Cohort? _cohort;
    private IStrategyRun? _run;
    private int _slot;

    public ValueTask<bool> JoinAsync(Guid cohort, int slot)
    {
        if (compute.Find(cohort) is not { } here)
        {
            DeactivateOnIdle();
            return ValueTask.FromResult(false);
        }
        if (_cohort != here)
        {
            (_cohort, _slot) = (here, slot);
            _ = LeaveWithAsync(here);
            _run = here.Make(slot);
        }
        return ValueTask.FromResult(true);
    }

    private async Task LeaveWithAsync(Cohort cohort)
    {
        await cohort.Ended;
        if (_cohort != cohort) return;
        (_cohort, _run) = (null, null);
        DeactivateOnIdle();
    }

    public ValueTask<StrategyStatus?> StatusAsync() => ValueTask.FromResult(
        _cohort is not { } cohort ? null
        : cohort.ErrorOf(_slot) is { } error ? new StrategyStatus(_run?.Bars ?? 0, _run?.TradeCount ?? 0, error)
        : _run is { } run ? new StrategyStatus(run.Bars, run.TradeCount, null)
        : null);
}
