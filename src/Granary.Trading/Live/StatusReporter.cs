using Granary.Contracts.Sessions;
using Granary.Data.Feeds;
using Granary.Engine.Brokerage;
using Granary.Engine.Trading;

namespace Granary.Trading.Live;

/// <summary>
/// Shows a session's status from the session's own thread and, each second, from another thread, because the session's thread may be
/// waiting for its journal, venue or feed.
/// </summary>
internal sealed class StatusReporter
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1), Pause = TimeSpan.FromMilliseconds(100);

    private readonly OpenedSession _opened;
    private readonly SessionBooks _books;
    private readonly WarmFeed _feed;
    private readonly LiveOptions _options;
    private readonly AccountJournal _journal;
    private readonly VenueWatch _venue;
    private readonly SortedDictionary<string, int> _hits = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private LiveState _state;
    private LiveState? _noted;
    private long _shown;

    public StatusReporter(OpenedSession opened, SessionBooks books, WarmFeed feed)
    {
        (_opened, _books, _feed, _options) = (opened, books, feed, opened.Options);
        (_journal, _venue) = (opened.Account.Journal, opened.Account.Venue);
        Last = StatusOf(LiveState.WarmingUp);
    }

    /// <summary>Latency from bar to order, and the journal's part of it.</summary>
    public LatencyRecorder Latency { get; } = new();

    /// <summary>The last status.</summary>
    public LiveStatus Last { get; private set; }

    /// <summary>Counts a stop or target that was hit at the venue.</summary>
    public void Hit(AccountTrade trade, BrokerFill fill)
    {
        _hits[fill.Leg] = _hits.GetValueOrDefault(fill.Leg) + 1;
        _options.Hit?.Invoke(trade, fill);
    }

    // A change of the state is shown at once.
    private bool IsDue(LiveState state, bool now) =>
        now || state != _state
        || (_options.Status ?? (object?)_options.Control) is not null && _opened.Clock.GetElapsedTime(_shown) >= Pause;

    /// <summary>Shows the current status if one is due.</summary>
    /// <param name="now">Whether a reader waits for it; see <see cref="ISessionControl.Show"/>.</param>
    public void Show(LiveState state, bool now)
    {
        if (!IsDue(state, now)) return;
        var status = StatusOf(state);
        lock (_lock)
        {
            now |= state != _state;
            _state = state;
            Publish(status, now);
        }
    }

    private LiveStatus StatusOf(LiveState state)
    {
        var (portfolio, ledger, commands) = (_books.Portfolio, _books.Ledger, _books.Operator);
        _books.Watch.Refresh();
        var (p50, p99) = Latency.Percentiles();
        return new LiveStatus(state, new DateTime(portfolio.Timestamp, DateTimeKind.Utc), _opened.Bars.Count, portfolio.Strategies.Count,
            portfolio.Strategies.Count(s => s.Error is not null), portfolio.Run.Equity, _books.Watch.Equity(), ledger.Cash, ledger.Fees,
            ledger.Positions.Where(p => p.Value != 0).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal),
            ledger.ActiveTrades.Count, _books.Orders.Signals, portfolio.Run.Accepted,
            ledger.TrackedOrders.Count, ledger.Fills, ledger.TrackedOrders.Count(t =>
                t.State == OrderState.Rejected || t.Ended == OrderState.Rejected),
            ledger.OpenOrders.Count(t => t.Unknown), ledger.Differences,
            commands.WeightsVersion, null, null, p50, p99, [.. _books.Notes.TakeLast(20)])
        {
            Hits = new Dictionary<string, int>(_hits),
            CommandFault = commands.CommandFault,
            Preview = commands.Preview,
            ByHand = _books.Orders.Hand.Difference(_books.Watch.NetOf),
            Account = _books.Watch.Details(_journal.Name, _options.IsStream),
            WarmingUp = _books.Cold.Progress(),
            Stopped = portfolio.Strategies.Count(s => !s.IsEnabled),
            Machine = _options.Machine,
            Process = _options.Process,
        };
    }

    /// <summary>Sends heartbeats until it is cancelled.</summary>
    public async Task BeatAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Heartbeat, _opened.Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
                lock (_lock)
                    if (_opened.Clock.GetElapsedTime(_shown) >= Heartbeat) Publish(Last, now: false);
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
        return _journal.NoteAsync(new SessionChanged(timestamp, before, state.ToString(), _venue.Fault ?? ""), cancellationToken);
    }

    /// <summary>Returns the state, or the resource that a session in this state waits for.</summary>
    public LiveState Waits(LiveState state) => state switch
    {
        LiveState.Ended => state,
        _ when _journal.Fault is not null => LiveState.WaitingForJournal,
        LiveState.Paused => state,
        _ when _venue.Fault is not null => LiveState.WaitingForVenue,
        LiveState.Trading when _feed.Fault is not null => LiveState.WaitingForFeed,
        _ => state,
    };

    private void Publish(LiveStatus status, bool now)
    {
        Last = status with
        {
            State = Waits(_state),
            JournalFault = _journal.Fault,
            VenueFault = _venue.Fault,
            FeedFault = _feed.Fault,
            SeenAt = _opened.Clock.GetUtcNow(),
        };
        _shown = _opened.Clock.GetTimestamp();
        _options.Status?.Report(Last);
        _options.Control?.Show(Last, now);
    }
}
