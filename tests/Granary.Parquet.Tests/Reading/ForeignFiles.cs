using DuckDB.NET.Data;

namespace Granary.Parquet.Tests.Reading;

/// <summary>A folder of files that another program, DuckDB, writes.</summary>
public sealed class ForeignFiles : IDisposable
{
    private readonly DuckDBConnection _connection = new("Data Source=:memory:");

    public ForeignFiles()
    {
        _connection.Open();
        Run("set threads=1");
        // A thousand minutes with prices of two decimals.
        Run("create table bars as select timestamp '2020-01-06 09:30:00' + to_minutes(i::bigint) as timestamp, "
            + "round(100 + sin(i / 50.0), 2) as open, 0.0::double as high, 0.0::double as low, round(100 + sin(i / 49.0), 2) as close, "
            + "(1000 + i * 7919 % 500)::double as volume from range(1000) t(i)");
        Run("update bars set high = greatest(open, close) + 0.05, low = least(open, close) - 0.04");
        Run("update bars set high = round(high, 2), low = round(low, 2)");
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("granary-parquet-").FullName;

    public string At(string name)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    public void Run(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Writes a query as Parquet.</summary>
    /// <returns>The path.</returns>
    public string Parquet(string name, string select = "select * from bars", string options = "compression snappy")
    {
        Run($"copy ({select}) to '{At(name)}' (format parquet, {options})");
        return At(name);
    }

    /// <summary>Writes a query as CSV.</summary>
    public string Csv(string name, string select = "select * from bars")
    {
        Run($"copy ({select}) to '{At(name)}' (format csv, header)");
        return At(name);
    }

    public void Dispose()
    {
        _connection.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
