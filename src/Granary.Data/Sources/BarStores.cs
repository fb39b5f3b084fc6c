using Granary.Data.Stores;
using Granary.Engine.Catalogues;

namespace Granary.Data.Sources;

/// <summary>Opens what the command line calls STORE.</summary>
public static class BarStores
{
    private static readonly BarStoreCatalogue Own = new(
        new CatalogueBuilder<IBarStoreFactory>("bar store").AddFrom<IBarStoreFactory, BarStoreAttribute>(typeof(BarStores).Assembly));

    /// <inheritdoc cref="BarStoreCatalogue.Open"/>
    public static IBarStore Open(string store) => Own.Open(store);
}
