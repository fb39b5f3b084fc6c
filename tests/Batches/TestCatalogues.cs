using Granary.Postgres.Bars;
using Granary.Simulation.Catalogues;

namespace Granary.Testing;

/// <summary>What the tests of this project know: Granary's own classes, and those that the tests declare.</summary>
internal static class TestCatalogues
{
    public static GranaryCatalogues All { get; } = With(new FutureCloses());

    /// <summary>The same where strategies can take these closes.</summary>
    public static GranaryCatalogues With(FutureCloses closes) => GranaryCataloguesBuilder.CreateDefault()
        .AddAssembly(typeof(PostgresSourceFactory).Assembly)
        .AddAssembly(typeof(TestCatalogues).Assembly)
        .AddService(closes)
        .Build();
}
