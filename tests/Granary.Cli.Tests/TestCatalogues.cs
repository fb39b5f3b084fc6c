using Granary.Kafka.Bars;
using Granary.Postgres.Bars;
using Granary.Simulation.Catalogues;

namespace Granary.Cli.Tests;

/// <summary>What the tests of this project know: Granary's own classes, and those that the tests declare.</summary>
internal static class TestCatalogues
{
    public static GranaryCatalogues All { get; } = GranaryCataloguesBuilder.CreateDefault()
        .AddAssembly(typeof(KafkaBarSource).Assembly)
        .AddAssembly(typeof(PostgresSourceFactory).Assembly)
        .AddAssembly(typeof(TestCatalogues).Assembly)
        .Build();
}
