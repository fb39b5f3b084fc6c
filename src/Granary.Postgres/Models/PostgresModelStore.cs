using Granary.Learning.Registry;
using Granary.Postgres.Migrations;
using Npgsql;

namespace Granary.Postgres.Models;

/// <summary>
/// Stores model versions in PostgreSQL: one row per version, whose primary key prevents a second write, and one row per model for its
/// current version. Committed versions are durable. The tables are created on first use.
/// </summary>
internal sealed class PostgresModelStore : IModelStore
{
    private readonly SchemaDatabase _tables;

    /// <param name="connection">Npgsql connection string.</param>
    /// <exception cref="NpgsqlException">The server cannot be reached or refuses the connection.</exception>
    /// <exception cref="MigrationException">The database has a newer schema, or the user may not create tables.</exception>
    public PostgresModelStore(string connection) =>
        _tables = new(connection, DatabaseSchema.Models);

    public IReadOnlyList<string> Models() =>
        [.. _tables.Rows("SELECT DISTINCT model FROM granary_model_version", r => r.GetString(0)).Order(StringComparer.Ordinal)];

    public IReadOnlyList<int> Versions(string model) =>
        _tables.Rows("SELECT number FROM granary_model_version WHERE model = $1 ORDER BY number", r => r.GetInt32(0), model);

    public bool TryAdd(string model, int number, byte[] bytes, byte[] lineage) =>
        _tables.Execute("INSERT INTO granary_model_version VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", model, number, bytes,
            lineage) == 1;

    public (byte[] Bytes, byte[] Lineage)? Read(string model, int number)
    {
        var rows = _tables.Rows("SELECT bytes, lineage FROM granary_model_version WHERE model = $1 AND number = $2",
            r => (r.GetFieldValue<byte[]>(0), r.GetFieldValue<byte[]>(1)), model, number);
        return rows.Count == 0 ? null : rows[0];
    }

    public byte[]? ReadPointer(string model)
    {
        var rows = _tables.Rows("SELECT pointer FROM granary_model_pointer WHERE model = $1", r => r.GetFieldValue<byte[]>(0), model);
        return rows.Count == 0 ? null : rows[0];
    }

    public void ChangePointer(string model, Func<byte[]?, byte[]?> change) => _tables.WithLock($"granary-model:{model}", session =>
    {
        var rows = session.Rows("SELECT pointer FROM granary_model_pointer WHERE model = $1", r => r.GetFieldValue<byte[]>(0), model);
        if (change(rows.Count == 0 ? null : rows[0]) is not { } next) return;
        session.Execute("INSERT INTO granary_model_pointer VALUES ($1, $2) ON CONFLICT (model) DO UPDATE SET pointer = EXCLUDED.pointer",
            model, next);
    });
}
