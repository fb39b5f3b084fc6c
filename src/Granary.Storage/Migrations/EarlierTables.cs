using System.Globalization;
using Npgsql;

namespace Granary.Storage.Migrations;

/// <summary>Moves the tables of a database of Granary 0.1 into their schema; no row is copied or changed.</summary>
/// <remarks>
/// Tables that an administrator made by hand in the schema are recorded in the same way. After a move the record of 0.1 keeps one number
/// that no version has, so that a program of 0.1 says that the database is of a later version instead of making empty tables in the old
/// place.
/// </remarks>
internal static class EarlierTables
{
    private const int Moved = 1_000_000;

    private sealed record Relation(string Schema, string Name, char Kind);

    public static async Task AdoptAsync(NpgsqlConnection connection, DatabaseSchema schema, CancellationToken cancellationToken)
    {
        var found = await FindAsync(connection, schema, cancellationToken).ConfigureAwait(false);
        var own = found.Where(r => r.Schema == schema.Name).Select(r => r.Name).ToHashSet(StringComparer.Ordinal);
        var last = int.MaxValue;
        IReadOnlyDictionary<int, string> hashes = new Dictionary<int, string>();
        if (schema.Earlier is { } earlier && found.FirstOrDefault(r => r.Schema != schema.Name && r.Name == earlier.Witness) is { } witness
            && !own.Contains(earlier.Witness))
        {
            last = earlier.Last;
            hashes = await MoveAsync(connection, schema, earlier, [.. found.Where(r => r.Schema == witness.Schema)], cancellationToken)
                .ConfigureAwait(false);
            own.UnionWith(found.Where(r => r.Schema == witness.Schema).Select(r => r.Name));
        }
        foreach (var script in schema.Scripts.Where(s => s.Number <= last && s.Relations.Any(own.Contains)))
            await MigrationRunner.NoteAsync(connection, schema, script, hashes.GetValueOrDefault(script.Number, script.Hash),
                cancellationToken).ConfigureAwait(false);
    }

    // Only what unqualified names have meant so far: the schemas of the search path, the schema's own first.
    private static async Task<List<Relation>> FindAsync(NpgsqlConnection connection, DatabaseSchema schema,
        CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT n.nspname, c.relname, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ANY (current_schemas(false)) AND c.relname = ANY ($1) AND c.relkind IN ('r', 'v')
            ORDER BY array_position(current_schemas(false), n.nspname), c.oid
            """;
        await using var command = new NpgsqlCommand(sql,
            connection)
        { Parameters = { new() { Value = schema.Scripts.SelectMany(s => s.Relations).ToArray() } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var found = new List<Relation>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            found.Add(new Relation(reader.GetString(0), reader.GetString(1), reader.GetChar(2)));
        return found;
    }

    /// <returns>Hashes of the scripts as 0.1 recorded them, by number; empty where it recorded none.</returns>
    private static async Task<IReadOnlyDictionary<int, string>> MoveAsync(NpgsqlConnection connection, DatabaseSchema schema,
        EarlierLayout earlier, IReadOnlyList<Relation> relations, CancellationToken cancellationToken)
    {
        var from = relations[0].Schema;
        var hashes = earlier.Record is null ? new Dictionary<int, string>()
            : await CloseRecordAsync(connection, schema, Quoted(from) + "." + earlier.Record, cancellationToken).ConfigureAwait(false);
        await GrantUsageAsync(connection, schema, from, [.. relations.Select(r => r.Name)], cancellationToken).ConfigureAwait(false);
        foreach (var relation in relations)
        {
            var kind = relation.Kind == 'v' ? "VIEW" : "TABLE";
            await MigrationRunner.RunAsync(connection, $"ALTER {kind} {Quoted(from)}.{relation.Name} SET SCHEMA {schema.Name}",
                cancellationToken).ConfigureAwait(false);
        }
        return hashes;
    }

    /// <summary>Reads the record of 0.1 and replaces its rows by one that makes 0.1 refuse the database.</summary>
    /// <exception cref="MigrationException">The record is of a later version than this program.</exception>
    private static async Task<IReadOnlyDictionary<int, string>> CloseRecordAsync(NpgsqlConnection connection, DatabaseSchema schema,
        string record, CancellationToken cancellationToken)
    {
        var columns = new List<string>();
        await using (var command = new NpgsqlCommand("SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > "
            + "0 AND NOT attisdropped", connection)
        {
            Parameters = { new() { Value = record } },
        })
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false))
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) columns.Add(reader.GetString(0));
        var hashes = new Dictionary<int, string>();
        // The tables may have been made by hand, without a record.
        if (columns.Count == 0) return hashes;
        var hashed = columns.Contains("sha256");
        await using (var command = new NpgsqlCommand($"SELECT number{(hashed ? ", sha256" : "")} FROM {record}", connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false))
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var number = reader.GetInt32(0);
                if (number != Moved && number > schema.Earlier!.Last) throw MigrationRunner.Later(schema, number);
                if (hashed) hashes[number] = reader.GetString(1);
            }
        }
        await MigrationRunner.RunAsync(connection, string.Create(CultureInfo.InvariantCulture, $"""
            DELETE FROM {record};
            INSERT INTO {record} (number, name{(hashed ? ", sha256" : "")})
              VALUES ({Moved}, 'the tables of this database have moved into schemas'{(hashed ? ", ''" : "")})
            """), cancellationToken).ConfigureAwait(false);
        hashes.Remove(Moved);
        return hashes;
    }

    // Rights to a table stay with it; rights to look into the schema were public's before.
    private static async Task GrantUsageAsync(NpgsqlConnection connection, DatabaseSchema schema, string from, string[] names,
        CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT DISTINCT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN LATERAL aclexplode(c.relacl) a
            WHERE n.nspname = $1 AND c.relname = ANY ($2) AND a.grantee <> c.relowner ORDER BY 1
            """;
        var grantees = new List<string>();
        await using (var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = from }, new() { Value = names } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false))
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) grantees.Add(reader.GetString(0));
        // The record too: a user without the right to create tables reads it at every start.
        foreach (var grantee in grantees)
            await MigrationRunner.RunAsync(connection,
                $"GRANT USAGE ON SCHEMA {schema.Name} TO {grantee}; GRANT SELECT ON {schema.Name}.{MigrationRunner.Record} TO {grantee}",
                cancellationToken).ConfigureAwait(false);
    }

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
