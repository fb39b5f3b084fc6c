using Npgsql;

namespace Granary.Postgres.Migrations;

/// <summary>Statements on one connection.</summary>
internal sealed class SchemaSession
{
    private readonly NpgsqlConnection _connection;

    internal SchemaSession(NpgsqlConnection connection) => _connection = connection;

    /// <inheritdoc cref="SchemaDatabase.Rows"/>
    public IReadOnlyList<T> Rows<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] parameters)
    {
        using var command = Command(sql, parameters);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }

    /// <inheritdoc cref="SchemaDatabase.Execute"/>
    public int Execute(string sql, params object[] parameters)
    {
        using var command = Command(sql, parameters);
        return command.ExecuteNonQuery();
    }

    private NpgsqlCommand Command(string sql, object[] parameters)
    {
        var command = new NpgsqlCommand(sql, _connection);
        foreach (var value in parameters) command.Parameters.Add(new() { Value = value });
        return command;
    }
}
