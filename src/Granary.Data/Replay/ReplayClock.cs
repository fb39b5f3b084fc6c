namespace Granary.Data.Replay;

/// <summary>
/// Paces market time at a replay speed. Waiting times accumulate from the first time slice on, so the clock catches up after slow work
/// and does not drift. No time passes while it is paused.
/// </summary>
internal sealed class ReplayClock(ReplaySpeed speed, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private long _started = clock.GetTimestamp();
    // Remaining wait since then, and market time between the previous time slice and the next one.
    private TimeSpan _due, _gap;
    private long? _market;
    private TaskCompletionSource? _paused;
    private CancellationTokenSource _interrupt = new();

    /// <summary>The replay speed. A change takes effect at once: the remaining part of a wait is converted to the new speed.</summary>
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

    /// <summary>Pauses the clock, also during a wait.</summary>
    public void Pause()
    {
        lock (_gate)
        {
            if (_paused is not null) return;
            _paused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            // The remaining wait is kept while the replay is paused.
            _due -= clock.GetElapsedTime(_started);
            Interrupt();
        }
    }

    /// <summary>Resumes the clock.</summary>
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

    /// <summary>Forgets the last market time, so the next time slice comes without a wait, as after a seek.</summary>
    public void Restart()
    {
        lock (_gate)
        {
            _market = null;
            Interrupt();
        }
    }

    /// <summary>Returns when the market time is due.</summary>
    /// <param name="time">The market time in UTC ticks, not before the last one.</param>
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
                // Timers count whole milliseconds, so a shorter rest would be requested repeatedly.
                await Task.Delay(left < MostAtOnce ? TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)) : MostAtOnce, clock,
                    either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // paused or moved: evaluate again
            }
        }
    }

    // A timer's maximum is 49 days.
    private static readonly TimeSpan MostAtOnce = TimeSpan.FromDays(1);

    private void Rebase()
    {
        _started = clock.GetTimestamp();
        _due = TimeSpan.Zero;
    }

    private void Interrupt()
    {
        // A waiting caller may continue inside this call, and then wait again.
        var waits = _interrupt;
        _interrupt = new CancellationTokenSource();
        waits.Cancel();
    }
}
