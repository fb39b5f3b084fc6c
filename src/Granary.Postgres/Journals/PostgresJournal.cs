using System.Globalization;
using Granary.Data.Journals;
using Granary.Postgres.Migrations;
using Npgsql;

namespace Granary.Postgres.Journals;

/// <summary>
/// Journals of accounts in PostgreSQL, one row for each fact. The views granary_order, granary_fill, granary_trade, granary_position,
/// granary_signal, granary_weights and granary_enablement show them as tables. An append is one transaction, committed with
/// synchronous_commit on, whatever the server's default, so it is durable when it returns.
/// </summary>
/// <remarks>
/// The lease is an advisory lock on a dedicated connection. If the server is lost, appending fails with <see cref="JournalException"/>. The
/// next append connects and takes the lease again, checks which entries of the failed append the server has, and adds the others. Until
/// then their numbers belong to these entries: an append that begins with other entries is refused. If another session took the lease
/// meanwhile, it fails permanently with <see cref="LeaseException"/>.
/// <para>
/// The server (PostgreSQL 14 or later) ends a connection that sends nothing for 20 s; the journal sends a query every 5 s. A process that
/// hangs therefore loses its connection and the lease.
/// </para>
/// </remarks>
internal sealed class PostgresJournal : IJournal
{
    private readonly IJournalTable _table;
    private readonly string _account, _holder;
    // The entries of an append that had no answer.
    private IReadOnlyList<JournalEntry> _uncertain = [];
    private bool _taken, _doubtful;

    private PostgresJournal(IJournalTable table, string account, string holder) => (_table, _account, _holder) = (table, account, holder);

    public string Name => _table.Name;

    public long Last { get; private set; }

    public string? Cut => null;

    /// <param name="connection">The connection string for Npgsql.</param>
    /// <exception cref="LeaseException">Another session trades the account.</exception>
    /// <exception cref="JournalException">The server cannot be reached or refuses the connection.</exception>
    public static async Task<PostgresJournal> OpenAsync(string connection, string account, TimeProvider clock, string holder = "a session",
        CancellationToken cancellationToken = default)
    {
        var table = new PostgresTable(connection, account);
        var name = string.Create(CultureInfo.InvariantCulture, $"{holder}, process {Environment.ProcessId} on {Environment.MachineName}, "
            + $"since {clock.GetUtcNow():yyyy-MM-dd HH:mm:ss}Z");
        try
        {
            await table.MigrateAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await table.DisposeAsync().ConfigureAwait(false);
            if (e is MigrationException)
                throw new JournalException($"the journal in {table.Name} cannot be used: {e.Message}", e);
            throw;
        }
        return await OpenAsync(table, account, clock, name, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens the journal of an account over a table, of which the journal disposes.</summary>
    /// <inheritdoc cref="OpenAsync(string, string, TimeProvider, string, CancellationToken)"/>
    internal static async Task<PostgresJournal> OpenAsync(IJournalTable table, string account, TimeProvider clock, string holder,
        CancellationToken cancellationToken)
    {
        var journal = new PostgresJournal(table, account, holder);
        try
        {
            await journal.TakeLeaseAsync(clock.GetUtcNow(), cancellationToken).ConfigureAwait(false);
            return journal;
        }
        catch
        {
            await journal.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task TakeLeaseAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var again = _taken;
        // Until this method ends, the connection may be open without the lease.
        _doubtful = true;
        await _table.ConnectAsync(cancellationToken).ConfigureAwait(false);
        if (!await _table.TryLockAsync(cancellationToken).ConfigureAwait(false))
        {
            var holder = await _table.FindHolderAsync(cancellationToken).ConfigureAwait(false);
            if (holder?.Session == _table.Session)
                throw new JournalException($"the journal in {Name} is locked by an earlier connection of this session, which the server "
                    + "has not ended yet; trading waits for it")
                { MayPass = true };
            throw LeaseException.Of($"the account {_account} is traded by {holder?.Name ?? "another session"}",
                "stop that session first, or give this one another account");
        }
        await _table.SetHolderAsync(_holder, now, cancellationToken).ConfigureAwait(false);
        // The lock was free, so no statement of an earlier connection is still running.
        var end = await _table.FindEndAsync(cancellationToken).ConfigureAwait(false);
        if (end.Count != end.Last)
            throw new JournalException($"the journal in {Name} is damaged: {end.Last - end.Count} of its entries 1 to {end.Last} are gone; "
                + "nothing is traded by it. Restore the database from a copy, or begin a new account");
        if (again && (end.Last < Last || end.Last > Last && end.Session != _table.Session))
            throw new LeaseException($"the account {_account} was traded by another session while the database was lost to this one; "
                + "start this one again");
        Last = end.Last;
        (_taken, _doubtful) = (true, false);
    }

    public async ValueTask AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default)
    {
        if (entries.Count == 0) return;
        RequireUncertain(entries);
        if (_doubtful || !_table.IsConnected) await TakeLeaseAsync(entries[0].At, cancellationToken).ConfigureAwait(false);
        var rows = entries.Where(e => e.Sequence > Last).ToList();
        if (rows.Count > 0)
        {
            if (rows[0].Sequence != Last + 1)
                throw new ArgumentException($"entry {rows[0].Sequence} does not follow {Last}", nameof(entries));
            // Unless the next line returns, the server may have the entries or not.
            (_uncertain, _doubtful) = (rows, true);
            // Write on the lease's own connection, so that nothing is written without the lease.
            if (!await _table.InsertAsync(rows, cancellationToken).ConfigureAwait(false))
                throw new LeaseException($"the account {_account} is written by another session; start this one again");
            Last = rows[^1].Sequence;
            _doubtful = false;
        }
        _uncertain = [];
    }

    // The server may have the entries of an append that had no answer, so their numbers cannot name other facts.
    private void RequireUncertain(IReadOnlyList<JournalEntry> entries)
    {
        foreach (var uncertain in _uncertain)
            if (entries.FirstOrDefault(e => e.Sequence == uncertain.Sequence) is not { } entry || !IsSame(entry, uncertain))
                throw new JournalException($"the journal in {Name} may have entry {uncertain.Sequence} ({uncertain.Kind}), whose append "
                    + "had no answer, and the next append is without it; nothing is written. Start the session again");
    }

    private static bool IsSame(JournalEntry a, JournalEntry b) =>
        (a.At, a.Kind, a.Strategy, a.Symbol) == (b.At, b.Kind, b.Strategy, b.Symbol) && a.Body.Span.SequenceEqual(b.Body.Span);

    public IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query, CancellationToken cancellationToken = default) =>
        _table.ReadAsync(query, cancellationToken);

    /// <summary>Reads the journal of an account that a session may be trading; takes no lease.</summary>
    /// <exception cref="JournalException">The server cannot be reached or refuses the query.</exception>
    public static async Task<IReadOnlyList<JournalEntry>> PeekAsync(string connection, string account, JournalQuery query,
        CancellationToken cancellationToken = default)
    {
        await using var source = NpgsqlDataSource.Create(DatabaseSchema.Journal.Connect(connection));
        var entries = new List<JournalEntry>();
        await foreach (var entry in PostgresTable.ReadAsync(source, account, query, cancellationToken).ConfigureAwait(false))
            entries.Add(entry);
        return entries;
    }

    public ValueTask DisposeAsync() => _table.DisposeAsync();
}
