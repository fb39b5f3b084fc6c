namespace Granary.Simulation.Batches;

/// <summary>
/// A strategy's code did not return within the deadline, so its batch fails. .NET cannot stop the thread, so the process must end. A
/// command line ends anyway; the supervisor restarts a server or silo.
/// </summary>
internal sealed class StuckStrategyException(string strategy, string place, TimeSpan deadline) : Exception(FormattableString.Invariant(
    $"the strategy {strategy} did not return from {place} within {deadline.TotalSeconds:0.#} s; ")
    + "correct its code, and run the batch again");

/// <summary>Watches a thread that runs strategy code. The thread calls Enter and Leave; a watchdog checks at intervals.</summary>
/// <remarks>
/// It counts checks instead of time, so it does not blame a strategy if the process was suspended or got no processor time.
/// </remarks>
internal sealed class StrategyWatch
{
    /// <summary>Maximum time for one block of bars or one constructor.</summary>
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromMinutes(5);

    /// <summary>Time between two checks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private string? _strategy;
    private long _entries, _seen;
    private int _looks;

    /// <summary>Called by the watched thread before it runs a strategy's code.</summary>
    public void Enter(string strategy)
    {
        Volatile.Write(ref _entries, _entries + 1);
        Volatile.Write(ref _strategy, strategy);
    }

    /// <summary>Called by the watched thread after it has left the strategy's code.</summary>
    public void Leave() => Volatile.Write(ref _strategy, null);

    /// <summary>Called by the watchdog at each interval.</summary>
    /// <returns>The strategy that has occupied the thread for the deadline; null if there is none.</returns>
    public string? Look(TimeSpan deadline)
    {
        var (strategy, entries) = (Volatile.Read(ref _strategy), Volatile.Read(ref _entries));
        _looks = strategy is not null && entries == _seen ? _looks + 1 : 0;
        _seen = entries;
        return _looks >= deadline / Interval ? strategy : null;
    }

    /// <summary>Runs a strategy's code on a separate thread and waits for it.</summary>
    /// <param name="place">The code's place for the error message, such as "its constructor".</param>
    /// <exception cref="StuckStrategyException">The code did not return in time; its thread continues to run.</exception>
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
