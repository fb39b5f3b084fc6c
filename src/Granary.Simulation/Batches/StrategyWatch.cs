namespace Granary.Simulation.Batches;

/// <summary>
/// A strategy's code did not return within the deadline. Its batch fails. .NET cannot stop the thread, so the process has to end. A
/// command line ends anyway; the supervisor restarts a server or silo.
/// </summary>
public sealed class StuckStrategyException(string strategy, string place, TimeSpan deadline) : Exception(FormattableString.Invariant(
    $"the strategy {strategy} did not return from {place} within {deadline.TotalSeconds:0.#} s; ")
    + "correct its code, and run the batch again");

/// <summary>Watches one thread that runs the code of strategies. The thread enters and leaves; a watchdog looks at intervals.</summary>
/// <remarks>Looks are counted, not time: a process that was suspended, or that got no processor, does not accuse its strategies.</remarks>
public sealed class StrategyWatch
{
    /// <summary>Longest time for one block of bars or one constructor.</summary>
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromMinutes(5);

    /// <summary>Time between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private string? _strategy;
    private long _entries, _seen;
    private int _looks;

    /// <summary>The watched thread begins to run a strategy's code.</summary>
    public void Enter(string strategy)
    {
        Volatile.Write(ref _entries, _entries + 1);
        Volatile.Write(ref _strategy, strategy);
    }

    /// <summary>The watched thread has left the strategies' code.</summary>
    public void Leave() => Volatile.Write(ref _strategy, null);

    /// <summary>Called by the watchdog at each interval.</summary>
    /// <returns>The strategy that has kept the thread for the deadline; null if there is none.</returns>
    public string? Look(TimeSpan deadline)
    {
        var (strategy, entries) = (Volatile.Read(ref _strategy), Volatile.Read(ref _entries));
        _looks = strategy is not null && entries == _seen ? _looks + 1 : 0;
        _seen = entries;
        return _looks >= deadline / Interval ? strategy : null;
    }

    /// <summary>Runs a strategy's code on a thread of its own and waits for it.</summary>
    /// <param name="place">Where the code is: "its constructor".</param>
    /// <exception cref="StuckStrategyException">It did not return; its thread goes on.</exception>
    public static T Run<T>(string strategy, string place, Func<T> code, TimeSpan? deadline = null)
    {
        var most = deadline ?? DefaultDeadline;
        var running = Task.Factory.StartNew(code, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        for (var looks = 0; !((IAsyncResult)running).AsyncWaitHandle.WaitOne(Interval); looks++)
            if (looks >= most / Interval)
                throw new StuckStrategyException(strategy, place, most);
        return running.GetAwaiter().GetResult();
    }
}
