using Granary.Cluster.Tests.Fixtures;
using Granary.Cluster.Tests.Plugin;
using Granary.Kafka.Bars;
using Granary.Postgres.Bars;
using Granary.Scripting;
using Granary.Simulation.Catalogues;

namespace Granary.Cluster.Tests;

/// <summary>What the tests of this project know: Granary's own classes, and those that the tests declare.</summary>
internal static class TestCatalogues
{
    public static GranaryCatalogues All { get; } = With(new Gates());

    /// <summary>The same for a cluster whose strategies mind these gates.</summary>
    public static GranaryCatalogues With(Gates gates) => GranaryCataloguesBuilder.CreateDefault()
        .AddAssembly(typeof(KafkaBarSource).Assembly)
        .AddAssembly(typeof(PostgresSourceFactory).Assembly)
        .AddAssembly(typeof(TestCatalogues).Assembly)
        .AddAssembly(typeof(Laggard).Assembly)
        .AddService(gates)
        .WithCompiler(new RoslynCompiler())
        .Build();
}
