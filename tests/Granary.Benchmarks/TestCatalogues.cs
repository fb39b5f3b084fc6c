using Granary.Exchanges.Binance;
using Granary.Kafka.Bars;
using Granary.Simulation.Catalogues;

namespace Granary.Benchmarks;

/// <summary>What the tests of this project know: Granary's own classes, and those that the tests declare.</summary>
internal static class TestCatalogues
{
    public static GranaryCatalogues All { get; } = GranaryCataloguesBuilder.CreateDefault()
        .AddAssembly(typeof(KafkaBarSource).Assembly)
        .AddAssembly(typeof(BinanceFormat).Assembly)
        .AddAssembly(typeof(TestCatalogues).Assembly)
        .Build();
}
