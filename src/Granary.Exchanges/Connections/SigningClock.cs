namespace Granary.Exchanges.Connections;

/// <summary>
/// The exchange's clock, as requests are signed with: this machine's clock, corrected by the measured difference. Exchanges refuse requests
/// whose time is a few seconds off.
/// </summary>
/// <param name="clock">This machine's.</param>
internal sealed class SigningClock(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private long _offset;
    private Task _measuring = Task.CompletedTask;

    /// <summary>The exchange's clock less this machine's.</summary>
    public TimeSpan Skew => new(Interlocked.Read(ref _offset));

    /// <summary>The exchange's time now, UTC.</summary>
    public DateTimeOffset Now => clock.GetUtcNow() + Skew;

    /// <summary>Milliseconds since 1970 on the exchange's clock.</summary>
    public long Milliseconds => Now.ToUnixTimeMilliseconds();

    /// <summary>Measures the difference: of three requests the fastest one counts, since half of its time is the uncertainty. Requests that
    /// are refused for their time at once wait for one measurement.</summary>
    /// <param name="serverTime">Requests the exchange's time.</param>
    /// <param name="cancellationToken">Ends the measurement.</param>
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
