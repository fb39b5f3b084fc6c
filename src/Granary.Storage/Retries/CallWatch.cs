namespace Granary.Storage.Retries;

/// <summary>Measures how long a call to a remote service has been without an answer. Any thread may read it.</summary>
/// <remarks>One call at a time.</remarks>
internal sealed class CallWatch(TimeProvider clock)
{
    /// <summary>The minimum duration of a slow call.</summary>
    public static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    // Timestamp of the call; 0 for none.
    private long _since;

    /// <summary>Starts a call, which ends when the result is disposed.</summary>
    public Scope Begin()
    {
        Volatile.Write(ref _since, Math.Max(1, clock.GetTimestamp()));
        return new Scope(this);
    }

    /// <summary>Returns a sentence if a call has been without an answer for too long; otherwise null.</summary>
    /// <param name="callee">The name of the called service, which begins the sentence.</param>
    public string? Silence(string callee) =>
        Volatile.Read(ref _since) is not 0 and var since && clock.GetElapsedTime(since) is var waited && waited >= Slow
            ? FormattableString.Invariant($"{callee} has not answered for {waited.TotalSeconds:0} s") : null;

    /// <summary>An active call.</summary>
    internal readonly struct Scope(CallWatch watch) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref watch._since, 0);
    }
}
