using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Simulation.Telemetry;
using Granary.Storage.Retries;
using Polly;

namespace Granary.Trading.Live;

/// <summary>
/// What a session writes into its journal. Facts on which something is done (intents, commands, weights) are durable before it is done.
/// Others wait for the next of these, a second at the longest: bars on which nothing was decided, which the feed has, and the venue's
/// events, which the venue sends again. While the journal cannot be reached, a writer waits, and so trading pauses.
/// </summary>
public sealed class AccountJournal(IJournal journal, TimeProvider clock) : IAsyncDisposable
{
    private const int MostWaiting = 512;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly List<JournalEntry> _waiting = [];
    private readonly List<JournalEvent> _deferred = [];
    private ResiliencePipeline? _retries;
    private readonly OrderTelemetry _orders = new();
    private long _next = journal.Last + 1;
    private long _flushed = clock.GetTimestamp();
    private readonly CallWatch _writes = new(clock);
    private string? _fault;

    /// <summary>Receives every fact in order, before it is written.</summary>
    public Action<JournalEvent>? Seen { get; init; }

    public string Name => journal.Name;

    public string? Cut => journal.Cut;

    /// <summary>Why the session waits for its journal; null while it does not. Any thread may ask.</summary>
    public string? Fault => _fault ?? _writes.Silence("the journal");

    internal TimeProvider Clock => clock;

    /// <summary>Times that it was lost and came back.</summary>
    public int Losses { get; private set; }

    /// <summary>Spent in appending, which is mostly the flush to the disk.</summary>
    public TimeSpan Appending { get; private set; }

    public long Appends { get; private set; }

    /// <summary>Entries as they are written, oldest first.</summary>
    /// <exception cref="JournalException">The disk or the server failed.</exception>
    public IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query, CancellationToken cancellationToken = default) =>
        journal.ReadAsync(query, cancellationToken);

    /// <summary>All facts, oldest first.</summary>
    /// <exception cref="JournalException">The disk or the server failed, or a newer Granary has written the journal.</exception>
    public async IAsyncEnumerable<JournalEvent> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation]
        CancellationToken cancellationToken = default)
    {
        await foreach (var entry in journal.ReadAsync(new JournalQuery(), cancellationToken).ConfigureAwait(false))
            yield return JournalCodec.Decode(entry);
    }

    /// <summary>Writes what can wait.</summary>
    public ValueTask NoteAsync(JournalEvent e, CancellationToken cancellationToken = default)
    {
        Observe(e);
        Settle();
        Add(e);
        return _waiting.Count >= MostWaiting || clock.GetElapsedTime(_flushed) >= Longest ? WriteAsync(cancellationToken) : default;
    }

    /// <summary>Keeps what is not in a hurry at all until the next note: orders that are on their way do not wait for it.</summary>
    public void Defer(JournalEvent e)
    {
        Observe(e);
        _deferred.Add(e);
    }

    private void Settle()
    {
        foreach (var e in _deferred) Add(e);
        _deferred.Clear();
    }

    /// <summary>
    /// Writes what has waited long enough, and lets the journal make ready for what comes; called when nothing is in a hurry.
    /// </summary>
    public ValueTask FlushIfDueAsync(CancellationToken cancellationToken = default)
    {
        Settle();
        journal.Prepare();
        return _waiting.Count > 0 && clock.GetElapsedTime(_flushed) >= Longest ? WriteAsync(cancellationToken) : default;
    }

    /// <summary>Writes, durably when it returns; in one piece.</summary>
    public ValueTask AppendAsync(IEnumerable<JournalEvent> events, CancellationToken cancellationToken = default)
    {
        foreach (var e in events)
        {
            Observe(e);
            Add(e);
        }
        return WriteAsync(cancellationToken);
    }

    private void Observe(JournalEvent e)
    {
        Seen?.Invoke(e);
        _orders.Observe(e);
    }

    private void Add(JournalEvent e) => _waiting.Add(JournalCodec.Encode(_next++, clock.GetUtcNow(), e));

    /// <exception cref="JournalException">The disk failed: the session has to be started again.</exception>
    /// <exception cref="LeaseException">Another session has taken the account.</exception>
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
