using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Assistants.Answers;

/// <summary>Rounds the numbers of answers: an assistant reads each digit.</summary>
internal static class AnswerNumber
{
    private const int Digits = 6;

    /// <summary>Six significant digits; null for a value that is not finite.</summary>
    public static JsonNode? Of(double value) => double.IsFinite(value) ? JsonValue.Create(Rounded(value)) : null;

    /// <summary>The same JSON with all numbers rounded.</summary>
    public static JsonNode? Of(JsonNode? node) => node switch
    {
        JsonObject of => new JsonObject(of.Select(p => KeyValuePair.Create(p.Key, Of(p.Value)))),
        JsonArray of => new JsonArray([.. of.Select(Of)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => Number(value),
        _ => node?.DeepClone(),
    };

    private static JsonNode? Number(JsonValue value) =>
        value.ToJsonString() is var text && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            ? JsonValue.Create(whole)
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? Of(number) : null;

    private static double Rounded(double value) =>
        double.Parse(value.ToString($"G{Digits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
