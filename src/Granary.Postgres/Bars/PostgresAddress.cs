using Granary.Engine.Market;
using Granary.Postgres.Addresses;
using Granary.Storage.Addresses;

namespace Granary.Postgres.Bars;

/// <summary>
/// Address of bars in PostgreSQL: <c>postgres://USER:PASSWORD@HOST:PORT/DATABASE?dataset=NAME&amp;sslmode=require&amp;timeout=15</c>.
/// </summary>
/// <param name="Address">The address as the user wrote it; messages omit its password.</param>
/// <param name="Dataset">A database can hold several datasets of markets; "main" by default.</param>
public sealed record PostgresAddress(string Connection, Address Address, string Dataset)
{
    /// <exception cref="BarDataException">The address is invalid. The message is one sentence without the password.</exception>
    public static PostgresAddress Of(Address where)
    {
        var address = ServerAddress.Of(where, ["dataset", .. PostgresConnection.Options]);
        var builder = PostgresConnection.Of(address);
        builder.CommandTimeout = 0; // no limit: the duration of an import depends on its size
        var dataset = address.Options.GetValueOrDefault("dataset", "main");
        if (dataset.Length is 0 or > 64 || dataset.Any(char.IsControl))
            throw new BarDataException($"{where}: the name of a dataset has 1 to 64 characters");
        return new PostgresAddress(builder.ConnectionString, where, dataset);
    }
}
