using Granary.Contracts.Jobs;

namespace Granary.Simulation.Passes;

/// <summary>Measures the load of this process, at most once per second.</summary>
public sealed class LoadMeter(TimeProvider clock)
{
    private long _at = clock.GetTimestamp();
    private TimeSpan _used = Environment.CpuUsage.TotalTime;
    private ProcessLoad _last = new(0, Environment.WorkingSet, 0);

    /// <param name="waiting">Number of work items that have not started.</param>
    public ProcessLoad Measure(int waiting)
    {
        var elapsed = clock.GetElapsedTime(_at);
        if (elapsed >= TimeSpan.FromSeconds(1))
        {
            var used = Environment.CpuUsage.TotalTime;
            _last = new ProcessLoad(Math.Round(100 * (used - _used) / elapsed, 1), Environment.WorkingSet, waiting);
            (_at, _used) = (clock.GetTimestamp(), used);
        }
        else if (_last.Waiting != waiting)
        {
            _last = _last with { Waiting = waiting };
        }
        return _last;
    }
}
