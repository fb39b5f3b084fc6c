using System.Runtime.ExceptionServices;

namespace Granary.Reinforcement.Training;

/// <summary>
/// Persistent threads for many short work items. Each item writes only to its own memory, so it does not matter which thread runs it. The
/// calling thread takes part; a run allocates nothing.
/// </summary>
internal sealed class ThreadTeam : IDisposable
{
    private readonly Thread[] _helpers;
    private readonly SemaphoreSlim _start = new(0), _done = new(0);
    private Action<int>? _work;
    private int _count, _next;
    private volatile bool _ends;
    private Exception? _failure;

    /// <param name="threads">The number of threads including the calling one; at least 1.</param>
    public ThreadTeam(int threads)
    {
        _helpers = new Thread[Math.Max(1, threads) - 1];
        for (var i = 0; i < _helpers.Length; i++)
        {
            _helpers[i] = new Thread(Help) { IsBackground = true, Name = "training" };
            _helpers[i].Start();
        }
    }

    /// <summary>Runs items 0 … <paramref name="count"/> − 1, and returns when all have finished.</summary>
    public void Run(int count, Action<int> work)
    {
        var helpers = Math.Min(_helpers.Length, count - 1);
        if (helpers <= 0)
        {
            for (var i = 0; i < count; i++) work(i);
            return;
        }
        (_work, _count) = (work, count);
        Volatile.Write(ref _next, 0);
        _start.Release(helpers);
        Take();
        for (var i = 0; i < helpers; i++) _done.Wait();
        if (Interlocked.Exchange(ref _failure, null) is { } failure) ExceptionDispatchInfo.Throw(failure);
    }

    private void Take()
    {
        try
        {
            for (var i = Interlocked.Increment(ref _next) - 1; i < _count; i = Interlocked.Increment(ref _next) - 1) _work!(i);
        }
        catch (Exception e)
        {
            Volatile.Write(ref _next, _count);
            Interlocked.CompareExchange(ref _failure, e, null);
        }
    }

    private void Help()
    {
        while (true)
        {
            _start.Wait();
            if (_ends) return;
            Take();
            _done.Release();
        }
    }

    public void Dispose()
    {
        _ends = true;
        if (_helpers.Length > 0) _start.Release(_helpers.Length);
        foreach (var helper in _helpers) helper.Join();
        _start.Dispose();
        _done.Dispose();
    }
}
