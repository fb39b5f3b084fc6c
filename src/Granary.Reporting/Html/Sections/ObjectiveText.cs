using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>Objectives of a search or a walk-forward in words.</summary>
internal static class ObjectiveText
{
    /// <summary>The metric's name; an expression stands as it was written.</summary>
    public static string Name(string objective) => ObjectiveName.IsExpression(objective) ? objective
        : MetricText.Name(ObjectiveName.OfValues(objective));

    /// <summary>Formats a value according to the metric; an expression's as a ratio.</summary>
    public static string Value(string objective, double value) =>
        !double.IsFinite(value) ? NumberText.Undefined
            : ObjectiveName.IsExpression(objective) ? NumberText.Ratio(value, 3)
            : MetricText.Value(ObjectiveName.OfValues(objective), value);
}
