namespace Granary.Simulated.Kernel;

/// <summary>
/// A process of the simulated machines. A killed one is frozen: what it awaits never completes, its timers do not fire, and its calls
/// reach no host. An exception would be caught by the code of the product, which a killed process does not run.
/// </summary>
internal sealed class SimulatedProcess
{
    private readonly TaskCompletionSource _never = new();

    public SimulatedProcess(World world, string name)
    {
        (World, Name) = (world, name);
        Clock = new SimulatedClock(this);
    }

    public World World { get; }

    public string Name { get; }

    /// <summary>The clock of its machine.</summary>
    public SimulatedClock Clock { get; }

    public bool IsDead { get; private set; }

    /// <summary>When it was killed, in ticks of the world.</summary>
    public long DiedAt { get; private set; }

    /// <summary>Whether its machine dies with it, so that nothing closes its connections.</summary>
    public bool IsLost { get; set; }

    /// <summary>The probability with which each of its events kills it.</summary>
    public double KillRate { get; set; }

    /// <summary>Called when it has been killed.</summary>
    public Action? Killed { get; set; }

    public void Kill()
    {
        if (IsDead) return;
        World.Say(Name, "is killed");
        (IsDead, DiedAt) = (true, World.Now);
        Killed?.Invoke();
    }

    /// <summary>Ticks of the world until which the process stands still; what would happen in it happens then.</summary>
    public long FrozenUntil { get; private set; }

    /// <summary>Since when the process stands still, in ticks of the world.</summary>
    public long FrozenSince { get; private set; }

    /// <summary>Whether the process stands still: it is alive, and no other process sees that.</summary>
    public bool IsFrozen => FrozenUntil > World.Now;

    /// <summary>Stops the process for a while, as a swapping machine or a paused virtual machine does.</summary>
    public void Freeze(TimeSpan span)
    {
        World.Say(Name, $"stands still for {span:c}");
        if (!IsFrozen) FrozenSince = World.Now;
        FrozenUntil = Math.Max(FrozenUntil, World.Now + span.Ticks);
    }

    /// <summary>Runs code of the process, whose failures end the run: no code awaits it.</summary>
    public void Run(Func<Task> code) => _ = RunAsync(code);

    /// <summary>Waits on the clock of the world.</summary>
    public Task WaitAsync(TimeSpan delay, string what) => CallAsync(what, delay, static () => true, TimeSpan.Zero);

    /// <summary>
    /// A call of something outside of the process: it happens there after a while, also when the process dies meanwhile, and its answer
    /// or its exception comes back after another, if the process is still alive.
    /// </summary>
    /// <param name="what">For the trace.</param>
    /// <param name="there">How long the request takes.</param>
    /// <param name="act">What happens there; its exception is the answer.</param>
    /// <param name="back">How long the answer takes; null when it is lost, and the call never completes.</param>
    public Task<T> CallAsync<T>(string what, TimeSpan there, Func<T> act, TimeSpan? back)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (IsDead) return answer.Task;
        World.After(there, World.Outside, $"{Name} {what}", () =>
        {
            Action complete;
            try
            {
                var result = act();
                complete = () => answer.TrySetResult(result);
            }
            catch (Exception e) when (e is not OracleException)
            {
                complete = () => answer.TrySetException(e);
            }
            if (back is not { } delay) return;
            if (delay > TimeSpan.Zero || IsFrozen) World.After(delay, this, $"answer of {what}", complete);
            else if (!IsDead) complete();
        });
        return answer.Task;
    }

    /// <summary>Completes never: what a dead process awaits.</summary>
    public Task Never => _never.Task;

    private async Task RunAsync(Func<Task> code)
    {
        try
        {
            await code().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (!IsDead) World.Break(e);
        }
    }
}
