namespace Granary.Exchanges.Connections;

/// <summary>
/// Rate limiter for requests to an exchange: a token bucket of weight that refills evenly. A request waits until its weight is available,
/// and until the end of a pause that the exchange demanded.
/// </summary>
/// <param name="capacity">The maximum weight that can be used at once.</param>
/// <param name="period">The time to refill an empty bucket.</param>
internal sealed class RequestBudget(int capacity, TimeSpan period, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private double _left = capacity;
    private long _filled = clock.GetTimestamp();
    private DateTimeOffset _pausedUntil;

    /// <summary>Waits until a request of this weight may be sent.</summary>
    public ValueTask TakeAsync(int weight, CancellationToken cancellationToken)
    {
        var wait = Take(weight);
        return wait <= TimeSpan.Zero ? default : new ValueTask(Task.Delay(wait, clock, cancellationToken));
    }

    // The weight is taken at once; the wait is the time until the balance is no longer negative.
    private TimeSpan Take(int weight)
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            _left = Math.Min(capacity, _left + clock.GetElapsedTime(_filled, now) / period * capacity);
            _filled = now;
            _left -= weight;
            var missing = _left < 0 ? -_left / capacity * period : TimeSpan.Zero;
            var pause = _pausedUntil - clock.GetUtcNow();
            return pause > missing ? pause : missing;
        }
    }

    /// <summary>Sends no requests for a time that the exchange demanded.</summary>
    public void Pause(TimeSpan pause)
    {
        lock (_lock)
        {
            var until = clock.GetUtcNow() + pause;
            if (until > _pausedUntil) _pausedUntil = until;
        }
    }
}
