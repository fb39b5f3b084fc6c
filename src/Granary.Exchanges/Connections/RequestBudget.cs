namespace Granary.Exchanges.Connections;

/// <summary>
/// How much may be requested of an exchange: a bucket of weight that refills evenly. A request waits until its weight is there, and after
/// the exchange has asked for a pause until that is over.
/// </summary>
/// <param name="capacity">Weight that may be used at once.</param>
/// <param name="period">The time in which an empty bucket is full again.</param>
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

    // The weight is taken at once; what is below zero is waited for.
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

    /// <summary>Sends nothing for a while, as the exchange requests.</summary>
    public void Pause(TimeSpan pause)
    {
        lock (_lock)
        {
            var until = clock.GetUtcNow() + pause;
            if (until > _pausedUntil) _pausedUntil = until;
        }
    }
}
