using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Granary.Application.Json;
using Npgsql;

namespace Granary.Silo.Clustering;

/// <summary>One numbered file of infra/sql, carried in the assembly.</summary>
internal sealed record Migration(int Number, string Name, string Text)
{
    /// <summary>SHA-256 of the text, whatever its line ends.</summary>
    public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text.ReplaceLineEndings("\n"))));
}

/// <summary>Brings the cluster's tables up to date: each file once, in order, all or nothing, one silo at a time.</summary>
internal static class Migrations
{
    /// <summary>Held while migrating; any number would do that no other program of the database uses ("granary!" in ASCII).</summary>
    private const long AdvisoryLock = 0x6772616e61727921;

    public static IReadOnlyList<Migration> All { get; } = Load();

    /// <returns>Names of the files that were applied now.</returns>
    /// <exception cref="InputException">The database is of a newer version, or a file differs from what was applied.</exception>
    public static async Task<IReadOnlyList<string>> ApplyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // most starts find all of it done, and then need no right to change anything
        if (await KnownAsync(connection, cancellationToken).ConfigureAwait(false) is { } known && Missing(known).Count == 0) return [];

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await RunAsync(connection, string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock({AdvisoryLock})"), cancellationToken).ConfigureAwait(false);
        await RunAsync(connection, "CREATE TABLE IF NOT EXISTS granary_migration (number integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())", cancellationToken).ConfigureAwait(false);
        var missing = Missing(await KnownAsync(connection, cancellationToken).ConfigureAwait(false) ?? new Dictionary<int, string>());
        foreach (var migration in missing)
        {
            await RunAsync(connection, migration.Text, cancellationToken).ConfigureAwait(false);
            await using var note = new NpgsqlCommand("INSERT INTO granary_migration (number, name, sha256) VALUES ($1, $2, $3)", connection);
            note.Parameters.Add(new() { Value = migration.Number });
            note.Parameters.Add(new() { Value = migration.Name });
            note.Parameters.Add(new() { Value = migration.Hash });
            await note.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return [.. missing.Select(m => m.Name)];
    }

    private static List<Migration> Missing(IReadOnlyDictionary<int, string> known)
    {
        if (known.Keys.Where(n => All.All(m => m.Number != n)).DefaultIfEmpty(0).Max() is > 0 and var newest)
            throw new InputException($"the database was migrated to {newest} by a newer silo, and this one knows {All[^1].Number} only; install the newer version here");
        foreach (var migration in All)
            if (known.TryGetValue(migration.Number, out var hash) && hash != migration.Hash)
                throw new InputException($"the database was migrated with another {migration.Name} than this silo's; silo and database are not of the same line of versions");
        return [.. All.Where(m => !known.ContainsKey(m.Number))];
    }

    /// <returns>Hashes by number; null where there is no table of migrations yet.</returns>
    private static async Task<IReadOnlyDictionary<int, string>?> KnownAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using (var exists = new NpgsqlCommand("SELECT to_regclass('granary_migration') IS NOT NULL", connection))
            if (await exists.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not true) return null;
        await using var command = new NpgsqlCommand("SELECT number, sha256 FROM granary_migration", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var known = new Dictionary<int, string>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) known[reader.GetInt32(0)] = reader.GetString(1);
        return known;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static List<Migration> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var migrations = new List<Migration>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.StartsWith("sql/", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            var name = resource["sql/".Length..];
            migrations.Add(new Migration(int.Parse(name.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture), name, reader.ReadToEnd()));
        }
        return [.. migrations.OrderBy(m => m.Number)];
    }
}
