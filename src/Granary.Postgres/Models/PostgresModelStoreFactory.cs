using Granary.Engine;
using Granary.Learning.Registry;
using Granary.Postgres.Addresses;
using Granary.Postgres.Migrations;
using Granary.Storage.Addresses;
using Npgsql;

namespace Granary.Postgres.Models;

/// <summary>Opens model registries in PostgreSQL.</summary>
[ModelStore(Address.Postgres)]
internal sealed class PostgresModelStoreFactory : IModelStoreFactory
{
    public IModelStore Open(Address address)
    {
        try
        {
            return new PostgresModelStore(PostgresConnection.TextOf(address));
        }
        catch (NpgsqlException e)
        {
            throw new InputException($"the model registry {address} does not "
                + $"answer: {e.Message.TrimEnd('.')}; start the server, or name a folder", e);
        }
        catch (MigrationException e)
        {
            throw new InputException($"the model registry {address}: {e.Message}", e);
        }
    }
}
