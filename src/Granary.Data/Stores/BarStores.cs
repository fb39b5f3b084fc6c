using Granary.Data.Postgres;
using Granary.Data.QuestDb;
using Granary.Data.Store;
using Granary.Engine.Market;

namespace Granary.Data.Stores;

/// <summary>Opens what the command line calls STORE.</summary>
public static class BarStores
{
    /// <param name="store">DIR, store:DIR, postgres://… or questdb://….</param>
    /// <exception cref="BarDataException">It is no such store.</exception>
    public static IBarStore Open(string store)
    {
        if (PostgresAddress.Fits(store)) return new PostgresBarStore(PostgresAddress.Parse(store));
        if (QuestDbAddress.Fits(store)) return new QuestDbBarStore(QuestDbAddress.Parse(store));
        if (store.StartsWith("store:", StringComparison.Ordinal)) store = store["store:".Length..];
        if (store.Length == 0 || store.Contains("://", StringComparison.Ordinal)) throw new BarDataException($"--store {store}: this is no store; use a folder, postgres://… or questdb://…");
        return new FolderBarStore(store);
    }
}
