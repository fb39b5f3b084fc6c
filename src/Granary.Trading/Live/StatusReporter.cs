using System.Diagnostics;
using Granary.Contracts.Sessions;
using Granary.Engine.Brokerage;
using Granary.Engine.Market.Feeds;

namespace Granary.Trading.Live;

/// <summary>
/// Shows a session's status from the session's own thread and, each second, from another thread, because the session's thread may be
/// waiting for its journal, venue or feed.
/// </summary>
internal sealed class StatusReporter(LiveOptions options, OrderGateway gateway, ILiveFeed feed, TimeProvider clock)
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1), Pause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private LiveState _state;
    private LiveState? _noted;
    private long _shown;

    /// <summary>The last status.</summary>
    public LiveStatus Last { get; private set; } = null!;

    /// <summary>Whether to create a status now; a change of the state is shown at once.</summary>
    /// <param name="now">Whether a reader waits for it.</param>
    public bool IsDue(LiveState state, bool now) =>
        now || state != _state || (options.Status ?? (object?)options.Control) is not null && Stopwatch.GetElapsedTime(_shown) >= Pause;

    /// <summary>Shows a status, with faults and heartbeat added.</summary>
    /// <param name="now">See <see cref="ISessionControl.Show"/>.</param>
    public void Show(LiveStatus status, bool now)
    {
        lock (_lock)
        {
            now |= status.State != _state;
            _state = status.State;
            Publish(status with { Machine = Environment.MachineName, Process = Environment.ProcessId }, now);
        }
    }

    /// <summary>Sends heartbeats until it is cancelled.</summary>
    public async Task BeatAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Heartbeat, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
                lock (_lock)
                    if (Last is { } last && Stopwatch.GetElapsedTime(_shown) >= Heartbeat) Publish(last, now: false);
        }
        catch (OperationCanceledException)
        {
            // The session is ending.
        }
    }

    /// <summary>Writes a transition to the journal. While the journal is unreachable, the session waits and has no transitions.</summary>
    /// <param name="timestamp">Market time, UTC ticks.</param>
    public ValueTask NoteAsync(LiveState state, long timestamp, CancellationToken cancellationToken)
    {
        if (state == _noted) return default;
        var before = _noted?.ToString() ?? "";
        _noted = state;
        return gateway.NoteAsync(new SessionChanged(timestamp, before, state.ToString(), gateway.VenueFault ?? ""), cancellationToken);
    }

    /// <summary>Returns the state, or the resource that a session in this state waits for.</summary>
    public LiveState Waits(LiveState state) => state == LiveState.Ended ? state
        : gateway.JournalFault is not null ? LiveState.WaitingForJournal
        : state == LiveState.Paused ? state
        : gateway.VenueFault is not null ? LiveState.WaitingForVenue
        : state == LiveState.Trading && feed.Fault is not null ? LiveState.WaitingForFeed : state;

    private void Publish(LiveStatus status, bool now)
    {
        Last = status with
        {
            State = Waits(_state),
            JournalFault = gateway.JournalFault,
            VenueFault = gateway.VenueFault,
            FeedFault = feed.Fault,
            SeenAt = clock.GetUtcNow(),
        };
        _shown = Stopwatch.GetTimestamp();
        options.Status?.Report(Last);
        options.Control?.Show(Last, now);
    }
}
