using Granary.Contracts.Jobs;

namespace Granary.Simulation.Passes;

/// <summary>Measures the load of this process, at most once per second.</summary>
/// <param name="usage">Returns the processor time and the bytes of memory of the process; null for the system's.</param>
internal sealed class LoadMeter(TimeProvider clock, Func<(TimeSpan Time, long Memory)>? usage = null)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(0.1), Every = TimeSpan.FromSeconds(1);

    private long _at = clock.GetTimestamp();
    private TimeSpan _used = (usage ?? OfSystem)().Time;
    private ProcessLoad? _last;

    private static (TimeSpan, long) OfSystem() => (Environment.CpuUsage.TotalTime, Environment.WorkingSet);

    /// <param name="waiting">Number of work items that have not started.</param>
    /// <returns>Null until there is a first measurement, so no work is shown as idle.</returns>
    public ProcessLoad? Measure(int waiting)
    {
        var elapsed = clock.GetElapsedTime(_at);
        if (elapsed >= (_last is null ? First : Every))
        {
            var (used, memory) = (usage ?? OfSystem)();
            _last = new ProcessLoad(Math.Round(100 * (used - _used) / elapsed, 1), memory, waiting);
            (_at, _used) = (clock.GetTimestamp(), used);
        }
        return _last = _last is null || _last.Waiting == waiting ? _last : _last with { Waiting = waiting };
    }
}
