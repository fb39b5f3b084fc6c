using Npgsql;

namespace Granary.Storage.Migrations;

/// <summary>
/// The tables of one schema for stores that answer at once: it creates them on construction, and runs each statement on a connection from
/// Npgsql's pool. Committed means durable.
/// </summary>
public sealed class SchemaDatabase
{
    private readonly string _connection;

    /// <param name="connection">Connection text of Npgsql.</param>
    /// <param name="schema">Its scripts are applied where they are missing.</param>
    /// <exception cref="NpgsqlException">The server cannot be reached or refuses.</exception>
    /// <exception cref="MigrationException">The database is of a later version, or the user may not create the tables.</exception>
    public SchemaDatabase(string connection, DatabaseSchema schema)
    {
        _connection = schema.Connect(connection);
        using var opened = Open();
        MigrationRunner.ApplyAsync(opened, schema).GetAwaiter().GetResult();
    }

    /// <summary>The rows of a query, in its order.</summary>
    /// <param name="sql">With <c>$1</c>, <c>$2</c>, … for the parameters.</param>
    /// <param name="read">Reads the current row.</param>
    /// <param name="parameters">In the order of their numbers.</param>
    /// <exception cref="NpgsqlException">The server cannot be reached or refuses.</exception>
    public IReadOnlyList<T> Rows<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] parameters)
    {
        using var connection = Open();
        return new SchemaTurn(connection).Rows(sql, read, parameters);
    }

    /// <summary>Runs a statement and counts the rows that it changed.</summary>
    /// <param name="sql">With <c>$1</c>, <c>$2</c>, … for the parameters.</param>
    /// <param name="parameters">In the order of their numbers.</param>
    /// <exception cref="NpgsqlException">The server cannot be reached or refuses.</exception>
    public int Execute(string sql, params object[] parameters)
    {
        using var connection = Open();
        return new SchemaTurn(connection).Execute(sql, parameters);
    }

    /// <summary>Does work in one transaction, while no other transaction has the same turn.</summary>
    /// <param name="turn">Names the turn.</param>
    /// <exception cref="NpgsqlException">The server cannot be reached or refuses.</exception>
    public void InTurn(string turn, Action<SchemaTurn> work)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction();
        var session = new SchemaTurn(connection);
        session.Rows("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", _ => true, turn);
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
