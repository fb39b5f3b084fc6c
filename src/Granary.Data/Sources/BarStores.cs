using Granary.Data.FolderStore;
using Granary.Data.Postgres;
using Granary.Data.QuestDb;
using Granary.Data.Stores;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Sources;

/// <summary>Opens what the command line calls STORE.</summary>
public static class BarStores
{
    /// <param name="store">DIR, store:DIR, postgres://… or questdb://….</param>
    /// <exception cref="BarDataException">It is no such store.</exception>
    public static IBarStore Open(string store)
    {
        var address = Address.Parse(store);
        return address.Scheme switch
        {
            Address.Postgres => new PostgresBarStore(PostgresAddress.Parse(store)),
            Address.QuestDb => new QuestDbBarStore(QuestDbAddress.Parse(store)),
            Address.Store when address.Rest.Length > 0 => new FolderBarStore(address.Rest),
            Address.Store => throw NoStore(store),
            _ when store.Length == 0 || store.Contains("://", StringComparison.Ordinal) => throw NoStore(store),
            _ => new FolderBarStore(store),
        };
    }

    private static BarDataException NoStore(string store) => new($"--store {store}: this is no store; use a folder, postgres://… or questdb://…");
}
