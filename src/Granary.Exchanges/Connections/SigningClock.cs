namespace Granary.Exchanges.Connections;

/// <summary>
/// An estimate of the exchange's clock for signing requests: the local clock, corrected by the measured difference. Exchanges reject
/// requests whose timestamp is off by a few seconds.
/// </summary>
/// <param name="clock">The local clock.</param>
internal sealed class SigningClock(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private long _offset;
    private Task _measuring = Task.CompletedTask;

    /// <summary>The exchange's clock minus the local clock.</summary>
    public TimeSpan Skew => new(Interlocked.Read(ref _offset));

    /// <summary>The current time of the exchange, UTC.</summary>
    public DateTimeOffset Now => clock.GetUtcNow() + Skew;

    /// <summary>Milliseconds since 1970 on the exchange's clock.</summary>
    public long Milliseconds => Now.ToUnixTimeMilliseconds();

    /// <summary>Measures the difference, using the fastest of three requests, since half of its duration is the uncertainty. Concurrent
    /// requests that were rejected for their timestamp share one measurement.</summary>
    /// <param name="serverTime">Requests the exchange's time.</param>
    /// <param name="cancellationToken">Cancels the measurement.</param>
    public Task MeasureAsync(Func<CancellationToken, Task<DateTimeOffset>> serverTime, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_measuring.IsCompleted) _measuring = MeasureAsync(serverTime);
            return _measuring.WaitAsync(cancellationToken);
        }
    }

    private async Task MeasureAsync(Func<CancellationToken, Task<DateTimeOffset>> serverTime)
    {
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            var (started, stamp) = (clock.GetUtcNow(), clock.GetTimestamp());
            var server = await serverTime(CancellationToken.None).ConfigureAwait(false);
            var took = clock.GetElapsedTime(stamp);
            if (took >= best) continue;
            best = took;
            Interlocked.Exchange(ref _offset, (server - (started + took / 2)).Ticks);
        }
    }
}
