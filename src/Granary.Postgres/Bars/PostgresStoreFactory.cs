using Granary.Data.FolderStore;
using Granary.Data.Sources;
using Granary.Data.Stores;
using Granary.Storage.Addresses;

namespace Granary.Postgres.Bars;

/// <summary>Opens stores in PostgreSQL.</summary>
[BarStore(Address.Postgres)]
internal sealed class PostgresStoreFactory : IBarStoreFactory
{
    public IBarStore Open(Address address) => new PostgresBarStore(PostgresAddress.Of(address));
}
