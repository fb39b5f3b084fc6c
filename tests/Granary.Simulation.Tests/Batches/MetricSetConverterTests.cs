using System.Text.Json;
using Granary.Engine.Analysis.Metrics;
using Granary.Simulation.RunFolders;

namespace Granary.Simulation.Tests.Batches;

public class MetricSetConverterTests
{
    private static readonly JsonSerializerOptions Json = new() { Converters = { new MetricSetConverter(MetricCatalogue.BuiltIn) } };

    [Fact]
    public void Every_metric_of_a_strategy_comes_back_from_the_log_of_its_run_to_the_bit()
    {
        double[] values = [.. Enumerable.Range(0, MetricCatalogue.BuiltIn.LayoutOf(MetricParts.Strategy).Metrics.Length)
            .Select(i => i == 3 ? double.NaN : i == 4 ? double.NegativeInfinity : 1 / (i + 3.0))];
        var set = MetricCatalogue.BuiltIn.Restore(MetricParts.Strategy, values);
        JsonSerializer.Deserialize<MetricSet>(JsonSerializer.Serialize(set, Json), Json).ShouldBe(set);
    }
}
