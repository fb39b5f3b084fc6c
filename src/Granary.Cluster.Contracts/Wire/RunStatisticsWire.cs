using System.Collections.Concurrent;
using Granary.Engine.Analysis.Metrics;

namespace Granary.Cluster.Wire;

/// <summary>
/// The metrics of a strategy by their keys, so a new metric needs no new field. Sets of one layout share their keys, which Orleans
/// writes once per message.
/// </summary>
[GenerateSerializer, Alias("granary.RunStatistics")]
internal readonly record struct RunStatisticsWire([property: Id(0)] string[] Keys, [property: Id(1)] double[] Values);

/// <summary>Converts metrics to and from the wire format.</summary>
/// <param name="catalogue">Catalogue of the metrics of this silo.</param>
[RegisterConverter]
internal sealed class RunStatisticsConverter(MetricCatalogue catalogue) : IConverter<MetricSet, RunStatisticsWire>
{
    private readonly ConcurrentDictionary<MetricLayout, string[]> _keys = new();

    /// <summary>Creates a converter of the platform's metrics.</summary>
    public RunStatisticsConverter()
        : this(MetricCatalogue.BuiltIn)
    {
    }

    /// <summary>Reads metrics. One that the sender does not know is undefined; one that this silo does not know is ignored.</summary>
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

    // The validation checks run in the reporting grain, so no silo sends their metrics.
    private static string[] KeysOf(MetricLayout layout) =>
        [.. layout.Metrics.ToArray().Where(m => (m.Needs & MetricParts.Checks) == 0).Select(m => m.Key)];
}
