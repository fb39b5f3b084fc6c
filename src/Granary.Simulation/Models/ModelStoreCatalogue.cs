using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Learning.Registry;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Models;

/// <summary>The stores of models that a process knows, by scheme.</summary>
public sealed class ModelStoreCatalogue(CatalogueBuilder<IModelStoreFactory> builder) : Catalogue<IModelStoreFactory>(builder)
{
    /// <summary>Opens a model registry's store: a folder, or <c>postgres://user:password@host:port/database</c>.</summary>
    /// <exception cref="InputException">The address is neither, its package is missing, or the database does not answer.</exception>
    public IModelStore Open(Address registry)
    {
        if (TryGet(registry.Scheme, out var factory)) return factory.Open(registry);
        if (registry.MissingPackage is { } missing) throw new InputException($"the model registry {registry}: {missing}");
        return new FileModelStore(ModelStores.FolderOf(registry), registry.Files);
    }
}
