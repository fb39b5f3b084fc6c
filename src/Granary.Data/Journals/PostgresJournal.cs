using System.Runtime.CompilerServices;
using System.Text;
using Granary.Storage.Migrations;
using Npgsql;
using NpgsqlTypes;

namespace Granary.Data.Journals;

/// <summary>
/// Journals of accounts in PostgreSQL, one row for each fact. The views granary_order, granary_fill, granary_trade, granary_position,
/// granary_signal, granary_weights and granary_enablement show them as tables. An append is one transaction, committed with
/// synchronous_commit on, whatever the server's default, so that it is durable when it returns.
/// </summary>
/// <remarks>
/// The lease is an advisory lock on a dedicated connection. If the server is lost, appending fails with <see cref="JournalException"/>. The
/// next append connects and takes the lease again, checks which entries of the failed append the server has, and adds the others. If
/// another session took the lease meanwhile, it fails permanently with <see cref="LeaseException"/>.
/// <para>
/// The server (PostgreSQL 14 or later) ends a connection that sends nothing for 20 s; the journal sends a query every 5 s. A process that
/// hangs therefore loses its connection and the lease.
/// </para>
/// </remarks>
public sealed class PostgresJournal : IJournal
{
    private readonly NpgsqlDataSource _source, _leases;
    private readonly string _account, _holder;
    private readonly Guid _session = Guid.CreateVersion7();
    private NpgsqlConnection? _lease;
    private bool _taken, _doubtful;

    // The settings have the password; the text of a source does not, so nothing may connect with that text.
    private PostgresJournal(NpgsqlConnectionStringBuilder settings, string account, string holder)
    {
        (_account, _holder) = (account, holder);
        Name = $"postgres://{settings.Host}:{settings.Port}/{settings.Database}, account {account}";
        _source = NpgsqlDataSource.Create(settings);
        // Not pooled: the lock belongs to the connection and must end with it.
        _leases = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Pooling = false, KeepAlive = 5 });
    }

    public string Name { get; }

    public long Last { get; private set; }

    public string? Cut => null;

    /// <param name="connection">The connection string for Npgsql.</param>
    /// <exception cref="LeaseException">Another session trades the account.</exception>
    /// <exception cref="JournalException">The server cannot be reached or refuses the connection.</exception>
    public static async Task<PostgresJournal> OpenAsync(string connection, string account, TimeProvider clock, string holder = "a session",
        CancellationToken cancellationToken = default)
    {
        var builder = new NpgsqlConnectionStringBuilder(DatabaseSchema.Journal.Connect(connection));
        builder.Options = $"{builder.Options} -c synchronous_commit=on".Trim();
        var journal = new PostgresJournal(builder, account, string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{holder}, process {Environment.ProcessId} on {Environment.MachineName}, since {clock.GetUtcNow():yyyy-MM-dd HH:mm:ss}Z"));
        try
        {
            await using (var c = await journal._source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false))
                await MigrationRunner.ApplyAsync(c, DatabaseSchema.Journal, cancellationToken).ConfigureAwait(false);
            await journal.TakeLeaseAsync(clock.GetUtcNow(), cancellationToken).ConfigureAwait(false);
            return journal;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            await journal.DisposeAsync().ConfigureAwait(false);
            throw journal.Failed(e);
        }
        catch (MigrationException e)
        {
            await journal.DisposeAsync().ConfigureAwait(false);
            throw new JournalException($"the journal in {journal.Name} cannot be used: {e.Message}", e);
        }
        catch
        {
            await journal.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private JournalException Failed(Exception e) =>
        new($"the journal in {Name} cannot be reached: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}; trading waits for it",
            e)
        { MayPass = true };

    private async Task TakeLeaseAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var again = _taken;
        // Until this method ends, the connection may be open without the lease.
        _doubtful = true;
        if (_lease is { } lost) await lost.DisposeAsync().ConfigureAwait(false);
        _lease = null;
        _lease = await _leases.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        if (_lease.PostgreSqlVersion.Major >= 14)
        {
            await using var limit = new NpgsqlCommand("SET idle_session_timeout = '20s'", _lease);
            await limit.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        await using (var take = new NpgsqlCommand("SELECT pg_try_advisory_lock(hashtextextended('granary-account:' || $1, 0))", _lease))
        {
            take.Parameters.Add(new() { Value = _account });
            if (await take.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not true)
            {
                await using var who = new NpgsqlCommand("SELECT holder FROM granary_lease WHERE account = $1", _lease);
                who.Parameters.Add(new() { Value = _account });
                var holder = await who.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as string ?? "another session";
                throw LeaseException.Of($"the account {_account} is traded by {holder}",
                    "stop that session first, or give this one another account");
            }
        }
        await using (var note = new NpgsqlCommand("INSERT INTO granary_lease VALUES ($1, $2, $3, $4) ON CONFLICT (account) DO UPDATE SET "
            + "holder = EXCLUDED.holder, session = EXCLUDED.session, since = EXCLUDED.since", _lease))
        {
            note.Parameters.Add(new() { Value = _account });
            note.Parameters.Add(new() { Value = _holder });
            note.Parameters.Add(new() { Value = _session });
            note.Parameters.Add(new() { Value = now });
            await note.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        await using var last = new NpgsqlCommand("SELECT coalesce(max(sequence), 0), coalesce((SELECT session FROM granary_journal WHERE "
            + "account = $1 ORDER BY sequence DESC LIMIT 1), $2), count(*) FROM granary_journal WHERE account = $1", _lease);
        last.Parameters.Add(new() { Value = _account });
        last.Parameters.Add(new() { Value = _session });
        await using var reader = await last.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var found = reader.GetInt64(0);
        if (reader.GetInt64(2) != found)
            throw new JournalException(
                $"the journal in {Name} is damaged: {found - reader.GetInt64(2)} of its entries 1 to {found} are gone; "
                + "nothing is traded by it. Restore the database from a copy, or begin a new account");
        if (again && (found < Last || found > Last && reader.GetGuid(1) != _session))
            throw new LeaseException($"the account {_account} was traded by another session while the database was lost to this one; "
                + "start this one again");
        Last = found;
        (_taken, _doubtful) = (true, false);
    }

    public async ValueTask AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default)
    {
        if (entries.Count == 0) return;
        try
        {
            if (_doubtful || _lease?.State != System.Data.ConnectionState.Open)
                await TakeLeaseAsync(entries[0].At, cancellationToken).ConfigureAwait(false);
            var rows = entries.Where(e => e.Sequence > Last).ToList();
            if (rows.Count == 0) return;
            if (rows[0].Sequence != Last + 1)
                throw new ArgumentException($"entry {rows[0].Sequence} does not follow {Last}", nameof(entries));
            // Write on the lease's own connection, so that nothing is written without the lease.
            await using var insert = new NpgsqlCommand("INSERT INTO granary_journal SELECT $1, s, r, k, t, y, b, $2 FROM unnest($3, $4, "
                + "$5, $6, $7, $8) AS x(s, r, k, t, y, b)", _lease);
            insert.Parameters.Add(new() { Value = _account });
            insert.Parameters.Add(new() { Value = _session });
            insert.Parameters.Add(new()
            {
                Value = rows.ConvertAll(r => r.Sequence),
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint
            });
            insert.Parameters.Add(new()
            {
                Value = rows.ConvertAll(r => r.At.UtcDateTime),
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz
            });
            insert.Parameters.Add(new() { Value = rows.ConvertAll(r => r.Kind), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            insert.Parameters.Add(new()
            {
                Value = rows.ConvertAll(r => r.Strategy),
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text
            });
            insert.Parameters.Add(new() { Value = rows.ConvertAll(r => r.Symbol), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            insert.Parameters.Add(new()
            {
                Value = rows.ConvertAll(r => Encoding.UTF8.GetString(r.Body.Span)),
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb
            });
            await insert.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            Last = rows[^1].Sequence;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new LeaseException($"the account {_account} is written by another session; start this one again");
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException or IOException)
        {
            _doubtful = true;
            // connections in the pool were lost with the server
            _source.Clear();
            throw Failed(e);
        }
    }

    public async IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query, [EnumeratorCancellation]
        CancellationToken cancellationToken = default)
    {
        await foreach (var entry in ReadAsync(_source, _account, query, cancellationToken).ConfigureAwait(false)) yield return entry;
    }

    /// <summary>Reads the journal of an account that a session may be trading; takes no lease.</summary>
    /// <exception cref="JournalException">The server cannot be reached or refuses the query.</exception>
    public static async Task<IReadOnlyList<JournalEntry>> PeekAsync(string connection, string account, JournalQuery query,
        CancellationToken cancellationToken = default)
    {
        await using var source = NpgsqlDataSource.Create(DatabaseSchema.Journal.Connect(connection));
        var entries = new List<JournalEntry>();
        await foreach (var entry in ReadAsync(source, account, query, cancellationToken).ConfigureAwait(false)) entries.Add(entry);
        return entries;
    }

    private static async IAsyncEnumerable<JournalEntry> ReadAsync(NpgsqlDataSource source, string account, JournalQuery query,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Each page is read completely before its entries are returned, so that a fault can be reported as one sentence.
        var after = query.After;
        while (true)
        {
            var page = new List<JournalEntry>();
            try
            {
                await using var command = source.CreateCommand("""
                    SELECT sequence, recorded, kind, strategy, symbol, body::text FROM granary_journal WHERE account = $1 AND sequence > $2
                    AND ($3::text IS NULL OR kind = $3) AND ($4::text IS NULL OR strategy = $4) AND ($5::text IS NULL OR symbol = $5)
                    AND ($6::timestamptz IS NULL OR recorded >= $6) AND ($7::timestamptz IS NULL OR recorded < $7)
                    AND kind <> ALL ($8)
                      ORDER BY sequence LIMIT 5000
                    """);
                command.Parameters.Add(new() { Value = account });
                command.Parameters.Add(new() { Value = after });
                foreach (var text in (string?[])[query.Kind, query.Strategy, query.Symbol])
                    command.Parameters.Add(new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
                foreach (var time in (DateTimeOffset?[])[query.From, query.To])
                    command.Parameters.Add(new()
                    {
                        Value = (object?)time?.UtcDateTime ?? DBNull.Value,
                        NpgsqlDbType = NpgsqlDbType.TimestampTz
                    });
                command.Parameters.Add(new() { Value = query.Without.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
                await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    page.Add(new JournalEntry(reader.GetInt64(0), new DateTimeOffset(reader.GetDateTime(1), TimeSpan.Zero),
                        reader.GetString(2), reader.GetString(3), reader.GetString(4), Encoding.UTF8.GetBytes(reader.GetString(5))));
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                throw new JournalException($"the journal of account {account} cannot be "
                    + $"read: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}", e);
            }
            foreach (var entry in page) yield return entry;
            if (page.Count < 5000) yield break;
            after = page[^1].Sequence;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_lease is not null)
        {
            try
            {
                await _lease.DisposeAsync().ConfigureAwait(false);
            }
            catch (NpgsqlException)
            {
                // the server is unreachable, so the lock has ended too
            }
        }
        await _leases.DisposeAsync().ConfigureAwait(false);
        await _source.DisposeAsync().ConfigureAwait(false);
    }
}
