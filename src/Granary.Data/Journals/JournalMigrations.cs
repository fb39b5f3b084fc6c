using System.Globalization;
using System.Reflection;
using Npgsql;

namespace Granary.Data.Journals;

/// <summary>Brings the journal's tables up to date: each numbered file of the assembly once, in order, all or nothing, one session at a time.</summary>
internal static class JournalMigrations
{
    private const long AdvisoryLock = 7452723002;

    private static readonly IReadOnlyList<(int Number, string Name, string Sql)> All = Load();

    /// <exception cref="JournalException">The database is of a newer version.</exception>
    public static async Task ApplyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await RunAsync(connection, $"SELECT pg_advisory_xact_lock({AdvisoryLock})", cancellationToken).ConfigureAwait(false);
        await RunAsync(connection, "CREATE TABLE IF NOT EXISTS granary_journal_migration (number integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())", cancellationToken).ConfigureAwait(false);
        int known;
        await using (var newest = new NpgsqlCommand("SELECT coalesce(max(number), 0) FROM granary_journal_migration", connection))
            known = Convert.ToInt32(await newest.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false), CultureInfo.InvariantCulture);
        if (known > All[^1].Number) throw new JournalException($"the database's journal was migrated to {known} by a newer Granary, and this one knows {All[^1].Number} only; update it");
        foreach (var (number, name, sql) in All)
        {
            if (number <= known) continue;
            await RunAsync(connection, sql, cancellationToken).ConfigureAwait(false);
            await using var note = new NpgsqlCommand("INSERT INTO granary_journal_migration (number, name) VALUES ($1, $2)", connection);
            note.Parameters.Add(new() { Value = number });
            note.Parameters.Add(new() { Value = name });
            await note.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static List<(int, string, string)> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var found = new List<(int, string, string)>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.EndsWith(".sql", StringComparison.Ordinal) && n.Contains(".Journals.Migrations.", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var name = resource[(resource.IndexOf(".Migrations.", StringComparison.Ordinal) + ".Migrations.".Length)..];
            // a resource's name may not begin with a digit, so that the build puts an underscore before it
            var number = int.Parse(name.TrimStart('_').AsSpan(0, 4), CultureInfo.InvariantCulture);
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            found.Add((number, name, reader.ReadToEnd()));
        }
        return found;
    }
}
