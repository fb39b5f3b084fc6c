using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Postgres;

/// <summary>
/// Where bars are in PostgreSQL: <c>postgres://USER:PASSWORD@HOST:PORT/DATABASE?dataset=NAME&amp;sslmode=require&amp;timeout=15</c>.
/// </summary>
/// <param name="Address">As written; sentences show it without its password.</param>
/// <param name="Dataset">Markets of several datasets lie in one database side by side; "main" unless named.</param>
public sealed record PostgresAddress(string Connection, Address Address, string Dataset)
{
    /// <exception cref="BarDataException">It is no such address; one sentence, without the password.</exception>
    public static PostgresAddress Of(Address where)
    {
        var address = ServerAddress.Of(where, ["dataset", .. PostgresConnection.Options]);
        var builder = PostgresConnection.Of(address);
        builder.CommandTimeout = 0; // an import takes as long as it takes
        var dataset = address.Options.GetValueOrDefault("dataset", "main");
        if (dataset.Length is 0 or > 64 || dataset.Any(char.IsControl))
            throw new BarDataException($"{where}: the name of a dataset has 1 to 64 characters");
        return new PostgresAddress(builder.ConnectionString, where, dataset);
    }
}
