namespace Granary.Cluster.Grains.Batches;

/// <summary>The unfinished items of a job's work. Thread-safe.</summary>
/// <param name="count">Number of items.</param>
/// <param name="timeout">Time after which a running item is also given to another caller.</param>
internal sealed class OpenItems(int count, TimeSpan timeout, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly Queue<int> _waiting = new(Enumerable.Range(0, count));
    private readonly Dictionary<int, long> _under = [];
    private readonly bool[] _made = new bool[count];
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = count;

    /// <summary>Completes when the results of all items were passed on.</summary>
    public Task Done => _done.Task;

    /// <summary>Whether an item can be taken.</summary>
    public bool HasWaiting
    {
        get
        {
            lock (_lock) return _waiting.Count > 0 || Late() is not null;
        }
    }

    /// <summary>Takes a waiting item, or one that has run longer than the timeout; null if there is none.</summary>
    public int? Take()
    {
        lock (_lock)
        {
            while (_waiting.TryDequeue(out var place))
                if (!_made[place])
                {
                    _under[place] = clock.GetTimestamp();
                    return place;
                }
            if (Late() is not { } late) return null;
            _under[late] = clock.GetTimestamp();
            return late;
        }
    }

    /// <summary>Marks an item as made. Returns whether this is its first result.</summary>
    public bool IsFirst(int place)
    {
        lock (_lock)
        {
            if (_made[place]) return false;
            return _made[place] = true;
        }
    }

    /// <summary>Records that a first result was passed on.</summary>
    public void Finish()
    {
        if (Interlocked.Decrement(ref _left) == 0) _done.TrySetResult();
    }

    /// <summary>Records that an item no longer runs. Without a result it waits again.</summary>
    public void Return(int place)
    {
        lock (_lock)
            if (_under.Remove(place) && !_made[place]) _waiting.Enqueue(place);
    }

    private int? Late()
    {
        foreach (var (place, since) in _under)
            if (!_made[place] && clock.GetElapsedTime(since) > timeout) return place;
        return null;
    }
}
