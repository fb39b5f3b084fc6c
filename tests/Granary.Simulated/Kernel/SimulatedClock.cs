namespace Granary.Simulated.Kernel;

/// <summary>The clock of a process: that of the world, and what it is wrong by. Its timers end with the process.</summary>
internal sealed class SimulatedClock(SimulatedProcess owner) : TimeProvider
{
    /// <summary>How far the time of day is ahead; timestamps and timers do not follow it.</summary>
    public TimeSpan Skew { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => World.Start + TimeSpan.FromTicks(owner.World.Now) + Skew;

    public override long GetTimestamp() => owner.World.Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(owner, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(SimulatedProcess owner, TimerCallback callback, object? state) : ITimer
    {
        private readonly ExecutionContext? _context = ExecutionContext.Capture();
        private TimeSpan _period;
        private int _version;
        private bool _isDisposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (_isDisposed) return false;
            _version++;
            _period = period;
            if (dueTime != Timeout.InfiniteTimeSpan) Schedule(dueTime, _version);
            return true;
        }

        public void Dispose() => (_isDisposed, _version) = (true, _version + 1);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Schedule(TimeSpan delay, int version)
        {
            if (owner.IsDead) return;
            owner.World.After(delay, owner, "timer", () =>
            {
                if (version != _version) return;
                if (_period > TimeSpan.Zero) Schedule(_period, version);
                if (_context is null) callback(state);
                else ExecutionContext.Run(_context, s => callback(s), state);
            });
        }
    }
}
