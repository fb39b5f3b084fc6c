namespace Granary.Data.Journals;

/// <summary>One fact of an account's journal.</summary>
/// <param name="Sequence">From 1, without gaps.</param>
/// <param name="At">When it was recorded, UTC (the fact's own time is in it).</param>
/// <param name="Kind">What it is, as <c>OrderIntended</c>.</param>
/// <param name="Strategy">Empty where it is about none.</param>
/// <param name="Body">UTF-8 JSON.</param>
public sealed record JournalEntry(long Sequence, DateTimeOffset At, string Kind, string Strategy, string Symbol, ReadOnlyMemory<byte> Body);

/// <summary>Which facts; null = any.</summary>
/// <param name="From">Recorded at or after.</param>
/// <param name="To">Recorded before.</param>
/// <param name="After">Sequence numbers above this one.</param>
public sealed record JournalQuery(string? Kind = null, string? Strategy = null, string? Symbol = null, DateTimeOffset? From = null,
    DateTimeOffset? To = null, long After = 0)
{
    /// <summary>Kinds that are left out.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    public bool Wants(JournalEntry e) =>
        e.Sequence > After && (Kind is null || e.Kind == Kind) && !Without.Contains(e.Kind, StringComparer.Ordinal)
        && (Strategy is null || e.Strategy == Strategy) && (Symbol is null || e.Symbol == Symbol)
        && (From is not { } from || e.At >= from) && (To is not { } to || e.At < to);
}

/// <summary>
/// The facts of one account, in order, never changed. Appended means durable: when <see cref="AppendAsync"/> returns, a power cut loses
/// nothing of it. What is appended together is kept together or not at all.
/// </summary>
/// <remarks>
/// An open journal has the account's lease: a second opening is refused with a <see cref="LeaseException"/> until the first is closed or
/// its process is gone.
/// </remarks>
public interface IJournal : IAsyncDisposable
{
    /// <summary>As it stands in messages.</summary>
    string Name { get; }

    /// <summary>The newest entry's number; 0 while there is none.</summary>
    long Last { get; }

    /// <summary>What opening it had to cut off, in one sentence; null where it was whole.</summary>
    string? Cut { get; }

    /// <summary>
    /// Appends entries that follow <see cref="Last"/>. Appending once more what may have got through already is harmless.
    /// </summary>
    /// <exception cref="JournalException">
    /// The disk or the server failed: whether the entries are kept is not known, and nothing that depends on them may be done.
    /// </exception>
    /// <exception cref="LeaseException">Another session has taken the account meanwhile.</exception>
    ValueTask AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default);

    /// <summary>
    /// Appends as <see cref="AppendAsync"/>, for facts that can be found out elsewhere. The end of the process loses nothing of them; a
    /// power cut can, until the next <see cref="AppendAsync"/> has returned.
    /// </summary>
    /// <exception cref="JournalException">As in <see cref="AppendAsync"/>.</exception>
    /// <exception cref="LeaseException">As in <see cref="AppendAsync"/>.</exception>
    ValueTask WriteAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default) =>
        AppendAsync(entries, cancellationToken);

    /// <summary>Does ahead what the next appends would have to wait for otherwise; called while nothing is in a hurry.</summary>
    /// <exception cref="JournalException">The disk failed, as in <see cref="AppendAsync"/>.</exception>
    void Prepare()
    {
    }

    /// <exception cref="JournalException">The disk or the server failed.</exception>
    IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query, CancellationToken cancellationToken = default);
}

/// <summary>A journal cannot be read or written now; one sentence.</summary>
public sealed class JournalException : Exception
{
    public JournalException(string message) : base(message)
    {
    }

    public JournalException(string message, Exception inner) : base(message, inner)
    {
    }

    /// <summary>It may pass: appending the same once more is right, and until it gets through nothing may be done.</summary>
    public bool MayPass { get; init; }
}

/// <summary>Another session trades this account; one sentence.</summary>
public sealed class LeaseException(string message) : Exception(message);
