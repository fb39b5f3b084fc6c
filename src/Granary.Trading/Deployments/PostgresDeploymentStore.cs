using Granary.Postgres.Migrations;
using Npgsql;

namespace Granary.Trading.Deployments;

/// <summary>Stores deployments in PostgreSQL, in the schema <c>deployments</c>. Primary keys prevent a second write of a number.</summary>
internal sealed class PostgresDeploymentStore : IDeploymentStore
{
    private readonly SchemaDatabase _tables;

    /// <param name="connection">The connection string for Npgsql.</param>
    /// <param name="name">The store's name in messages.</param>
    /// <exception cref="NpgsqlException">The server cannot be reached or refuses the connection.</exception>
    /// <exception cref="MigrationException">The database has a newer schema version, or the user may not create the tables.</exception>
    public PostgresDeploymentStore(string connection, string name) =>
        (_tables, Name) = (new(connection, DatabaseSchema.Deployments), name);

    public string Name { get; }

    public IReadOnlyList<int> Numbers() => _tables.Rows("SELECT number FROM granary_deployment ORDER BY number", r => r.GetInt32(0));

    public byte[]? Read(int number) =>
        _tables.Rows("SELECT document FROM granary_deployment WHERE number = $1", r => r.GetFieldValue<byte[]>(0), number) is [var found]
            ? found
            : null;

    public bool TryAdd(int number, byte[] document, long sequence, byte[] entry)
    {
        try
        {
            // A single statement is one transaction.
            _tables.Execute("WITH added AS (INSERT INTO granary_deployment VALUES ($1, $2)) INSERT INTO granary_deployment_event VALUES "
                + "($3, $4)", number, document, sequence, entry);
            return true;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }
    }

    public IReadOnlyList<(long Sequence, byte[] Document)> Events(long after) =>
        _tables.Rows("SELECT sequence, document FROM granary_deployment_event WHERE sequence > $1 ORDER BY sequence",
            r => (r.GetInt64(0), r.GetFieldValue<byte[]>(1)), after);

    public bool TryAppend(long sequence, byte[] document) =>
        _tables.Execute("INSERT INTO granary_deployment_event VALUES ($1, $2) ON CONFLICT DO NOTHING", sequence, document) == 1;

    public IReadOnlyList<(string Account, DateOnly Day, byte[] Document)> Parity(string? account) =>
        _tables.Rows("SELECT account, day, document FROM granary_parity WHERE $1 = '' OR account = $1 ORDER BY account, day",
            r => (r.GetString(0), r.GetFieldValue<DateOnly>(1), r.GetFieldValue<byte[]>(2)), account ?? "");

    public bool TryAddParity(string account, DateOnly day, byte[] document) =>
        _tables.Execute("INSERT INTO granary_parity VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", account, day, document) == 1;
}
