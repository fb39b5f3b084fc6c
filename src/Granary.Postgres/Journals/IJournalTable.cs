using Granary.Data.Journals;

namespace Granary.Postgres.Journals;

/// <summary>
/// The database below a <see cref="PostgresJournal"/>: the entries of one account, and one connection that holds the account's lock and
/// writes its entries.
/// </summary>
/// <remarks>Each method throws a <see cref="JournalException"/> that may pass if the database gives no answer. It is then unknown whether
/// the call had an effect.</remarks>
internal interface IJournalTable : IAsyncDisposable
{
    /// <summary>Name in messages.</summary>
    string Name { get; }

    /// <summary>The id that this session writes into its entries and into the lease.</summary>
    Guid Session { get; }

    /// <summary>Whether the connection is open, as far as this side knows.</summary>
    bool IsConnected { get; }

    /// <summary>Closes the connection, with which its lock ends, and opens a new one.</summary>
    ValueTask ConnectAsync(CancellationToken cancellationToken);

    /// <summary>Takes the account's lock for the connection unless another connection has it.</summary>
    ValueTask<bool> TryLockAsync(CancellationToken cancellationToken);

    /// <summary>Returns who wrote last that it has the lock; null if no session did.</summary>
    ValueTask<LeaseHolder?> FindHolderAsync(CancellationToken cancellationToken);

    /// <summary>Writes that this session has the lock.</summary>
    ValueTask SetHolderAsync(string holder, DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Returns the end of the journal.</summary>
    ValueTask<TableEnd> FindEndAsync(CancellationToken cancellationToken);

    /// <summary>Stores entries over the connection in one transaction.</summary>
    /// <returns>False if the journal has an entry of one of the numbers; nothing is stored then.</returns>
    ValueTask<bool> InsertAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken);

    /// <summary>Reads entries, oldest first; needs no lock.</summary>
    IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query, CancellationToken cancellationToken);
}

/// <summary>The session that has the lock of an account.</summary>
/// <param name="Name">Its process, for messages.</param>
internal sealed record LeaseHolder(string Name, Guid Session);

/// <summary>The end of a journal in a table.</summary>
/// <param name="Last">The newest entry's number; 0 if there is none.</param>
/// <param name="Count">The number of entries.</param>
/// <param name="Session">The session that wrote the newest entry; null if there is none.</param>
internal readonly record struct TableEnd(long Last, long Count, Guid? Session);
