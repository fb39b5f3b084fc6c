using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Simulation.Telemetry;
using Granary.Storage.Retries;
using Polly;

namespace Granary.Trading.Live;

/// <summary>
/// Writes a session's facts to its journal. Facts that actions depend on (intents, commands, weights) are durable before the action. Others
/// are delayed until the next such fact, at most a second: bars without a decision, which the feed can repeat, and venue events, which the
/// venue can repeat. While the journal is unreachable, writers wait, so trading pauses.
/// </summary>
internal sealed class AccountJournal(IJournal journal, TimeProvider clock) : IAsyncDisposable
{
    private const int MostWaiting = 512;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly List<JournalEntry> _waiting = [];
    private readonly List<JournalEvent> _deferred = [];
    private ResiliencePipeline? _retries;
    private readonly OrderTelemetry _orders = new();
    // The next sequence number; 0 before the first fact, because the journal may be read before it is opened for writing.
    private long _next;
    private long _flushed = clock.GetTimestamp();
    private readonly CallWatch _writes = new(clock);
    private string? _fault;
    private bool _isHeld;

    /// <summary>Called with every fact in order, before it is written.</summary>
    public Action<JournalEvent>? Seen { get; init; }

    public string Name => journal.Name;

    public string? Cut => journal.Cut;

    /// <summary>Why the session waits for its journal; null if it does not. Thread-safe.</summary>
    public string? Fault => _fault ?? _writes.Silence("the journal");

    internal TimeProvider Clock => clock;

    /// <summary>The number of times that the journal was lost and recovered.</summary>
    public int Losses { get; private set; }

    /// <summary>Total time spent in appending, mostly in flushes to the disk.</summary>
    public TimeSpan Appending { get; private set; }

    public long Appends { get; private set; }

    /// <summary>Reads raw entries, oldest first.</summary>
    /// <exception cref="JournalException">The disk or the server failed.</exception>
    public IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query, CancellationToken cancellationToken = default) =>
        journal.ReadAsync(query, cancellationToken);

    /// <summary>Reads all facts, oldest first.</summary>
    /// <exception cref="JournalException">The disk or the server failed, or a newer version of Granary wrote the journal.</exception>
    public async IAsyncEnumerable<JournalEvent> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation]
        CancellationToken cancellationToken = default)
    {
        await foreach (var entry in journal.ReadAsync(new JournalQuery(), cancellationToken).ConfigureAwait(false))
            yield return JournalCodec.Decode(entry);
    }

    /// <summary>
    /// Begins to hold back facts about bars that the journal does not have yet: answers and fills of these bars. Until
    /// <see cref="Release"/>, noted and deferred facts are not written. Otherwise a restart would take the bars again, although the journal
    /// already has what the venue made of them.
    /// </summary>
    internal void Hold()
    {
        Settle();
        _isHeld = true;
    }

    /// <summary>Ends <see cref="Hold"/>. The next fact that is written is the bars'.</summary>
    internal void Release() => _isHeld = false;

    /// <summary>Ends <see cref="Hold"/> without the bars, and drops the facts about them. The next start asks the venue again.</summary>
    internal void Drop()
    {
        if (!_isHeld) return;
        _deferred.Clear();
        _isHeld = false;
    }

    /// <summary>Writes a fact that can be delayed.</summary>
    public ValueTask NoteAsync(JournalEvent e, CancellationToken cancellationToken = default)
    {
        if (_isHeld)
        {
            Defer(e);
            return default;
        }
        Observe(e);
        Settle();
        Add(e);
        return _waiting.Count >= MostWaiting || clock.GetElapsedTime(_flushed) >= Longest ? WriteAsync(cancellationToken) : default;
    }

    /// <summary>Buffers a fact until the next note, so it does not delay orders.</summary>
    public void Defer(JournalEvent e)
    {
        Observe(e);
        _deferred.Add(e);
    }

    private void Settle()
    {
        if (_isHeld) return;
        foreach (var e in _deferred) Add(e);
        _deferred.Clear();
    }

    /// <summary>
    /// Writes facts that were delayed long enough, and prepares the journal for further appends; call it when nothing is urgent.
    /// </summary>
    public ValueTask FlushIfDueAsync(CancellationToken cancellationToken = default)
    {
        Settle();
        journal.Prepare();
        return _waiting.Count > 0 && clock.GetElapsedTime(_flushed) >= Longest ? WriteAsync(cancellationToken) : default;
    }

    /// <summary>Writes facts together; durable when it returns.</summary>
    public ValueTask AppendAsync(IEnumerable<JournalEvent> events, CancellationToken cancellationToken = default)
    {
        foreach (var e in events)
        {
            Observe(e);
            Add(e);
        }
        return WriteAsync(cancellationToken);
    }

    /// <summary>Writes facts together; durable when it returns, unless they are held back (<see cref="Hold"/>).</summary>
    internal ValueTask AppendOrHoldAsync(IEnumerable<JournalEvent> events, CancellationToken cancellationToken = default)
    {
        if (!_isHeld) return AppendAsync(events, cancellationToken);
        foreach (var e in events) Defer(e);
        return default;
    }

    private void Observe(JournalEvent e)
    {
        Seen?.Invoke(e);
        _orders.Observe(e);
    }

    private void Add(JournalEvent e)
    {
        if (_next == 0) _next = journal.Last + 1;
        _waiting.Add(JournalCodec.Encode(_next++, clock.GetUtcNow(), e));
    }

    /// <exception cref="JournalException">The disk failed; restart the session.</exception>
    /// <exception cref="LeaseException">Another session has taken over the account.</exception>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        Settle();
        return WriteAsync(cancellationToken);
    }

    private async ValueTask WriteAsync(CancellationToken cancellationToken)
    {
        if (_waiting.Count == 0) return;
        _retries ??= RetryPolicies.ServerAway(MayPass, Timeout.InfiniteTimeSpan, clock, TimeSpan.FromSeconds(5));
        using var watched = _writes.Begin();
        await _retries.RunAsync(async stop =>
        {
            var started = clock.GetTimestamp();
            await journal.AppendAsync(_waiting, stop).ConfigureAwait(false);
            var took = clock.GetElapsedTime(started);
            Appending += took;
            GranaryInstruments.JournalAppend.Record(took.TotalSeconds);
            return ++Appends;
        }, cancellationToken).ConfigureAwait(false);
        _fault = null;
        _waiting.Clear();
        _flushed = clock.GetTimestamp();
    }

    private bool MayPass(Exception e)
    {
        if (e is not JournalException { MayPass: true }) return false;
        if (_fault is null)
        {
            Losses++;
            GranaryInstruments.JournalLosses.Add(1);
        }
        _fault = e.Message;
        return true;
    }

    public ValueTask DisposeAsync() => journal.DisposeAsync();
}
