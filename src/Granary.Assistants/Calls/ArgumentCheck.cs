using System.Globalization;
using System.Text.Json;
using Granary.Engine;
using Granary.Engine.Market;

namespace Granary.Assistants.Calls;

/// <summary>Compares the arguments of a call with the schema of the tool, for errors that name the argument and the remedy.</summary>
internal static class ArgumentCheck
{
    /// <param name="name">The name of the tool.</param>
    /// <param name="schema">Its JSON Schema: an object with properties of simple types.</param>
    /// <exception cref="InputException">An argument is unknown, missing, of a different type or out of its range.</exception>
    public static void Check(string name, JsonElement schema, IDictionary<string, JsonElement>? arguments)
    {
        var properties = schema.TryGetProperty("properties", out var all) ? all : default;
        List<string> known = properties.ValueKind == JsonValueKind.Object ? [.. properties.EnumerateObject().Select(p => p.Name)] : [];
        var faults = new List<string>();
        foreach (var (key, value) in arguments ?? new Dictionary<string, JsonElement>())
            if (!known.Contains(key, StringComparer.Ordinal)) faults.Add(Unknown(name, key, known));
            else if (FaultOf(properties.GetProperty(key), value) is { } fault) faults.Add($"{name}, {key}: {fault}");
        if (schema.TryGetProperty("required", out var required))
            foreach (var key in required.EnumerateArray().Select(r => r.GetString()!))
                if (arguments?.ContainsKey(key) != true) faults.Add($"{name} needs the argument '{key}'{Purpose(properties, key)}");
        if (faults.Count > 0) throw new InputException(faults);
    }

    private static string Unknown(string name, string key, List<string> known) => $"{name} has no argument '{key}'; "
        + (known.Count == 0 ? "it takes none"
            : Spelling.Nearest(key, known) is { } near ? $"did you mean '{near}'?" : $"it has {string.Join(", ", known)}");

    private static string Purpose(JsonElement properties, string key) =>
        properties.GetProperty(key).TryGetProperty("description", out var text) ? $": {text.GetString()!.TrimEnd('.')}" : "";

    private static string? FaultOf(JsonElement schema, JsonElement value)
    {
        var types = TypesOf(schema);
        if (types.Count > 0 && !types.Any(t => Is(t, value)))
            return $"{Shown(value)} is not {string.Join(" or ", types.Where(t => t != "null").Select(Words))}";
        if (schema.TryGetProperty("enum", out var words) && value.ValueKind == JsonValueKind.String
            && !words.EnumerateArray().Any(w => w.ValueKind == JsonValueKind.String && w.GetString() == value.GetString()))
            return $"'{value.GetString()}' is not one of {string.Join(", ", words.EnumerateArray().Select(w => w.ToString()))}";
        if (value.ValueKind != JsonValueKind.Number) return null;
        var number = value.GetDouble();
        return schema.TryGetProperty("minimum", out var least) && number < least.GetDouble()
            || schema.TryGetProperty("maximum", out var most) && number > most.GetDouble()
            ? string.Create(CultureInfo.InvariantCulture, $"{number} is out of range: {Bound(schema, "minimum")} … {Bound(schema, "maximum")}")
            : null;
    }

    private static string Bound(JsonElement schema, string key) => schema.TryGetProperty(key, out var bound) ? bound.GetRawText() : "";

    private static List<string> TypesOf(JsonElement schema) => schema.ValueKind != JsonValueKind.Object
        || !schema.TryGetProperty("type", out var type) ? []
        : type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(t => t.GetString()!)] : [type.GetString()!];

    // Some clients send an object as its text.
    private static bool Is(string type, JsonElement value) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _),
        "number" => value.ValueKind == JsonValueKind.Number,
        "array" => value.ValueKind == JsonValueKind.Array,
        "object" => value.ValueKind is JsonValueKind.Object or JsonValueKind.String,
        _ => true,
    };

    private static string Words(string type) => type switch
    {
        "string" => "a text",
        "boolean" => "true or false",
        "integer" => "a whole number",
        "number" => "a number",
        "array" => "a list",
        _ => "an object",
    };

    private static string Shown(JsonElement value) => value.GetRawText() is var text && text.Length <= 60 ? text : text[..60] + "…";
}
