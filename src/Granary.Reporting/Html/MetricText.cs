using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Numerics;

namespace Granary.Reporting.Html;

/// <summary>Formats metrics for people.</summary>
internal static class MetricText
{
    /// <summary>Formats a value according to the metric's unit.</summary>
    public static string Value(Metric metric, double value) => metric.Unit switch
    {
        MetricUnit.Count => double.IsFinite(value) ? NumberText.Count((long)value) : NumberText.Undefined,
        MetricUnit.Share => NumberText.Percent(value, 1),
        MetricUnit.Return => NumberText.SignedPercent(value),
        MetricUnit.Fraction => NumberText.Percent(value),
        MetricUnit.Days => NumberText.Days(value),
        MetricUnit.Periods => NumberText.Ratio(Math.Ceiling(value), 0),
        MetricUnit.Bars => NumberText.Ratio(value, 1),
        MetricUnit.PerYear => NumberText.Ratio(value, value == Math.Floor(value) ? 0 : 1),
        MetricUnit.Money => NumberText.Money(value),
        MetricUnit.Profit => NumberText.SignedMoney(value),
        MetricUnit.Ratio => NumberText.Ratio(value),
    };

    /// <summary>Formats a value according to the metric with this key; without such a metric, as a ratio.</summary>
    public static string Value(string key, double value) =>
        MetricCatalogue.BuiltIn.Find(key) is { } metric ? Value(metric, value) : NumberText.Ratio(value);

    /// <summary>Formats the second value minus the first, percentages in percentage points; "same" if they are equal.</summary>
    public static string Difference(string key, double first, double second)
    {
        var difference = second - first;
        if (!double.IsFinite(difference)) return NumberText.Undefined;
        // A difference this small comes from the order of summation.
        if (Math.Abs(difference) <= Tolerance.Arithmetic * Math.Max(Math.Abs(first), Math.Abs(second))) return "same";
        var text = MetricCatalogue.BuiltIn.Find(key)?.Unit switch
        {
            MetricUnit.Share => NumberText.Points(difference, 1),
            MetricUnit.Return or MetricUnit.Fraction => NumberText.Points(difference),
            _ => Value(key, difference),
        };
        if (text.AsSpan().IndexOfAnyInRange('1', '9') < 0) return Small(text);
        if (text.StartsWith('-')) text = "−" + text[1..];
        return difference > 0 && !text.StartsWith('+') ? "+" + text : text;
    }

    // A difference below the shown precision: less than one unit of the last digit.
    private static string Small(string zero)
    {
        var last = zero.LastIndexOf('0');
        return $"< {zero[..last].TrimStart('+', '−')}1{zero[(last + 1)..]}";
    }

    /// <summary>Returns the name of the metric with this key; without such a metric, the key as words.</summary>
    public static string Name(string key, MetricCatalogue? catalogue = null) =>
        (catalogue ?? MetricCatalogue.BuiltIn).Find(key)?.Name ?? NumberText.Words(key);

    /// <summary>Returns the CSS class of the metric's cell.</summary>
    public static string Style(Metric metric, double value) => metric.IsColoured ? NumberText.Sign(value) : "";

    /// <summary>Returns the format in which the page's script prints the metric.</summary>
    internal static string ScriptFormat(Metric metric) => metric.Unit switch
    {
        MetricUnit.Count or MetricUnit.Days or MetricUnit.Periods => "count",
        MetricUnit.Share or MetricUnit.Return or MetricUnit.Fraction => "percent",
        MetricUnit.Money or MetricUnit.Profit => "money",
        MetricUnit.Ratio or MetricUnit.Bars or MetricUnit.PerYear => "ratio",
    };
}
