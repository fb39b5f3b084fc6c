using System.Text.Json;

namespace Granary.Api.Tests.ClientCode;

/// <summary>The C# types of schemas.</summary>
/// <param name="schemas">The components of the document.</param>
internal sealed class SchemaTypes(JsonElement schemas)
{
    /// <summary>Objects that stand within other schemas, by the names of their records.</summary>
    public Dictionary<string, JsonElement> Inner { get; } = new(StringComparer.Ordinal);

    /// <param name="name">Of the record, where the schema is an object of its own.</param>
    public string Of(JsonElement schema, string name)
    {
        if (schema.TryGetProperty("$ref", out var reference)) return OfReference(reference.GetString()!.Split('/')[^1]);
        foreach (var key in (string[])["oneOf", "anyOf"])
            if (schema.TryGetProperty(key, out var choices) && !schema.TryGetProperty("properties", out _)) return OfChoices(choices, name);
        if (IsRecord(schema))
        {
            Inner[name] = schema;
            return name;
        }
        return TypesOf(schema) is [var type] ? OfType(type, schema, name) : "JsonElement";
    }

    /// <summary>Whether null is a value of the schema.</summary>
    public static bool IsNullable(JsonElement schema) => Texts(schema, "type").Contains("null")
        || schema.TryGetProperty("oneOf", out var choices) && choices.EnumerateArray().Any(c => TypesOf(c).Count == 0 && IsNullable(c));

    /// <summary>Whether the schema is an object with properties of its own.</summary>
    public static bool IsRecord(JsonElement schema) => schema.TryGetProperty("properties", out _) || schema.TryGetProperty("allOf", out _);

    /// <summary>Whether the schema is a list of words.</summary>
    public static bool IsEnumeration(JsonElement schema) => schema.TryGetProperty("enum", out _);

    public JsonElement Find(string name) => schemas.GetProperty(name);

    private string OfReference(string name) => Find(name) is var schema && (IsRecord(schema) || IsEnumeration(schema))
        ? name : Of(schema, name);

    private string OfChoices(JsonElement choices, string name)
    {
        var others = choices.EnumerateArray().Where(c => !IsNullable(c)).ToList();
        if (others is [var only]) return Of(only, name);
        // A number that may be NaN or infinite.
        return others is [var number, var word] && TypesOf(number) is ["number"] && IsEnumeration(word) ? "double" : "JsonElement";
    }

    private string OfType(string type, JsonElement schema, string name) => (type, Text(schema, "format")) switch
    {
        ("string", "date-time") => "DateTimeOffset",
        ("string", "date") => "DateOnly",
        ("string", _) => "string",
        ("integer", "int32") => "int",
        ("integer", _) => "long",
        ("number", _) => "double",
        ("boolean", _) => "bool",
        ("array", _) => $"IReadOnlyList<{Part(schema, "items", name)}>",
        _ when schema.TryGetProperty("additionalProperties", out var values) && values.ValueKind == JsonValueKind.Object =>
            $"IReadOnlyDictionary<string, {Part(schema, "additionalProperties", name)}>",
        _ => "JsonElement",
    };

    private string Part(JsonElement schema, string key, string name)
    {
        var part = schema.GetProperty(key);
        return Of(part, name + "Item") + (IsNullable(part) ? "?" : "");
    }

    public static string? Text(JsonElement schema, string key) => schema.TryGetProperty(key, out var text) ? text.GetString() : null;

    private static List<string> TypesOf(JsonElement schema) => [.. Texts(schema, "type").Where(t => t != "null")];

    private static IEnumerable<string> Texts(JsonElement schema, string key) => !schema.TryGetProperty(key, out var text) ? []
        : text.ValueKind == JsonValueKind.Array ? text.EnumerateArray().Select(t => t.GetString()!) : [text.GetString()!];
}
