using Granary.Cluster.Wire;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Simulation.Passes;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Granary.Cluster.Tests.Contracts;

/// <summary>The metrics of strategies on their way to another silo.</summary>
public sealed class MetricWireTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    private static EquitySums Sums { get; } = new()
    {
        Start = 100,
        Final = 110,
        Count = 10,
        SumOfReturns = 0.1,
        SumOfSquares = 0.01,
        SumOfSquaredLosses = 0.001,
        MaxDrawdown = 0.1,
        MaxDrawdownTicks = 7,
        LongestUnderwaterTicks = 7,
        FirstTime = 0,
        LastTime = 9 * TimeSpan.TicksPerDay,
        Months = 1,
        MonthsUp = 1,
        Weeks = 2,
        WeeksUp = 1,
        ExposedBars = 4,
    };

    public void Dispose() => _services.Dispose();

    [Fact]
    public void The_metrics_of_an_outcome_arrive_to_the_bit()
    {
        var sent = MetricCatalogue.BuiltIn.Compute(MetricInput.Of(Sums, default, 252));
        var serializer = _services.GetRequiredService<Serializer<StrategyOutcome>>();
        serializer.Deserialize(serializer.SerializeToArray(new StrategyOutcome(1, sent, 5, 0, 10, null)))!.Statistics.ShouldBe(sent);
    }

    [Fact]
    public void An_added_metric_needs_no_field()
    {
        var added = RatioMetrics.Sharpe with { Key = "added", Compute = static (in MetricInput m) => m.Equity.Final + 1 };
        var metrics = MetricCatalogue.BuiltIn.With(added);
        var sent = metrics.Compute(MetricInput.Of(Sums, default, 252));
        var wire = _services.GetRequiredService<Serializer<RunStatisticsWire>>();
        var converter = new RunStatisticsConverter(metrics);
        var read = converter.ConvertFromSurrogate(wire.Deserialize(wire.SerializeToArray(converter.ConvertToSurrogate(sent))));
        read.ShouldBe(sent);
        read[added].ShouldBe(111);
    }

    [Fact]
    public void The_keys_of_metrics_are_written_once_for_a_whole_report()
    {
        var metrics = MetricCatalogue.BuiltIn;
        var converter = new RunStatisticsConverter(metrics);
        var wire = _services.GetRequiredService<Serializer<RunStatisticsWire[]>>();
        var sent = Enumerable.Range(1, 200).Select(i => metrics.Compute(MetricInput.Of(Sums with { Final = i }, default, 252)))
            .Select(s => converter.ConvertToSurrogate(s)).ToArray();
        // Nine bytes for each value and what marks them, not the names.
        (wire.SerializeToArray(sent).Length - wire.SerializeToArray(sent[..100]).Length)
            .ShouldBeLessThan(100 * (9 * sent[0].Values.Length + 20));
    }
}
