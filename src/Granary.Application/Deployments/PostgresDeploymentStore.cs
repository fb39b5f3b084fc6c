using Granary.Storage.Migrations;
using Npgsql;

namespace Granary.Application.Deployments;

/// <summary>Deployments in PostgreSQL, in the schema <c>deployments</c>; the primary keys prevent a second write of a number.</summary>
public sealed class PostgresDeploymentStore : IDeploymentStore
{
    // Npgsql keeps a pool for each connection string, so an instance holds no connection.
    private readonly string _connection;

    /// <param name="connection">As Npgsql takes it.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="NpgsqlException">The server cannot be reached or refuses.</exception>
    /// <exception cref="MigrationException">The database is of a later version, or the user may not create the tables.</exception>
    public PostgresDeploymentStore(string connection, string name)
    {
        (_connection, Name) = (DatabaseSchema.Deployments.Connect(connection), name);
        using var opened = Open();
        MigrationRunner.ApplyAsync(opened, DatabaseSchema.Deployments).GetAwaiter().GetResult();
    }

    public string Name { get; }

    public IReadOnlyList<int> Numbers() => Rows("SELECT number FROM granary_deployment ORDER BY number", r => r.GetInt32(0));

    public byte[]? Read(int number) =>
        Rows("SELECT document FROM granary_deployment WHERE number = $1", r => r.GetFieldValue<byte[]>(0), number) is [var found] ? found
            : null;

    public bool TryAdd(int number, byte[] document) =>
        Execute("INSERT INTO granary_deployment VALUES ($1, $2) ON CONFLICT DO NOTHING", number, document) == 1;

    public IReadOnlyList<(long Sequence, byte[] Document)> Events(long after) =>
        Rows("SELECT sequence, document FROM granary_deployment_event WHERE sequence > $1 ORDER BY sequence",
            r => (r.GetInt64(0), r.GetFieldValue<byte[]>(1)), after);

    public bool TryAppend(long sequence, byte[] document) =>
        Execute("INSERT INTO granary_deployment_event VALUES ($1, $2) ON CONFLICT DO NOTHING", sequence, document) == 1;

    private List<T> Rows<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] parameters)
    {
        using var connection = Open();
        using var command = Command(connection, sql, parameters);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }

    private int Execute(string sql, params object[] parameters)
    {
        using var connection = Open();
        using var command = Command(connection, sql, parameters);
        return command.ExecuteNonQuery();
    }

    private NpgsqlConnection Open()
    {
        var connection = new NpgsqlConnection(_connection);
        connection.Open();
        return connection;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in parameters) command.Parameters.Add(new() { Value = value });
        return command;
    }
}
