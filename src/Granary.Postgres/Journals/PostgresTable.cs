using System.Runtime.CompilerServices;
using System.Text;
using Granary.Data.Journals;
using Granary.Postgres.Migrations;
using Npgsql;
using NpgsqlTypes;

namespace Granary.Postgres.Journals;

/// <summary>The journal of an account in PostgreSQL, without rules: connections and statements.</summary>
internal sealed class PostgresTable : IJournalTable
{
    private readonly NpgsqlDataSource _source, _leases;
    private readonly string _account;
    private NpgsqlConnection? _lease;

    /// <param name="connection">The connection string for Npgsql.</param>
    public PostgresTable(string connection, string account)
    {
        var settings = new NpgsqlConnectionStringBuilder(DatabaseSchema.Journal.Connect(connection));
        settings.Options = $"{settings.Options} -c synchronous_commit=on".Trim();
        _account = account;
        Name = $"postgres://{settings.Host}:{settings.Port}/{settings.Database}, account {account}";
        // The settings have the password; the text of a source does not, so nothing may connect with that text.
        _source = NpgsqlDataSource.Create(settings);
        // Not pooled: the lock belongs to the connection and must end with it.
        _leases = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Pooling = false, KeepAlive = 5 });
    }

    public string Name { get; }

    public Guid Session { get; } = Guid.CreateVersion7();

    public bool IsConnected => _lease?.State == System.Data.ConnectionState.Open;

    /// <summary>Creates the tables, or brings them up to date.</summary>
    /// <exception cref="MigrationException">The tables cannot be used.</exception>
    public ValueTask MigrateAsync(CancellationToken cancellationToken) => AskedAsync(async () =>
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await MigrationRunner.ApplyAsync(connection, DatabaseSchema.Journal, cancellationToken).ConfigureAwait(false);
    });

    public ValueTask ConnectAsync(CancellationToken cancellationToken) => AskedAsync(async () =>
    {
        if (_lease is { } lost) await lost.DisposeAsync().ConfigureAwait(false);
        _lease = null;
        _lease = await _leases.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        if (_lease.PostgreSqlVersion.Major < 14) return;
        await using var limit = new NpgsqlCommand("SET idle_session_timeout = '20s'", _lease);
        await limit.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    });

    public async ValueTask<bool> TryLockAsync(CancellationToken cancellationToken)
    {
        var isLocked = false;
        await AskedAsync(async () =>
        {
            await using var take = Command("SELECT pg_try_advisory_lock(hashtextextended('granary-account:' || $1, 0))");
            isLocked = await take.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true;
        }).ConfigureAwait(false);
        return isLocked;
    }

    public async ValueTask<LeaseHolder?> FindHolderAsync(CancellationToken cancellationToken)
    {
        LeaseHolder? holder = null;
        await AskedAsync(async () =>
        {
            await using var who = Command("SELECT holder, session FROM granary_lease WHERE account = $1");
            await using var reader = await who.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            if (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                holder = new LeaseHolder(reader.GetString(0), reader.GetGuid(1));
        }).ConfigureAwait(false);
        return holder;
    }

    public ValueTask SetHolderAsync(string holder, DateTimeOffset since, CancellationToken cancellationToken) => AskedAsync(async () =>
    {
        await using var note = Command("INSERT INTO granary_lease VALUES ($1, $2, $3, $4) ON CONFLICT (account) DO UPDATE SET "
            + "holder = EXCLUDED.holder, session = EXCLUDED.session, since = EXCLUDED.since");
        note.Parameters.Add(new() { Value = holder });
        note.Parameters.Add(new() { Value = Session });
        note.Parameters.Add(new() { Value = since });
        await note.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    });

    public async ValueTask<TableEnd> FindEndAsync(CancellationToken cancellationToken)
    {
        TableEnd end = default;
        await AskedAsync(async () =>
        {
            await using var last = Command("SELECT coalesce(max(sequence), 0), count(*), (SELECT session FROM granary_journal WHERE "
                + "account = $1 ORDER BY sequence DESC LIMIT 1) FROM granary_journal WHERE account = $1");
            await using var reader = await last.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            end = new TableEnd(reader.GetInt64(0), reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetGuid(2));
        }).ConfigureAwait(false);
        return end;
    }

    public async ValueTask<bool> InsertAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken)
    {
        try
        {
            await AskedAsync(() => StoreAsync(entries, cancellationToken)).ConfigureAwait(false);
            return true;
        }
        catch (JournalException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            return false;
        }
    }

    private async Task StoreAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken)
    {
        await using var insert = Command("INSERT INTO granary_journal SELECT $1, s, r, k, t, y, b, $2 FROM unnest($3, $4, $5, $6, $7, $8) "
            + "AS x(s, r, k, t, y, b)");
        insert.Parameters.Add(new() { Value = Session });
        Add(e => e.Sequence, NpgsqlDbType.Bigint);
        Add(e => e.At.UtcDateTime, NpgsqlDbType.TimestampTz);
        Add(e => e.Kind, NpgsqlDbType.Text);
        Add(e => e.Strategy, NpgsqlDbType.Text);
        Add(e => e.Symbol, NpgsqlDbType.Text);
        Add(e => Encoding.UTF8.GetString(e.Body.Span), NpgsqlDbType.Jsonb);
        await insert.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);

        void Add<T>(Func<JournalEntry, T> value, NpgsqlDbType type) => insert.Parameters.Add(new()
        {
            Value = entries.Select(value).ToList(),
            NpgsqlDbType = NpgsqlDbType.Array | type,
        });
    }

    // A command over the connection, with the account as its first parameter.
    private NpgsqlCommand Command(string sql)
    {
        var command = new NpgsqlCommand(sql, _lease);
        command.Parameters.Add(new() { Value = _account });
        return command;
    }

    private async ValueTask AskedAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException or IOException)
        {
            // Connections in the pool were lost with the server.
            _source.Clear();
            throw new JournalException($"the journal in {Name} cannot be reached: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}; "
                + "trading waits for it", e)
            { MayPass = true };
        }
    }

    public IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query, CancellationToken cancellationToken) =>
        ReadAsync(_source, _account, query, cancellationToken);

    /// <summary>Reads entries of an account, oldest first.</summary>
    public static async IAsyncEnumerable<JournalEntry> ReadAsync(NpgsqlDataSource source, string account, JournalQuery query,
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
