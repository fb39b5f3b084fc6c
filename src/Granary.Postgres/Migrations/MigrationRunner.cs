using System.Globalization;
using Npgsql;

namespace Granary.Postgres.Migrations;

/// <summary>
/// Brings the tables of one schema up to date: every script once, in order, in one transaction, one process at a time.
/// The table <c>granary_migration</c> of the schema lists the applied scripts with their hashes.
/// </summary>
internal static class MigrationRunner
{
    /// <summary>Name of the table that lists the applied scripts; each schema has one.</summary>
    private const string Record = "granary_migration";

    // "granary!" in ASCII.
    private const long AdvisoryLock = 0x6772616e61727921;

    /// <param name="connection">An open connection made from <see cref="DatabaseSchema.Connect"/>.</param>
    /// <param name="schema">The schema to bring up to date.</param>
    /// <param name="cancellationToken">Stops the migration, which then changes nothing.</param>
    /// <returns>Names of the scripts that were applied now.</returns>
    /// <exception cref="MigrationException">
    /// The database is of a later version, a script was changed, or the user may not change the tables.
    /// </exception>
    public static async Task<IReadOnlyList<string>> ApplyAsync(NpgsqlConnection connection, DatabaseSchema schema,
        CancellationToken cancellationToken = default)
    {
        try
        {
            // Usually all scripts are applied already. Then no right to change the database is needed.
            if (await AppliedAsync(connection, schema, cancellationToken).ConfigureAwait(false) is { } applied
                && Missing(schema, applied).Count == 0) return [];
            return await UpdateAsync(connection, schema, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateTable)
        {
            throw new MigrationException($"the schema '{schema.Name}' has tables that Granary did not create ({e.MessageText}); rename that "
                + $"schema, or give Granary another database", e);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            var user = connection.UserName;
            throw new MigrationException($"the user '{user}' may not create or change the tables of the schema "
                + $"'{schema.Name}' ({e.MessageText}); " +
                $"let an administrator run CREATE SCHEMA {schema.Name} AUTHORIZATION {user}, or grant the user CREATE on the database", e);
        }
    }

    private static async Task<IReadOnlyList<string>> UpdateAsync(NpgsqlConnection connection, DatabaseSchema schema,
        CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await RunAsync(connection, string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock({AdvisoryLock})"),
            cancellationToken).ConfigureAwait(false);
        // CREATE SCHEMA IF NOT EXISTS requires the right to create schemas even if the schema exists.
        if (await ScalarAsync(connection, "SELECT to_regnamespace($1) IS NULL", schema.Name, cancellationToken)
            .ConfigureAwait(false) is true)
            await RunAsync(connection, $"CREATE SCHEMA {schema.Name}", cancellationToken).ConfigureAwait(false);
        await RunAsync(connection, $"""
            CREATE TABLE IF NOT EXISTS {schema.Name}.{Record}
                (number integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())
            """, cancellationToken).ConfigureAwait(false);
        var missing = Missing(schema, await AppliedAsync(connection, schema, cancellationToken).ConfigureAwait(false)
            ?? new Dictionary<int, string>());
        foreach (var script in missing)
        {
            await RunAsync(connection, script.Text, cancellationToken).ConfigureAwait(false);
            await NoteAsync(connection, schema, script, cancellationToken).ConfigureAwait(false);
        }
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return [.. missing.Select(m => m.Name)];
    }

    private static List<Migration> Missing(DatabaseSchema schema, IReadOnlyDictionary<int, string> applied)
    {
        if (applied.Keys.Where(n => schema.Scripts.All(s => s.Number != n)).DefaultIfEmpty(0).Max() is > 0 and var newest)
            throw new MigrationException(string.Create(CultureInfo.InvariantCulture, $"the schema '{schema.Name}' was written by a later "
                + $"version of Granary (its tables are of migration {newest}, this program knows {schema.Scripts[^1].Number}); use that "
                + $"version"));
        foreach (var script in schema.Scripts)
        {
            if (applied.TryGetValue(script.Number, out var hash) && hash != script.Hash)
                throw new MigrationException($"the script {script.Name} differs from the one that made the schema "
                    + $"'{schema.Name}'; use the version of Granary that made the database");
        }
        return [.. schema.Scripts.Where(s => !applied.ContainsKey(s.Number))];
    }

    /// <returns>Hashes by number; null if the schema has no migration table yet.</returns>
    private static async Task<IReadOnlyDictionary<int, string>?> AppliedAsync(NpgsqlConnection connection, DatabaseSchema schema,
        CancellationToken cancellationToken)
    {
        var table = $"{schema.Name}.{Record}";
        if (await ScalarAsync(connection, "SELECT to_regclass($1) IS NULL", table, cancellationToken).ConfigureAwait(false) is true)
            return null;
        await using var command = new NpgsqlCommand($"SELECT number, sha256 FROM {table}", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var applied = new Dictionary<int, string>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) applied[reader.GetInt32(0)] = reader.GetString(1);
        return applied;
    }

    private static async Task NoteAsync(NpgsqlConnection connection, DatabaseSchema schema, Migration script,
        CancellationToken cancellationToken)
    {
        await using var command =
            new NpgsqlCommand($"INSERT INTO {schema.Name}.{Record} (number, name, sha256) VALUES ($1, $2, $3)", connection)
            {
                Parameters = { new() { Value = script.Number }, new() { Value = script.Name }, new() { Value = script.Hash } },
            };
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, string value,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = value } } };
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }
}
