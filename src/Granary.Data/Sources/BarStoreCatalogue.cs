using Granary.Data.FolderStore;
using Granary.Data.Stores;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Sources;

/// <summary>The bar stores that a process knows, by scheme: STORE on the command line.</summary>
public sealed class BarStoreCatalogue(CatalogueBuilder<IBarStoreFactory> builder) : Catalogue<IBarStoreFactory>(builder)
{
    /// <summary>Opens a store.</summary>
    /// <param name="store">A plain folder, or <c>store:DIR</c>, <c>postgres://…</c>.</param>
    /// <exception cref="BarDataException">The store type is unknown. The message is one sentence.</exception>
    public IBarStore Open(Address store)
    {
        if (TryGet(store.Scheme, out var factory)) return factory.Open(store);
        if (store is { Scheme: Address.Plain, Rest.Length: > 0, Path: { } folder }) return new FolderBarStore(folder, store.Files);
        if (store.MissingPackage is { } missing) throw new BarDataException($"--store {store}: {missing}");
        var schemes = string.Join(", ", Names.Select(n => n + ":"));
        throw new BarDataException($"--store {store}: this is not a store; use a folder, or an address with one of {schemes}");
    }
}
