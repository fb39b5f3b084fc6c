namespace Granary.Simulated.Kernel;

/// <summary>
/// A run: its clock, its events and its processes. Everything that takes time is an event. The next one happens when nothing is left to
/// run, and the clock then stands at its time: the run needs no real time, and one seed decides the order of everything.
/// </summary>
/// <remarks>
/// All code runs on the one thread of the pool (ThreadPoolMaxThreads is 1), also what continues after <c>ConfigureAwait(false)</c>, which
/// no synchronization context would catch. The order within the pool is no contract of .NET: runs are made twice and compared by the
/// hash of their traces.
/// </remarks>
internal sealed class World
{
    /// <summary>When every run begins.</summary>
    public static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<Event, (long Due, ulong Tie, long Number)> _events = new();
    private readonly Draws _ties, _kills;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _number, _limit;
    private Task? _scenario;
    private Exception? _broken;

    /// <summary>Creates the world of a run.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="trace">What happens is written to it.</param>
    /// <param name="allowed">The only faults that happen; null for all.</param>
    public World(ulong seed, Trace trace, IReadOnlySet<(string Name, int Number)>? allowed = null)
    {
        Trace = trace;
        Draws = new Draws(seed);
        Faults = new Faults(Draws.Fork("faults"), allowed) { Noted = name => Say("", $"fault: {name}") };
        _ties = Draws.Fork("ties");
        _kills = Draws.Fork("kills");
        Outside = new SimulatedProcess(this, "");
    }

    public Trace Trace { get; }

    /// <summary>The stream of the scenario.</summary>
    public Draws Draws { get; }

    public Faults Faults { get; }

    /// <summary>Ticks since the run began.</summary>
    public long Now { get; private set; }

    /// <summary>Owns what no process owns, such as the clients and the venues: it is never killed.</summary>
    public SimulatedProcess Outside { get; }

    public SimulatedProcess Begin(string name)
    {
        Say(name, "begins");
        return new SimulatedProcess(this, name);
    }

    /// <summary>Adds a line to the trace.</summary>
    public void Say(string process, string what) => Trace.Add(Now, process, what);

    /// <summary>Something happens after a delay. Events of one time happen in drawn order.</summary>
    /// <param name="owner">With its death the event does not happen.</param>
    /// <param name="what">For the trace.</param>
    public void After(TimeSpan delay, SimulatedProcess owner, string what, Action act)
    {
        var due = Now + Math.Max(0, delay.Ticks);
        _events.Enqueue(new Event(owner, what, act), (due, _ties.Next(), _number++));
    }

    /// <summary>Time passes in a call that blocks its thread, such as a slow flush; what is due meanwhile happens late.</summary>
    public void Spend(TimeSpan time) => Now += Math.Max(0, time.Ticks);

    /// <summary>Runs a scenario to its end, on the calling thread's time.</summary>
    /// <param name="scenario">Runs on the thread of the pool.</param>
    /// <param name="limit">A scenario that has not ended after this simulated time is a failure.</param>
    /// <exception cref="OracleException">The scenario says so, does not end, or waits for what never comes.</exception>
    public void Run(Func<Task> scenario, TimeSpan limit)
    {
        _limit = limit.Ticks;
        var driver = new Driver(this);
        ThreadPool.UnsafeQueueUserWorkItem(_ => { _scenario = scenario(); ThreadPool.UnsafeQueueUserWorkItem(driver, false); }, null);
        _ended.Task.Wait();
        if (_broken is not null) throw _broken;
        _scenario!.GetAwaiter().GetResult();
    }

    /// <summary>Ends the run with a fault, such as one that no code awaits.</summary>
    public void Break(Exception fault) => _broken ??= fault;

    // Whether there is more to do.
    private bool Step()
    {
        if (_broken is not null || _scenario!.IsCompleted) return false;
        Event next;
        do
        {
            if (!_events.TryDequeue(out next, out var order))
            {
                Break(new OracleException("rest", "the scenario waits, and nothing will happen"));
                return false;
            }
            Now = Math.Max(Now, order.Due);
        }
        while (next.Owner.IsDead || IsLater(next));
        if (Now > _limit)
        {
            Break(new OracleException("rest", $"the scenario has not ended after {TimeSpan.FromTicks(_limit):c}"));
            return false;
        }
        if (next.Owner.KillRate > 0 && Faults.Happens("kill", next.Owner.KillRate))
        {
            next.Owner.Kill();
            return true;
        }
        Say(next.Owner.Name, next.What);
        try
        {
            next.Act();
        }
        catch (Exception e)
        {
            Break(e);
        }
        return true;
    }

    // What would happen in a process that stands still happens when it goes on, in the same order.
    private bool IsLater(in Event next)
    {
        if (next.Owner.FrozenUntil <= Now) return false;
        _events.Enqueue(next, (next.Owner.FrozenUntil, 0, _number++));
        return true;
    }

    private readonly record struct Event(SimulatedProcess Owner, string What, Action Act);

    // Queues itself again and again on the thread of the pool; it takes a step when nothing else is queued.
    private sealed class Driver(World world) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            if (ThreadPool.PendingWorkItemCount == 0 && !world.Step())
            {
                world._ended.SetResult();
                return;
            }
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }
}
