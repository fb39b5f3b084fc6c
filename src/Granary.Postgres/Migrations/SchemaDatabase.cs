using Npgsql;

namespace Granary.Postgres.Migrations;

/// <summary>
/// The tables of one schema, for stores with synchronous calls. It creates the tables on construction, and runs each statement on a
/// connection from Npgsql's pool. A committed change is durable.
/// </summary>
internal sealed class SchemaDatabase
{
    private readonly string _connection;

    /// <param name="connection">Connection text of Npgsql.</param>
    /// <param name="schema">The schema, whose missing scripts are applied.</param>
    /// <exception cref="NpgsqlException">The server cannot be reached or refuses.</exception>
    /// <exception cref="MigrationException">The database is of a later version, or the user may not create the tables.</exception>
    public SchemaDatabase(string connection, DatabaseSchema schema)
    {
        _connection = schema.Connect(connection);
        using var opened = Open();
        MigrationRunner.ApplyAsync(opened, schema).GetAwaiter().GetResult();
    }

    /// <summary>The rows of a query, in its order.</summary>
    /// <param name="sql">SQL with <c>$1</c>, <c>$2</c>, … for the parameters.</param>
    /// <param name="read">Reads the current row.</param>
    /// <param name="parameters">The parameters in the order of their numbers.</param>
    /// <exception cref="NpgsqlException">The server cannot be reached or refuses.</exception>
    public IReadOnlyList<T> Rows<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] parameters)
    {
        using var connection = Open();
        return new SchemaSession(connection).Rows(sql, read, parameters);
    }

    /// <summary>Runs a statement and counts the rows that it changed.</summary>
    /// <param name="sql">SQL with <c>$1</c>, <c>$2</c>, … for the parameters.</param>
    /// <param name="parameters">The parameters in the order of their numbers.</param>
    /// <exception cref="NpgsqlException">The server cannot be reached or refuses.</exception>
    public int Execute(string sql, params object[] parameters)
    {
        using var connection = Open();
        return new SchemaSession(connection).Execute(sql, parameters);
    }

    /// <summary>Runs work in one transaction, while no other transaction holds the same lock.</summary>
    /// <param name="name">The name of the lock.</param>
    /// <exception cref="NpgsqlException">The server cannot be reached or refuses.</exception>
    public void WithLock(string name, Action<SchemaSession> work)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction();
        var session = new SchemaSession(connection);
        session.Rows("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", _ => true, name);
        work(session);
        transaction.Commit();
    }

    private NpgsqlConnection Open()
    {
        var connection = new NpgsqlConnection(_connection);
        connection.Open();
        return connection;
    }
}
