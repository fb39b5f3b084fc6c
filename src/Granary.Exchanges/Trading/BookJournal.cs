using System.Text.Json;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Storage.Retries;
using Polly;

namespace Granary.Exchanges.Trading;

/// <summary>
/// The adapter's journal with the book that its facts make. A fact is durable before anything follows from it: here, or for an order of the
/// session in the session's own journal.
/// </summary>
internal sealed class BookJournal : IAsyncDisposable
{
    // A database gives the fields of a fact in an order of its own, with the fact's type behind others.
    private static readonly JsonSerializerOptions Json = new()
    {
        RespectNullableAnnotations = true,
        AllowOutOfOrderMetadataProperties = true,
    };

    private readonly IJournal _journal;
    private readonly TimeProvider _clock;
    private readonly ResiliencePipeline _retries;
    private readonly List<BookFact> _deferred = [];

    private BookJournal(IJournal journal, VenueBook book, TimeProvider clock)
    {
        (_journal, Book, _clock) = (journal, book, clock);
        _retries = RetryPolicies.ServerAway(static e => e is JournalException { MayPass: true }, TimeSpan.FromSeconds(20), clock);
    }

    public VenueBook Book { get; }

    /// <summary>Events that the session may see: the journal has what they follow from.</summary>
    public int DurableEvents { get; private set; }

    /// <summary>When the newest entry was recorded that was there at the opening, UTC.</summary>
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
            // It keeps the account from the next attempt until it is closed.
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

    /// <summary>Writes facts and applies them.</summary>
    /// <exception cref="BrokerUnavailableException">The journal's disk or server is away: nothing was applied.</exception>
    public ValueTask AppendAsync(IReadOnlyList<BookFact> facts, CancellationToken cancellationToken) =>
        KeepAsync(facts, _journal.AppendAsync, cancellationToken);

    /// <summary>Writes facts that a power cut may take, since the session's journal has them too, and applies them.</summary>
    /// <param name="facts">That make no event.</param>
    /// <exception cref="BrokerUnavailableException">As in <see cref="AppendAsync"/>.</exception>
    public ValueTask WriteAsync(IReadOnlyList<BookFact> facts, CancellationToken cancellationToken) =>
        KeepAsync(facts, _journal.WriteAsync, cancellationToken);

    private async ValueTask KeepAsync(IReadOnlyList<BookFact> facts, Func<IReadOnlyList<JournalEntry>, CancellationToken, ValueTask> keep,
        CancellationToken cancellationToken)
    {
        if (facts.Count == 0 && _deferred.Count == 0) return;
        var entries = new List<JournalEntry>(facts.Count + _deferred.Count);
        foreach (var fact in _deferred.Concat(facts))
            entries.Add(new JournalEntry(_journal.Last + 1 + entries.Count, _clock.GetUtcNow(), fact.GetType().Name, "", "",
                JsonSerializer.SerializeToUtf8Bytes(fact, Json)));
        try
        {
            await _retries.RunAsync(async stop =>
            {
                await keep(entries, stop).ConfigureAwait(false);
                return true;
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (JournalException e) when (e.MayPass)
        {
            throw new BrokerUnavailableException($"the journal of the broker cannot be written: {e.Message}", e);
        }
        _deferred.Clear();
        foreach (var fact in facts) Book.Apply(fact);
        DurableEvents = Book.Events;
    }

    /// <summary>Applies a fact now and writes it with the next ones: for what the exchange can be asked for again.</summary>
    /// <param name="fact">One that makes no event.</param>
    public void Defer(BookFact fact)
    {
        Book.Apply(fact);
        _deferred.Add(fact);
    }

    /// <summary>Makes room for later facts, so that writing them takes no longer for it.</summary>
    public void Prepare() => _journal.Prepare();

    public async ValueTask DisposeAsync()
    {
        try
        {
            await AppendAsync([], CancellationToken.None).ConfigureAwait(false);
        }
        catch (BrokerUnavailableException)
        {
            // The next start asks the exchange.
        }
        await _journal.DisposeAsync().ConfigureAwait(false);
    }
}
