using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Granary.Api.Tests.Conformance;

/// <summary>Checks values against schemas of an OpenAPI 3.1 document: the keywords that docs/openapi.json uses.</summary>
internal sealed class JsonSchema(JsonElement document)
{
    /// <summary>The first fault, with its place in the value; null where the value is as the schema says.</summary>
    public string? FaultOf(JsonElement schema, JsonElement value, string at = "$")
    {
        if (schema.ValueKind == JsonValueKind.False) return $"{at}: nothing is allowed here";
        if (schema.ValueKind != JsonValueKind.Object) return null;
        if (schema.TryGetProperty("$ref", out var reference)
            && FaultOf(Resolve(reference.GetString()!), value, at) is { } there) return there;
        return OfType(schema, value, at) ?? OfChoices(schema, value, at) ?? value.ValueKind switch
        {
            JsonValueKind.Object => OfObject(schema, value, at),
            JsonValueKind.Array => OfArray(schema, value, at),
            JsonValueKind.String => OfText(schema, value.GetString()!, at),
            JsonValueKind.Number => OfNumber(schema, value.GetDouble(), at),
            _ => null,
        };
    }

    /// <summary>The part itself, or what it refers to.</summary>
    public JsonElement Follow(JsonElement part)
    {
        while (part.ValueKind == JsonValueKind.Object && part.TryGetProperty("$ref", out var reference))
            part = Resolve(reference.GetString()!);
        return part;
    }

    /// <summary>What a reference of the document leads to.</summary>
    public JsonElement Resolve(string reference) => reference.Split('/').Skip(1)
        .Aggregate(document, (at, name) => at.GetProperty(name.Replace("~1", "/").Replace("~0", "~")));

    private static string? OfType(JsonElement schema, JsonElement value, string at)
    {
        if (!schema.TryGetProperty("type", out var type)) return null;
        var types = type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(t => t.GetString()!)]
            : new[] { type.GetString()! };
        var isInteger = value.ValueKind == JsonValueKind.Number && value.GetDouble() % 1 == 0;
        var own = value.ValueKind switch
        {
            JsonValueKind.True or JsonValueKind.False => "boolean",
            JsonValueKind.Number => "number",
            var kind => kind.ToString().ToLowerInvariant(),
        };
        return types.Contains(own) || isInteger && types.Contains("integer") ? null
            : $"{at} is {own}, not {string.Join(" or ", types)}: {Cut(value.GetRawText())}";
    }

    private string? OfChoices(JsonElement schema, JsonElement value, string at)
    {
        if (schema.TryGetProperty("const", out var only) && !JsonElement.DeepEquals(only, value)) return $"{at} is not {only}";
        if (schema.TryGetProperty("enum", out var words) && !words.EnumerateArray().Any(w => JsonElement.DeepEquals(w, value)))
            return $"{at} is {value}, which is none of {words}";
        if (schema.TryGetProperty("allOf", out var all))
            foreach (var part in all.EnumerateArray())
                if (FaultOf(part, value, at) is { } fault) return fault;
        foreach (var key in (string[])["oneOf", "anyOf"])
        {
            if (!schema.TryGetProperty(key, out var choices)) continue;
            var faults = choices.EnumerateArray().Select(c => FaultOf(c, value, at)).ToList();
            var fit = faults.Count(f => f is null);
            if (fit == 0 || key == "oneOf" && fit > 1) return $"{at} is {fit} of the choices: {string.Join("; ", faults.OfType<string>())}";
        }
        return null;
    }

    private string? OfObject(JsonElement schema, JsonElement value, string at)
    {
        if (schema.TryGetProperty("required", out var required))
            foreach (var name in required.EnumerateArray().Select(r => r.GetString()!))
                if (!value.TryGetProperty(name, out _)) return $"{at} has no '{name}'";
        var known = schema.TryGetProperty("properties", out var properties) ? properties : default;
        foreach (var part in value.EnumerateObject())
        {
            if (known.ValueKind == JsonValueKind.Object && known.TryGetProperty(part.Name, out var own))
            {
                if (FaultOf(own, part.Value, $"{at}.{part.Name}") is { } fault) return fault;
            }
            else if (schema.TryGetProperty("additionalProperties", out var others)
                && FaultOf(others, part.Value, $"{at}.{part.Name}") is { } fault) return fault;
        }
        return null;
    }

    private string? OfArray(JsonElement schema, JsonElement value, string at)
    {
        if (Limit(schema, "minItems") is { } least && value.GetArrayLength() < least) return $"{at} has fewer than {least} items";
        if (Limit(schema, "maxItems") is { } most && value.GetArrayLength() > most) return $"{at} has more than {most} items";
        if (!schema.TryGetProperty("items", out var items)) return null;
        var i = 0;
        foreach (var item in value.EnumerateArray())
            if (FaultOf(items, item, $"{at}[{i++}]") is { } fault) return fault;
        return null;
    }

    private static string? OfText(JsonElement schema, string text, string at)
    {
        if (Limit(schema, "minLength") is { } least && text.Length < least) return $"{at} is shorter than {least}";
        if (Limit(schema, "maxLength") is { } most && text.Length > most) return $"{at} is longer than {most}";
        if (schema.TryGetProperty("pattern", out var pattern) && !Regex.IsMatch(text, pattern.GetString()!))
            return $"{at}: {text} is not {pattern}";
        return schema.TryGetProperty("format", out var format) && format.GetString() == "date-time" && !(text.Contains('T')
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _)) ? $"{at}: {text} is no time" : null;
    }

    private static string? OfNumber(JsonElement schema, double value, string at) =>
        Limit(schema, "minimum") is { } least && value < least ? $"{at} is {value}, less than {least}"
        : Limit(schema, "maximum") is { } most && value > most ? $"{at} is {value}, more than {most}"
        : Limit(schema, "exclusiveMinimum") is { } above && value <= above ? $"{at} is {value}, not above {above}" : null;

    private static double? Limit(JsonElement schema, string key) => schema.TryGetProperty(key, out var limit) ? limit.GetDouble() : null;

    private static string Cut(string text) => text.Length > 80 ? text[..80] + "…" : text;
}
