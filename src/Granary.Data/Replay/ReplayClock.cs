namespace Granary.Data.Replay;

/// <summary>
/// Lets market time pass at a replay speed. Owed waits add up from the first time slice on, so that slow work between two time slices is
/// caught up with and nothing drifts; while it is paused no time passes.
/// </summary>
public sealed class ReplayClock(ReplaySpeed speed, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private long _started = clock.GetTimestamp();
    // What is owed since then, and the market time before the time slice that is waited for.
    private TimeSpan _due, _gap;
    private long? _market;
    private TaskCompletionSource? _paused;
    private CancellationTokenSource _interrupt = new();

    /// <summary>The replay speed; a new one holds at once: what is left of a wait is left in the same share at the new speed.</summary>
    public ReplaySpeed Speed
    {
        get;
        set
        {
            lock (_gate)
            {
                var before = field.Wait(_gap);
                field = value;
                var left = _due - (_paused is null ? clock.GetElapsedTime(_started) : TimeSpan.Zero);
                Rebase();
                if (left > TimeSpan.Zero && before > TimeSpan.Zero) _due = value.Wait(_gap) * Math.Min(1, left / before);
                Interrupt();
            }
        }
    } = speed;

    public bool IsPaused
    {
        get
        {
            lock (_gate) return _paused is not null;
        }
    }

    /// <summary>Stops time, also in the middle of a wait.</summary>
    public void Pause()
    {
        lock (_gate)
        {
            if (_paused is not null) return;
            _paused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            // What is left when time stops is left when it goes on.
            _due -= clock.GetElapsedTime(_started);
            Interrupt();
        }
    }

    /// <summary>Lets time go on where it stood.</summary>
    public void Resume()
    {
        lock (_gate)
        {
            if (_paused is null) return;
            _started = clock.GetTimestamp();
            _paused.SetResult();
            _paused = null;
        }
    }

    /// <summary>Forgets the time reached, so that the next time slice comes without a wait: after a jump in market time.</summary>
    public void Restart()
    {
        lock (_gate)
        {
            _market = null;
            Interrupt();
        }
    }

    /// <summary>Returns when the market's time is due.</summary>
    /// <param name="time">UTC ticks, not before the last one.</param>
    public async ValueTask WaitAsync(long time, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            _gap = _market is { } last ? new TimeSpan(Math.Max(0, time - last)) : TimeSpan.Zero;
            if (_market is not null) _due += Speed.Wait(_gap);
            else Rebase();
            _market = time;
        }
        while (true)
        {
            Task? resumed;
            TimeSpan left;
            CancellationToken interrupt;
            lock (_gate)
            {
                resumed = _paused?.Task;
                left = _due - clock.GetElapsedTime(_started);
                interrupt = _interrupt.Token;
                if (resumed is null && (left <= TimeSpan.Zero || _market != time)) return;
            }
            if (resumed is not null)
            {
                await resumed.WaitAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, interrupt);
            try
            {
                // Timers count whole milliseconds: a rest of one would be asked for over and over.
                await Task.Delay(left < MostAtOnce ? TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)) : MostAtOnce, clock,
                    either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // paused, or sent elsewhere: look again
            }
        }
    }

    // A timer takes no longer than 49 days.
    private static readonly TimeSpan MostAtOnce = TimeSpan.FromDays(1);

    private void Rebase()
    {
        _started = clock.GetTimestamp();
        _due = TimeSpan.Zero;
    }

    private void Interrupt()
    {
        // A waiter may continue within the call, and then wait again.
        var waits = _interrupt;
        _interrupt = new CancellationTokenSource();
        waits.Cancel();
    }
}
