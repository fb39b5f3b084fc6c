using System.Text.Json;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Storage.Retries;
using Polly;

namespace Granary.Exchanges.Trading;

/// <summary>
/// The adapter's journal and the book that its facts determine. A fact is durable before any action depends on it: in this journal or, for
/// an order of the session, in the session's own journal.
/// </summary>
/// <remarks>If an append has no answer, the journal may have its facts. They are appended again, with the same numbers, before any other
/// fact, and the book gets them then. Facts that were computed before are refused, because the book has changed.</remarks>
internal sealed class BookJournal : IAsyncDisposable
{
    // A database may reorder the fields of a fact, so that its type is not the first one.
    private static readonly JsonSerializerOptions Json = new()
    {
        RespectNullableAnnotations = true,
        AllowOutOfOrderMetadataProperties = true,
    };

    private readonly IJournal _journal;
    private readonly TimeProvider _clock;
    private readonly ResiliencePipeline _retries;
    private readonly List<BookFact> _deferred = [];
    // The facts of an append without an answer that the book does not have, and the entries of that append.
    private IReadOnlyList<BookFact> _uncertain = [];
    private List<JournalEntry> _uncertainEntries = [];

    private BookJournal(IJournal journal, VenueBook book, TimeProvider clock)
    {
        (_journal, Book, _clock) = (journal, book, clock);
        _retries = RetryPolicies.ServerAway(static e => e is JournalException { MayPass: true }, TimeSpan.FromSeconds(20), clock);
    }

    public VenueBook Book { get; }

    /// <summary>The number of events that the session may receive, because the facts behind them are durable.</summary>
    public int DurableEvents { get; private set; }

    /// <summary>When the newest entry at the opening was recorded, UTC.</summary>
    public DateTimeOffset Recorded { get; private set; }

    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public static async Task<BookJournal> OpenAsync(IJournal journal, VenueBook book, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var opened = new BookJournal(journal, book, clock);
        try
        {
            await foreach (var entry in journal.ReadAsync(new JournalQuery(), cancellationToken).ConfigureAwait(false))
            {
                book.Apply(Read(entry, journal.Name));
                opened.Recorded = entry.At;
            }
        }
        catch
        {
            // Until it is closed, it would block the next attempt to open the account.
            await journal.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        opened.DurableEvents = book.Events;
        return opened;
    }

    private static BookFact Read(JournalEntry entry, string name)
    {
        try
        {
            return JsonSerializer.Deserialize<BookFact>(entry.Body.Span, Json)!;
        }
        catch (JsonException e)
        {
            throw new JournalException($"entry {entry.Sequence} of {name} ({entry.Kind}) cannot be read: {e.Message.TrimEnd('.')}", e);
        }
    }

    /// <summary>Appends facts to the journal and applies them.</summary>
    /// <exception cref="BrokerUnavailableException">The journal's disk or server is unavailable. No fact was applied;
    /// <see cref="SettleAsync"/> applies them when the journal has them.</exception>
    public ValueTask AppendAsync(IReadOnlyList<BookFact> facts, CancellationToken cancellationToken) =>
        KeepAsync(facts, _journal.AppendAsync, cancellationToken);

    /// <summary>Appends facts that a power cut may lose, because the session's journal also has them, and applies them.</summary>
    /// <param name="facts">Facts that do not cause an event.</param>
    /// <exception cref="BrokerUnavailableException">As for <see cref="AppendAsync"/>.</exception>
    public ValueTask WriteAsync(IReadOnlyList<BookFact> facts, CancellationToken cancellationToken) =>
        KeepAsync(facts, _journal.WriteAsync, cancellationToken);

    private async ValueTask KeepAsync(IReadOnlyList<BookFact> facts, Func<IReadOnlyList<JournalEntry>, CancellationToken, ValueTask> keep,
        CancellationToken cancellationToken)
    {
        if (await SettleAsync(cancellationToken).ConfigureAwait(false) && facts.Count > 0)
            throw new BrokerUnavailableException("the journal of the broker was unreachable, and its book has changed since");
        if (facts.Count == 0 && _deferred.Count == 0) return;
        var entries = new List<JournalEntry>(facts.Count + _deferred.Count);
        foreach (var fact in _deferred.Concat(facts))
            entries.Add(new JournalEntry(_journal.Last + 1 + entries.Count, _clock.GetUtcNow(), fact.GetType().Name, "", "",
                JsonSerializer.SerializeToUtf8Bytes(fact, Json)));
        // The book has the deferred facts already.
        (_uncertain, _uncertainEntries) = ([.. facts], entries);
        _deferred.Clear();
        await StoreAsync(() => _retries.RunAsync(async stop =>
        {
            await keep(entries, stop).ConfigureAwait(false);
            return true;
        }, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Appends the facts of an append that had no answer again, once, and applies them.</summary>
    /// <returns>Whether there were any.</returns>
    /// <exception cref="BrokerUnavailableException">The journal's disk or server is still unavailable.</exception>
    public async ValueTask<bool> SettleAsync(CancellationToken cancellationToken)
    {
        if (_uncertainEntries.Count == 0) return false;
        await StoreAsync(() => _journal.AppendAsync(_uncertainEntries, cancellationToken).AsTask()).ConfigureAwait(false);
        return true;
    }

    private async ValueTask StoreAsync(Func<Task> store)
    {
        try
        {
            await store().ConfigureAwait(false);
        }
        catch (JournalException e) when (e.MayPass)
        {
            throw new BrokerUnavailableException($"the journal of the broker cannot be written: {e.Message}", e);
        }
        foreach (var fact in _uncertain) Book.Apply(fact);
        (_uncertain, _uncertainEntries) = ([], []);
        DurableEvents = Book.Events;
    }

    /// <summary>Applies a fact now, and writes it with the next ones. For facts that can be requested from the exchange again.</summary>
    /// <param name="fact">A fact that does not cause an event.</param>
    public void Defer(BookFact fact)
    {
        Book.Apply(fact);
        _deferred.Add(fact);
    }

    /// <summary>Preallocates space for later facts, so appending them is faster.</summary>
    public void Prepare() => _journal.Prepare();

    public async ValueTask DisposeAsync()
    {
        try
        {
            await AppendAsync([], CancellationToken.None).ConfigureAwait(false);
        }
        catch (BrokerUnavailableException)
        {
            // The next start requests it from the exchange.
        }
        await _journal.DisposeAsync().ConfigureAwait(false);
    }
}
