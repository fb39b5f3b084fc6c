using System.Globalization;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Storage.Addresses;
using Npgsql;

namespace Granary.Postgres.Addresses;

/// <summary>
/// The connection that an address <c>postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=require&amp;timeout=15</c> names.
/// </summary>
internal static class PostgresConnection
{
    /// <summary>Options of every address of PostgreSQL; a use may add its own.</summary>
    public static IReadOnlyList<string> Options { get; } = ["sslmode", "timeout"];

    /// <exception cref="BarDataException">A part of the address is wrong; one sentence, without the password.</exception>
    public static NpgsqlConnectionStringBuilder Of(ServerAddress address)
    {
        if (address.Path.Contains('/', StringComparison.Ordinal))
            throw new BarDataException($"{address.Address}: '{address.Path}' is not a database name; write postgres://HOST/DATABASE");
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = address.Host,
            Port = address.Port ?? 5432,
            Username = address.User ?? Environment.UserName,
            Password = address.Password,
            Database = address.Path.Length > 0 ? address.Path : address.User ?? "postgres",
            ApplicationName = "granary",
            KeepAlive = 30,
            IncludeErrorDetail = false,
        };
        if (address.Options.TryGetValue("sslmode", out var mode))
        {
            if (!Enum.TryParse<SslMode>(mode.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var parsed))
                throw new BarDataException($"{address.Address}: sslmode cannot be "
                    + $"'{mode}'; use disable, prefer, require, verify-ca or verify-full");
            builder.SslMode = parsed;
        }
        if (address.Options.TryGetValue("timeout", out var timeout))
        {
            if (!int.TryParse(timeout, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds is < 1 or > 1024)
                throw new BarDataException($"{address.Address}: timeout cannot be '{timeout}'; write seconds, 1 to 1024");
            builder.Timeout = seconds;
        }
        return builder;
    }

    /// <summary>Returns the connection text of the database that a store's address names.</summary>
    /// <exception cref="InputException">
    /// A part of the address is wrong, or it names no database; one sentence, without the password.
    /// </exception>
    public static string TextOf(Address store)
    {
        try
        {
            var address = ServerAddress.Of(store, [.. Options]);
            if (address.Path.Length == 0)
                throw new InputException($"{store} names no database; write postgres://user:password@host:port/database");
            return Of(address).ConnectionString;
        }
        catch (BarDataException e)
        {
            throw new InputException(e.Message, e);
        }
    }
}
