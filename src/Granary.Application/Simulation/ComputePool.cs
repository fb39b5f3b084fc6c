using Granary.Application.Batches;

namespace Granary.Application.Simulation;

/// <summary>
/// A fixed number of threads that walk feeds: what every host computes on. A strategy that does not come back within its deadline, or that
/// fills the memory, is taken out: it fails alone, its thread is replaced, and the strategies beside it go on where they were.
/// </summary>
public sealed class ComputePool : IDisposable
{
    private static readonly TimeSpan Watch = TimeSpan.FromMilliseconds(100);

    private readonly RunLimits _limits;
    private readonly string _name;
    private readonly object _gate = new();
    private readonly List<FeedExecution> _feeds = [];
    private readonly List<Worker> _workers = [];
    private readonly Timer? _watchdog;
    private readonly Action _pulse;
    private readonly WatchedTime _watched = new(TimeProvider.System, 5 * Watch);
    private int _first, _made;
    private bool _stopped;

    /// <param name="name">Of its threads, for a debugger.</param>
    public ComputePool(int threads, RunLimits? limits = null, string name = "strategies")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _limits = limits ?? RunLimits.None;
        _name = name;
        _pulse = Pulse;
        Threads = threads;
        for (var i = 0; i < threads; i++) _workers.Add(new Worker(this));
        foreach (var worker in _workers) worker.Start();
        if (_limits.Deadline is not null) _watchdog = new Timer(_ => LookForStuck(), null, Watch, Watch);
    }

    public int Threads { get; }

    /// <summary>Begins with a feed; those that are under way share the threads.</summary>
    public void Add(FeedExecution feed)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopped, this);
            _feeds.Add(feed);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Ends a feed early; <see cref="FeedExecution.Ended"/> is called when its last piece of work is done.</summary>
    public void Stop(FeedExecution feed)
    {
        bool over;
        lock (_gate)
        {
            feed.Stop();
            over = feed.IsOver && _feeds.Remove(feed);
            Monitor.PulseAll(_gate);
        }
        if (over) End(feed);
    }

    /// <summary>
    /// Gives up strategies of a feed, so that another host can run them from their first bar; the feed goes on with the others.
    /// </summary>
    /// <param name="most">Strategies; whole groups are given up.</param>
    public IReadOnlyList<RunGroup> GiveUp(FeedExecution feed, int most)
    {
        lock (_gate) return feed.GiveUp(most);
    }

    /// <summary>Has the threads look for work again: a block has come, or a feed is no longer held.</summary>
    public void Pulse()
    {
        lock (_gate) Monitor.PulseAll(_gate);
    }

    private static void End(FeedExecution feed)
    {
        // The source may have to be waited for; no thread of the pool does that.
        _ = Closed(feed);

        static async Task Closed(FeedExecution feed)
        {
            try
            {
                await feed.CloseAsync();
                feed.Ended?.Invoke(feed.Fault);
            }
            catch (Exception e)
            {
                feed.Ended?.Invoke(feed.Fault ?? e);
            }
        }
    }

    private FeedExecution.Piece? Take()
    {
        // In turns, so that a large batch does not hold up a small one.
        for (var i = 0; i < _feeds.Count; i++)
            if (_feeds[(_first + i) % _feeds.Count].TryTake() is { } piece)
            {
                _first = (_first + i) % _feeds.Count + (piece.Kind == FeedExecution.PieceKind.Process ? 0 : 1);
                return piece;
            }
        return null;
    }

    private sealed class Worker(ComputePool pool)
    {
        private readonly CancellationTokenSource _abort = new();
        private FeedExecution.Piece _piece;
        private bool _done;

        public FeedExecution.Piece? Current { get; private set; }

        /// <summary>Its thread was given up; guarded by the pool's lock.</summary>
        public bool Lost { get; private set; }

        public long SeenTurn { get; set; }

        /// <summary>In time that was watched.</summary>
        public TimeSpan SeenAt { get; set; }

        private Thread? _thread;

        public void Start()
        {
            _thread = new Thread(Work) { IsBackground = true, Name = $"{pool._name} {++pool._made}" };
            _thread.Start();
        }

        public void Join(TimeSpan timeout) => _thread!.Join(timeout);

        public void Lose()
        {
            Lost = true;
            StoppableCode.OfProcess.Stop(_abort);
        }

        private void Work()
        {
            Action step = () => _done = _piece.Feed.Do(_piece, pool._pulse);
            while (true)
            {
                lock (pool._gate)
                {
                    while (true)
                    {
                        if (pool._stopped) return;
                        if (pool.Take() is { } piece)
                        {
                            _piece = piece;
                            Current = piece;
                            SeenTurn = -1;
                            break;
                        }
                        Monitor.Wait(pool._gate);
                    }
                }
                Exception? fault = null;
                _done = false;
                try
                {
                    if (pool._limits.Deadline is null || _piece.Kind != FeedExecution.PieceKind.Process) step();
                    else StoppableCode.Run(step, _abort.Token);
                }
                catch (Exception e)
                {
                    fault = e;
                }
                bool over;
                lock (pool._gate)
                {
                    if (Lost) return;
                    Current = null;
                    _piece.Feed.Complete(_piece, fault
                        ?? (_done ? null : new InvalidOperationException("a group of strategies was walked by two threads")));
                    over = _piece.Feed.IsOver && pool._feeds.Remove(_piece.Feed);
                    Monitor.PulseAll(pool._gate);
                }
                if (over) End(_piece.Feed);
            }
        }
    }

    private void LookForStuck()
    {
        lock (_gate)
        {
            if (_stopped) return;
            var now = _watched.Look();
            for (var i = 0; i < _workers.Count; i++)
            {
                var worker = _workers[i];
                if (worker.Current is not { Kind: FeedExecution.PieceKind.Process } piece) continue;
                var turn = piece.Group!.Turn;
                if (turn != worker.SeenTurn)
                {
                    worker.SeenTurn = turn;
                    worker.SeenAt = now;
                    continue;
                }
                var stuck = now - worker.SeenAt;
                string reason;
                if (stuck >= _limits.Deadline)
                    reason = FormattableString.Invariant(
                        $"did not come back from a block of {piece.Bars:N0} bars within {_limits.Deadline.Value.TotalSeconds:0.#} s");
                else if (stuck > TimeSpan.FromMilliseconds(500)
                    && GC.GetTotalMemory(false) > 0.8 * GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)
                    reason = FormattableString.Invariant($"filled the memory within a block of {piece.Bars:N0} bars");
                else
                    continue;
                if (!piece.Group.TryTakeAway(turn, reason)) continue;
                piece.Feed.Again(piece);
                worker.Lose();
                _workers[i] = new Worker(this);
                _workers[i].Start();
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>
    /// Ends the threads; feeds that are under way are left where they are. A thread that a strategy keeps is not waited for: it goes with
    /// the process.
    /// </summary>
    public void Dispose()
    {
        Worker[] workers;
        lock (_gate)
        {
            if (_stopped) return;
            _stopped = true;
            workers = [.. _workers];
            Monitor.PulseAll(_gate);
        }
        _watchdog?.Dispose();
        foreach (var worker in workers) worker.Join(TimeSpan.FromSeconds(2));
    }
}
