namespace Granary.Engine.Analysis.Metrics;

/// <summary>Whether higher or lower values of a metric are better.</summary>
public enum MetricDirection
{
    /// <summary>Neither: the metric describes the record and cannot be an objective.</summary>
    Neutral,

    /// <summary>Greater values are better.</summary>
    Higher,

    /// <summary>Smaller values are better.</summary>
    Lower,
}
