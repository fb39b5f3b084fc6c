using DuckDB.NET.Data;

namespace Granary.Parquet.Tests.Writing;

/// <summary>A Parquet file, read by DuckDB.</summary>
internal static class DuckDbFile
{
    /// <summary>Returns the names of the columns with their types, and the rows; times are nanoseconds since 1970, as decimals.</summary>
    public static (IReadOnlyList<(string Name, string Type)> Columns, IReadOnlyList<object?[]> Rows) Read(string path)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        var file = $"read_parquet('{path.Replace("'", "''", StringComparison.Ordinal)}')";
        var columns = Query(connection, $"DESCRIBE SELECT * FROM {file}").Select(r => ((string)r[0]!, (string)r[1]!)).ToList();
        var cells = columns.Select(c => c.Item2.StartsWith("TIMESTAMP", StringComparison.Ordinal)
            ? $"epoch_ns({Quoted(c.Item1)})::DECIMAL(20,0)" : Quoted(c.Item1));
        return (columns, Query(connection, $"SELECT {string.Join(", ", cells)} FROM {file}"));
    }

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static List<object?[]> Query(DuckDBConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<object?[]>();
        while (reader.Read())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
        return rows;
    }
}
