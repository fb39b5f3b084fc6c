namespace Granary.Engine.Analysis.Metrics;

/// <summary>The table of the report and the section of docs/metrics.md in which a metric stands.</summary>
public enum MetricGroup
{
    Return,
    Risk,
    ReturnForRisk,
    Trades,
    Excursions,
    Exposure,
    Benchmark,

    /// <summary>Results of the validation checks.</summary>
    Checks,

    /// <summary>Counts that notes are made of; they are listed nowhere.</summary>
    Internal,
}
