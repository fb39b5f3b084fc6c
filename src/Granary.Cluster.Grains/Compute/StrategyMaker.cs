using System.Diagnostics;
using Granary.Application.Batches;
using Granary.Application.Simulation;

namespace Granary.Cluster.Grains.Compute;

/// <summary>
/// Creates the strategies that their grains ask for, on separate threads, because constructors are users' code. A constructor that exceeds
/// the deadline fails alone: its thread is stopped, and another one continues with the next strategies.
/// </summary>
internal sealed class StrategyMaker : IDisposable
{
    private const int MostThreads = 32;

    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(100), Watch = TimeSpan.FromMilliseconds(50);

    private readonly IReadOnlyList<RunGroup> _groups;
    private readonly TimeSpan? _deadline;
    private readonly bool[] _asked;
    private readonly Queue<int> _waiting = new();
    private readonly object _gate = new();
    private readonly List<Worker> _workers = [];
    private readonly TaskCompletionSource _made = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Timer _watch;
    private int _left;
    private bool _stopped;

    private sealed class Worker
    {
        public int Slot { get; set; } = -1;

        public long Since { get; set; }

        public bool IsLost { get; set; }

        public CancellationTokenSource Abort { get; } = new();
    }

    public StrategyMaker(FeedExecution execution, TimeSpan? deadline)
    {
        _groups = execution.Groups;
        _deadline = deadline;
        _left = execution.Strategies;
        _asked = new bool[_left];
        if (_left == 0) _made.SetResult();
        _watch = new Timer(_ => LookForStuck(), null, Watch, Watch);
    }

    /// <summary>Completes when all strategies are created or have failed.</summary>
    public Task Made => _made.Task;

    /// <summary>Creates a strategy; repeated calls change nothing.</summary>
    public void Make(int slot)
    {
        lock (_gate)
        {
            if (_stopped || _asked[slot]) return;
            _asked[slot] = true;
            _waiting.Enqueue(slot);
            if (_workers.Count == 0) Begin();
            else Monitor.Pulse(_gate);
        }
    }

    private void Begin()
    {
        var worker = new Worker();
        _workers.Add(worker);
        new Thread(() => Work(worker)) { IsBackground = true, Name = "strategies to be" }.Start();
    }

    private void Work(Worker worker)
    {
        Action make = () => _groups[worker.Slot / RunGroup.Size].Create(worker.Slot % RunGroup.Size);
        while (true)
        {
            lock (_gate)
            {
                while (_waiting.Count == 0 && _left > 0 && !_stopped && !worker.IsLost) Monitor.Wait(_gate);
                if (worker.IsLost) return;
                if (_stopped || _waiting.Count == 0)
                {
                    _workers.Remove(worker);
                    return;
                }
                (worker.Slot, worker.Since) = (_waiting.Dequeue(), Stopwatch.GetTimestamp());
            }
            try
            {
                StoppableCode.Run(make, worker.Abort.Token);
            }
            catch (OperationCanceledException)
            {
            }
            lock (_gate)
            {
                if (worker.IsLost) return;
                worker.Slot = -1;
                Count();
            }
        }
    }

    private void Count()
    {
        if (--_left > 0) return;
        _made.TrySetResult();
        Monitor.PulseAll(_gate);
    }

    private void LookForStuck()
    {
        var late = new List<Worker>();
        lock (_gate)
        {
            if (_stopped || _left == 0) return;
            if (_deadline is { } deadline) late.AddRange(_workers.Where(w => w.Slot >= 0 && Stopwatch.GetElapsedTime(w.Since) >= deadline));
            foreach (var worker in late)
            {
                worker.IsLost = true;
                _workers.Remove(worker);
            }
            if (_waiting.Count > 0 && _workers.Count < MostThreads
                && _workers.All(w => w.Slot >= 0 && Stopwatch.GetElapsedTime(w.Since) >= Slow)) Begin();
        }
        foreach (var worker in late)
        {
            _groups[worker.Slot / RunGroup.Size].FailUnmade(worker.Slot % RunGroup.Size,
                FormattableString.Invariant(
                    $"could not be made within {_deadline!.Value.TotalSeconds:0.#} s: its constructor does not come back"));
            StoppableCode.OfProcess.Stop(worker.Abort);
            lock (_gate) Count();
        }
    }

    public void Dispose()
    {
        _watch.Dispose();
        lock (_gate)
        {
            _stopped = true;
            foreach (var worker in _workers)
            {
                worker.IsLost = true;
                if (worker.Slot >= 0) StoppableCode.OfProcess.Stop(worker.Abort);
            }
            _workers.Clear();
            Monitor.PulseAll(_gate);
        }
        _made.TrySetCanceled();
    }
}
