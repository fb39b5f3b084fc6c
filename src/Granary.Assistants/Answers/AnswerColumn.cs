using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Html;

namespace Granary.Assistants.Answers;

/// <summary>A column of a table.</summary>
/// <param name="Key">The key of its values in the rows.</param>
/// <param name="Title">The header in the text, with the unit.</param>
/// <param name="Metric">Formats its values; null = as they are.</param>
internal sealed record AnswerColumn(string Key, string Title, Metric? Metric = null)
{
    /// <summary>The longest text of a cell, and of one with a whole sentence.</summary>
    public const int LongestText = 160, LongestSentence = 800;

    /// <summary>Longer texts are cut.</summary>
    public int Longest { get; init; } = LongestText;

    public static AnswerColumn Of(string key) => new(key, key);

    public static IReadOnlyList<AnswerColumn> All(params IEnumerable<string> keys) => [.. keys.Select(Of)];

    public static AnswerColumn Of(Metric metric) => new(metric.Key, metric.Key, metric);

    public string TextOf(JsonNode? value) => value switch
    {
        null => "",
        JsonValue number when number.GetValueKind() == JsonValueKind.Number => Metric is null
            ? AnswerNumber.Of(number)!.ToJsonString()
            : MetricText.Value(Metric, double.Parse(number.ToJsonString(), CultureInfo.InvariantCulture)),
        JsonValue text when text.GetValueKind() == JsonValueKind.String => text.GetValue<string>(),
        JsonArray list => string.Join(", ", list.Select(TextOf)),
        JsonObject of => string.Join(", ", of.Select(p => $"{p.Key}={TextOf(p.Value)}")),
        _ => value.ToJsonString(),
    };
}
