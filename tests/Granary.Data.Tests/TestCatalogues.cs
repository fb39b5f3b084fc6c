using Granary.Data.Formats;
using Granary.Data.Sources;
using Granary.Engine.Catalogues;

namespace Granary.Data.Tests;

/// <summary>Granary's own bar sources and stores.</summary>
internal static class TestCatalogues
{
    public static BarSourceCatalogue Sources { get; } = new(
        new CatalogueBuilder<IBarSourceFactory>("bar source").AddFrom<IBarSourceFactory,
            BarSourceAttribute>(typeof(BarSourceCatalogue).Assembly),
        BarFormatCatalogue.BuiltIn);

    public static BarStoreCatalogue Stores { get; } = new(
        new CatalogueBuilder<IBarStoreFactory>("bar store").AddFrom<IBarStoreFactory,
            BarStoreAttribute>(typeof(BarStoreCatalogue).Assembly));
}
