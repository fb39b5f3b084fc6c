namespace Granary.Engine.Analysis.Metrics;

/// <summary>Which values of a metric are better.</summary>
public enum MetricDirection
{
    /// <summary>None is better: the metric describes the record, and is no objective.</summary>
    Neutral,

    /// <summary>Greater values.</summary>
    Higher,

    /// <summary>Smaller values.</summary>
    Lower,
}
