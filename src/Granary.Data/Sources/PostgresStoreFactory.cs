using Granary.Data.Postgres;
using Granary.Data.Stores;
using Granary.Storage.Addresses;

namespace Granary.Data.Sources;

/// <summary>Opens stores in PostgreSQL.</summary>
[BarStore(Address.Postgres)]
public sealed class PostgresStoreFactory : IBarStoreFactory
{
    public IBarStore Open(Address address) => new PostgresBarStore(PostgresAddress.Of(address));
}
