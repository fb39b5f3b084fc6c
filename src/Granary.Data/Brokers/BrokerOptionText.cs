using System.Text.Json;
using Granary.Engine;

namespace Granary.Data.Brokers;

/// <summary>Reads <c>--broker-options</c>: <c>key=value,key=value</c>, or a JSON object of texts, numbers and booleans.</summary>
internal static class BrokerOptionText
{
    private static readonly JsonDocumentOptions _json = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <returns>Values as text, by option; empty for null or an empty text.</returns>
    /// <exception cref="InputException">The text has neither form; the message names the invalid part.</exception>
    public static IReadOnlyDictionary<string, string> Parse(string? text)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        if (string.IsNullOrWhiteSpace(text)) return options;
        foreach (var (name, value) in text.TrimStart().StartsWith('{') ? ReadJson(text) : ReadPairs(text))
            if (!options.TryAdd(name, value))
                throw new InputException($"option '{name}' is given twice; give it once");
        return options;
    }

    private static IEnumerable<(string Name, string Value)> ReadPairs(string text)
    {
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            yield return part.Split('=', 2, StringSplitOptions.TrimEntries) is [{ Length: > 0 } name, var value]
                ? (name, value)
                : throw new InputException($"'{part}' is not an option; write key=value, or a JSON object");
    }

    private static List<(string Name, string Value)> ReadJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, _json);
            return [.. document.RootElement.EnumerateObject().Select(p => (p.Name, ValueOf(p)))];
        }
        catch (JsonException e)
        {
            throw new InputException($"the options are not valid JSON ({e.Message.TrimEnd('.')}); write an object, or key=value", e);
        }
    }

    private static string ValueOf(JsonProperty property) => property.Value.ValueKind switch
    {
        JsonValueKind.String => property.Value.GetString()!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => property.Value.GetRawText(),
        _ => throw new InputException($"option '{property.Name}' must be a text, a number, true or false"),
    };
}
