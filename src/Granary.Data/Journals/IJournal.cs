namespace Granary.Data.Journals;

/// <summary>One fact of an account's journal.</summary>
/// <param name="Sequence">From 1, without gaps.</param>
/// <param name="At">When it was recorded, UTC (the fact's own time is in it).</param>
/// <param name="Kind">Name of the fact, for example <c>OrderIntended</c>.</param>
/// <param name="Strategy">Empty where it is about none.</param>
/// <param name="Body">UTF-8 JSON.</param>
public sealed record JournalEntry(long Sequence, DateTimeOffset At, string Kind, string Strategy, string Symbol, ReadOnlyMemory<byte> Body);

/// <summary>Kinds of facts to return; null = all.</summary>
/// <param name="From">Recorded at or after.</param>
/// <param name="To">Recorded before.</param>
/// <param name="After">Sequence numbers above this one.</param>
public sealed record JournalQuery(string? Kind = null, string? Strategy = null, string? Symbol = null, DateTimeOffset? From = null,
    DateTimeOffset? To = null, long After = 0)
{
    /// <summary>Kinds of entries to exclude.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    public bool Wants(JournalEntry e) =>
        e.Sequence > After && (Kind is null || e.Kind == Kind) && !Without.Contains(e.Kind, StringComparer.Ordinal)
        && (Strategy is null || e.Strategy == Strategy) && (Symbol is null || e.Symbol == Symbol)
        && (From is not { } from || e.At >= from) && (To is not { } to || e.At < to);
}

/// <summary>
/// The facts of one account, in order and immutable. Appends are durable: after <see cref="AppendAsync"/> returns, a power cut loses none
/// of its entries. The entries of one append are kept together or not at all.
/// </summary>
/// <remarks>
/// An open journal holds the account's lease. A second opening fails with a <see cref="LeaseException"/> until the first is closed or its
/// process has ended.
/// </remarks>
public interface IJournal : IAsyncDisposable
{
    /// <summary>Name in messages.</summary>
    string Name { get; }

    /// <summary>The newest entry's sequence number; 0 if there is none.</summary>
    long Last { get; }

    /// <summary>Describes what was cut off when the journal was opened, in one sentence; null if the journal was whole.</summary>
    string? Cut { get; }

    /// <summary>
    /// Appends entries that follow <see cref="Last"/>. It is safe to append entries again that may have been written already.
    /// </summary>
    /// <exception cref="JournalException">
    /// The disk or the server failed. It is unknown whether the entries are kept, so no action that depends on them may follow.
    /// </exception>
    /// <exception cref="LeaseException">Another session has taken over the account.</exception>
    ValueTask AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default);

    /// <summary>
    /// Appends like <see cref="AppendAsync"/>, for facts that can be recovered from elsewhere. The end of the process loses none of them. A
    /// power cut can, until the next <see cref="AppendAsync"/> has returned.
    /// </summary>
    /// <exception cref="JournalException">As for <see cref="AppendAsync"/>.</exception>
    /// <exception cref="LeaseException">As for <see cref="AppendAsync"/>.</exception>
    ValueTask WriteAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default) =>
        AppendAsync(entries, cancellationToken);

    /// <summary>Does work in advance that the next appends would otherwise wait for; call it when no append is urgent.</summary>
    /// <exception cref="JournalException">The disk failed; see <see cref="AppendAsync"/>.</exception>
    void Prepare()
    {
    }

    /// <exception cref="JournalException">The disk or the server failed.</exception>
    IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query, CancellationToken cancellationToken = default);
}

/// <summary>A journal cannot be read or written at present. The message is one sentence.</summary>
internal sealed class JournalException : Exception
{
    public JournalException(string message) : base(message)
    {
    }

    public JournalException(string message, Exception inner) : base(message, inner)
    {
    }

    /// <summary>The fault may be temporary. Append the same entries again; until that succeeds, no dependent action may follow.</summary>
    public bool MayPass { get; init; }
}

/// <summary>Another session trades this account. The message is one sentence.</summary>
internal sealed class LeaseException(string message) : Exception(message)
{
    /// <summary>The session that trades the account, as a sentence without a remedy; null if it is not known.</summary>
    public string? Held { get; init; }

    /// <summary>Creates the fault of an account that another session trades.</summary>
    /// <param name="held">Who trades the account.</param>
    /// <param name="remedy">What a person does who starts another session.</param>
    public static LeaseException Of(string held, string remedy) => new($"{held}; {remedy}") { Held = held };
}
