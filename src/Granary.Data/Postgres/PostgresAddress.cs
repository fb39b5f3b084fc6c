using Granary.Data.Stores;
using Granary.Engine.Market;
using Npgsql;

namespace Granary.Data.Postgres;

/// <summary>Where bars are in PostgreSQL: <c>postgres://USER:PASSWORD@HOST:PORT/DATABASE?dataset=NAME&amp;sslmode=require&amp;timeout=15</c>.</summary>
/// <param name="Shown">The address without its password, for sentences.</param>
/// <param name="Dataset">Markets of several datasets lie in one database side by side; "main" unless named.</param>
public sealed record PostgresAddress(string Connection, string Shown, string Dataset)
{
    /// <summary>Whether a source or store is one of PostgreSQL's.</summary>
    public static bool Fits(string text) => text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal);

    /// <exception cref="BarDataException">It is no such address; one sentence, without the password.</exception>
    public static PostgresAddress Parse(string text)
    {
        var address = ServerAddress.Parse(text, ["dataset", "sslmode", "timeout"]);
        if (address.Path.Contains('/')) throw new BarDataException($"{address.Shown}: '{address.Path}' is no database; write postgres://HOST/DATABASE");
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = address.Host,
            Port = address.Port ?? 5432,
            Username = address.User ?? Environment.UserName,
            Password = address.Password,
            Database = address.Path.Length > 0 ? address.Path : address.User ?? "postgres",
            ApplicationName = "granary",
            CommandTimeout = 0, // an import takes as long as it takes
            KeepAlive = 30,
            IncludeErrorDetail = false,
        };
        if (address.Options.TryGetValue("sslmode", out var mode))
        {
            if (!Enum.TryParse<SslMode>(mode.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var parsed)) throw new BarDataException($"{address.Shown}: sslmode cannot be '{mode}'; use disable, prefer, require, verify-ca or verify-full");
            builder.SslMode = parsed;
        }
        if (address.Options.TryGetValue("timeout", out var timeout))
        {
            if (!int.TryParse(timeout, out var seconds) || seconds is < 1 or > 1024) throw new BarDataException($"{address.Shown}: timeout cannot be '{timeout}'; write seconds, 1 to 1024");
            builder.Timeout = seconds;
        }
        var dataset = address.Options.GetValueOrDefault("dataset", "main");
        if (dataset.Length is 0 or > 64 || dataset.Any(char.IsControl)) throw new BarDataException($"{address.Shown}: the name of a dataset has 1 to 64 characters");
        return new PostgresAddress(builder.ConnectionString, address.Shown, dataset);
    }
}
