namespace Granary.Application.Simulation;

/// <summary>How busy a process is.</summary>
/// <param name="CpuPercent">Of one processor, over the last second or so: 200 are two busy processors.</param>
/// <param name="MemoryBytes">Physical memory of the process.</param>
/// <param name="Waiting">Pieces of work that have not begun: feeds in one process, strategy groups in a cluster.</param>
public sealed record ProcessLoad(double CpuPercent, long MemoryBytes, int Waiting);

/// <summary>Measures the load of this process, once a second at most.</summary>
public sealed class LoadMeter(TimeProvider clock)
{
    private long _at = clock.GetTimestamp();
    private TimeSpan _used = Environment.CpuUsage.TotalTime;
    private ProcessLoad _last = new(0, Environment.WorkingSet, 0);

    /// <param name="waiting">Pieces of work that have not begun.</param>
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
