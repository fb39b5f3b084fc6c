using System.Collections.Concurrent;
using Granary.Engine.Analysis.Metrics;

namespace Granary.Cluster.Wire;

/// <summary>
/// The metrics of a strategy by their keys, so that a new metric needs no new field. Sets of one layout share their keys, which Orleans
/// writes once per message.
/// </summary>
[GenerateSerializer, Alias("granary.RunStatistics")]
public readonly record struct RunStatisticsWire([property: Id(0)] string[] Keys, [property: Id(1)] double[] Values);

/// <summary>Metrics to and from the wire.</summary>
/// <param name="catalogue">The metrics that this silo knows.</param>
[RegisterConverter]
public sealed class RunStatisticsConverter(MetricCatalogue catalogue) : IConverter<MetricSet, RunStatisticsWire>
{
    private readonly ConcurrentDictionary<MetricLayout, string[]> _keys = new();

    /// <summary>Knows the metrics of the platform.</summary>
    public RunStatisticsConverter()
        : this(MetricCatalogue.BuiltIn)
    {
    }

    /// <summary>A metric that the sender does not know is undefined; one that this silo does not know is left out.</summary>
    public MetricSet ConvertFromSurrogate(in RunStatisticsWire surrogate)
    {
        var layout = catalogue.LayoutOf(MetricParts.Strategy);
        var values = new double[layout.Metrics.Length];
        Array.Fill(values, double.NaN);
        for (var i = 0; i < surrogate.Keys.Length; i++)
            if (layout.SlotOf(surrogate.Keys[i]) is >= 0 and var slot)
                values[slot] = surrogate.Values[i];
        return catalogue.Restore(MetricParts.Strategy, values);
    }

    public RunStatisticsWire ConvertToSurrogate(in MetricSet value)
    {
        var keys = _keys.GetOrAdd(value.Layout, KeysOf);
        var values = new double[keys.Length];
        for (var i = 0; i < keys.Length; i++) values[i] = value[keys[i]];
        return new RunStatisticsWire(keys, values);
    }

    // The validation checks run where the batch is put together: no silo sends their metrics.
    private static string[] KeysOf(MetricLayout layout) =>
        [.. layout.Metrics.ToArray().Where(m => (m.Needs & MetricParts.Checks) == 0).Select(m => m.Key)];
}
