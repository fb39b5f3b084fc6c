using Granary.Postgres.Bars;
using Granary.Scripting;
using Granary.Simulation.Catalogues;

namespace Granary.Api.Tests;

/// <summary>What the tests of this project know: Granary's own classes, and those that the tests declare.</summary>
internal static class TestCatalogues
{
    public static GranaryCatalogues All { get; } = GranaryCataloguesBuilder.CreateDefault()
        .AddAssembly(typeof(PostgresSourceFactory).Assembly)
        .AddAssembly(typeof(TestCatalogues).Assembly)
        .WithCompiler(new RoslynCompiler())
        .Build();
}
