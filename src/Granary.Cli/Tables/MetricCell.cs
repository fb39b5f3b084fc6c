using Granary.Engine.Analysis.Metrics;

namespace Granary.Cli.Tables;

/// <summary>Metrics in the terminal's tables.</summary>
internal static class MetricCell
{
    public static Column Column(Metric metric) => Tables.Column.Number(metric.ShortName, IsPercent(metric) ? "%" : "");

    public static string Of(Metric metric, double value) => metric.Unit switch
    {
        MetricUnit.Count or MetricUnit.Days or MetricUnit.Periods when double.IsFinite(value) => Cell.Count((long)value),
        _ => IsPercent(metric) ? Cell.Percent(value) : Cell.Ratio(value),
    };

    private static bool IsPercent(Metric metric) => metric.Unit is MetricUnit.Share or MetricUnit.Return or MetricUnit.Fraction;
}
