using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>Steps the workers of a pool in the place of threads, so one caller decides when they work.</summary>
internal interface IComputeSteps
{
    /// <summary>Calls a worker's step soon, never within this call, and again as long as it returns true.</summary>
    /// <param name="step">Does one piece of work. Returns whether there was any. A request during its call is not lost.</param>
    void Request(Func<bool> step);
}

/// <summary>
/// A fixed number of threads that process feeds; every host computes on it. If a strategy does not return within the deadline, its feed
/// fails with a <see cref="StuckStrategyException"/>, and its thread is lost.
/// </summary>
internal sealed class ComputePool : IDisposable
{
    private readonly TimeSpan _deadline;
    private readonly string _name;
    private readonly object _gate = new();
    private readonly List<FeedExecution> _feeds = [];
    private readonly List<Worker> _workers = [];
    private readonly Timer? _watchdog;
    private readonly IComputeSteps? _steps;
    private readonly Action _pulse;
    private int _first, _made;
    private readonly bool _yields;
    private bool _stopped;

    /// <param name="deadline">Maximum time of one strategy for one block; null = <see cref="StrategyWatch.DefaultDeadline"/>.</param>
    /// <param name="name">Name of the threads, for a debugger.</param>
    /// <param name="yields">
    /// Whether the threads leave the processors to other threads that have work, such as those that answer requests.
    /// </param>
    /// <param name="steps">Steps the workers; null for threads. Nothing watches for a stuck strategy then.</param>
    public ComputePool(int threads, TimeSpan? deadline = null, string name = "strategies", bool yields = false,
        IComputeSteps? steps = null)
    {
        _steps = steps;
        _yields = yields;
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _deadline = deadline ?? StrategyWatch.DefaultDeadline;
        _name = name;
        _pulse = Pulse;
        Threads = threads;
        for (var i = 0; i < threads; i++) _workers.Add(new Worker(this));
        if (steps is not null) return;
        foreach (var worker in _workers) worker.Start();
        _watchdog = new Timer(_ => LookForStuck(), null, StrategyWatch.Interval, StrategyWatch.Interval);
    }

    public int Threads { get; }

    /// <summary>Adds a feed. All active feeds share the threads.</summary>
    public void Add(FeedExecution feed)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopped, this);
            _feeds.Add(feed);
            Wake();
        }
    }

    /// <summary>Stops a feed. <see cref="FeedExecution.Ended"/> is called after its last work item.</summary>
    public void Stop(FeedExecution feed)
    {
        bool over;
        lock (_gate)
        {
            feed.Stop();
            over = feed.IsOver && _feeds.Remove(feed);
            Wake();
        }
        if (over) End(feed);
    }

    /// <summary>
    /// Gives up strategies of a feed, so another host can run them from their first bar. The feed continues with the others.
    /// </summary>
    /// <param name="most">Maximum number of strategies.</param>
    public IReadOnlyList<FeedStrategy> GiveUp(FeedExecution feed, int most)
    {
        lock (_gate) return feed.GiveUp(most);
    }

    /// <summary>Makes the threads look for work again, because a block has arrived or a feed is no longer held.</summary>
    public void Pulse()
    {
        lock (_gate) Wake();
    }

    private void Wake()
    {
        Monitor.PulseAll(_gate);
        if (_steps is not null)
            foreach (var worker in _workers) _steps.Request(worker.Step);
    }

    private static void End(FeedExecution feed)
    {
        // Closing may have to wait for the source, so it does not occupy a thread of the pool.
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
        // Feeds take turns, so that a large batch does not block a small one.
        for (var i = 0; i < _feeds.Count; i++)
            if (_feeds[(_first + i) % _feeds.Count].TryTake() is { } piece)
            {
                _first = (_first + i) % _feeds.Count + (piece.Kind == FeedExecution.PieceKind.Process ? 0 : 1);
                return piece;
            }
        return null;
    }

    private sealed class Worker
    {
        private readonly ComputePool _pool;
        private FeedExecution.Piece _piece;
        private Thread? _thread;

        public Worker(ComputePool pool) => (_pool, Step) = (pool, TryStep);

        /// <summary>Does one piece of work, without waiting for any. Returns whether there was any.</summary>
        public Func<bool> Step { get; }

        /// <summary>The feed that the thread currently works on; guarded by the pool's lock.</summary>
        public FeedExecution? Feed { get; private set; }

        /// <summary>Whether a stuck strategy occupies the thread; guarded by the pool's lock.</summary>
        public bool Lost { get; set; }

        public StrategyWatch Watch { get; } = new();

        public void Start()
        {
            _thread = new Thread(Work) { IsBackground = true, Name = $"{_pool._name} {++_pool._made}" };
            _thread.Start();
        }

        public void Join(TimeSpan timeout) => _thread?.Join(timeout);

        private void Work()
        {
            if (_pool._yields) YieldingThread.Begin();
            while (true)
            {
                lock (_pool._gate)
                    while (!TryTake())
                    {
                        if (_pool._stopped) return;
                        Monitor.Wait(_pool._gate);
                    }
                Do();
                if (Lost) return;
            }
        }

        private bool TryStep()
        {
            lock (_pool._gate)
                if (!TryTake()) return false;
            Do();
            return true;
        }

        // The caller holds the pool's lock.
        private bool TryTake()
        {
            if (_pool._stopped || _pool.Take() is not { } piece) return false;
            _piece = piece;
            Feed = piece.Feed;
            return true;
        }

        private void Do()
        {
            Exception? fault = null;
            try
            {
                _piece.Feed.Do(_piece, _pool._pulse, Watch);
            }
            catch (Exception e)
            {
                fault = e;
            }
            bool over;
            lock (_pool._gate)
            {
                if (Lost) return;
                Feed = null;
                _piece.Feed.Complete(_piece, fault);
                over = _piece.Feed.IsOver && _pool._feeds.Remove(_piece.Feed);
                _pool.Wake();
            }
            if (over) End(_piece.Feed);
        }
    }

    private void LookForStuck()
    {
        var lost = new List<(FeedExecution Feed, StuckStrategyException Fault)>();
        lock (_gate)
        {
            if (_stopped) return;
            foreach (var worker in _workers)
            {
                if (worker.Watch.Look(_deadline) is not { } strategy || worker is not { Lost: false, Feed: { } feed }) continue;
                worker.Lost = true;
                if (_feeds.Remove(feed)) lost.Add((feed, new StuckStrategyException(strategy, "a block of bars", _deadline)));
            }
        }
        // The lost thread still uses the feed and its source, so neither is closed.
        foreach (var (feed, fault) in lost) feed.Ended?.Invoke(fault);
    }

    /// <summary>
    /// Stops the threads; active feeds stay unfinished. It does not wait for threads that a stuck strategy occupies; they end with the
    /// process.
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
        foreach (var worker in workers.Where(w => !w.Lost)) worker.Join(TimeSpan.FromSeconds(2));
    }
}
