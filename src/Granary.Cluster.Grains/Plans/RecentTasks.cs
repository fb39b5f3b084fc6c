namespace Granary.Cluster.Grains.Plans;

/// <summary>Results by run, each made once for all callers. Keeps those used last, and no faults. Thread-safe.</summary>
/// <param name="most">Number of results to keep.</param>
internal sealed class RecentTasks<T>(int most)
{
    private readonly Lock _lock = new();
    // Most recently used last.
    private readonly List<(string Run, Task<T> Made)> _kept = [];

    public Task<T> GetOrMake(string run, Func<Task<T>> make)
    {
        lock (_lock)
        {
            var at = _kept.FindIndex(k => k.Run == run);
            var known = at < 0 ? null : _kept[at].Made;
            if (at >= 0) _kept.RemoveAt(at);
            if (known is null or { IsFaulted: true } or { IsCanceled: true }) known = Task.Run(make);
            _kept.Add((run, known));
            if (_kept.Count > most) _kept.RemoveAt(0);
            return known;
        }
    }

    public void Forget(string run)
    {
        lock (_lock) _kept.RemoveAll(k => k.Run == run);
    }
}
