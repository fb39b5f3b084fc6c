namespace Granary.Reporting.Html.Sections;

/// <summary>Objectives of a search or a walk-forward in words: a metric, with a leading minus if the least is the best, or an
/// expression.</summary>
internal static class ObjectiveText
{
    /// <summary>The metric's name; an expression stands as it was written.</summary>
    public static string Name(string objective) => IsExpression(objective) ? objective : MetricText.Name(objective.TrimStart('-'));

    /// <summary>Formats a value according to the metric; that of an expression as a ratio.</summary>
    public static string Value(string objective, double value) =>
        !double.IsFinite(value) ? NumberText.Undefined
            : IsExpression(objective) ? NumberText.Ratio(value, 3) : MetricText.Value(objective.TrimStart('-'), value);

    /// <summary>Whether the least value is the best.</summary>
    public static bool IsMinimised(string objective) => objective.StartsWith('-') && !IsExpression(objective);

    private static bool IsExpression(string text) => text.AsSpan(1).IndexOfAny("+-*/()") >= 0 || text[0] == '(';
}
