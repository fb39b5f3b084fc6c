using Granary.Data.Formats;
using Granary.Data.Sources;
using Granary.Engine.Catalogues;
using Granary.Postgres.Bars;
using Granary.QuestDb;

namespace Granary.Data.Tests;

/// <summary>The bar sources and stores of Granary.Data, Granary.Postgres and Granary.QuestDb.</summary>
internal static class TestCatalogues
{
    public static BarSourceCatalogue Sources { get; } = new(
        new CatalogueBuilder<IBarSourceFactory>("bar source").AddFrom<IBarSourceFactory,
            BarSourceAttribute>(typeof(BarSourceCatalogue).Assembly)
            .AddFrom<IBarSourceFactory, BarSourceAttribute>(typeof(PostgresSourceFactory).Assembly)
            .AddFrom<IBarSourceFactory, BarSourceAttribute>(typeof(QuestDbSourceFactory).Assembly),
        BarFormatCatalogue.BuiltIn);

    public static BarStoreCatalogue Stores { get; } = new(
        new CatalogueBuilder<IBarStoreFactory>("bar store").AddFrom<IBarStoreFactory,
            BarStoreAttribute>(typeof(BarStoreCatalogue).Assembly)
            .AddFrom<IBarStoreFactory, BarStoreAttribute>(typeof(PostgresSourceFactory).Assembly)
            .AddFrom<IBarStoreFactory, BarStoreAttribute>(typeof(QuestDbSourceFactory).Assembly));
}
