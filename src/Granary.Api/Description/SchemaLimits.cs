using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Api.Description;

/// <summary>Adds the server's general limits to schemas: the ranges of numbers, and the lengths of texts and lists.</summary>
internal static class SchemaLimits
{
    /// <summary>The longest text and list that the server can write.</summary>
    private const int Longest = 1 << 30;

    /// <summary>The longest value of a path, a query or a header that the server reads, characters.</summary>
    private const int LongestOfHead = 8192;

    // The largest integer that every JSON reader reads exactly.
    private const long LargestInteger = (1L << 53) - 1;

    // Keys whose values are maps of names to schemas.
    private static readonly string[] s_maps = ["properties", "patternProperties", "$defs"];
    private static readonly string[] s_lists = ["oneOf", "anyOf", "allOf", "prefixItems"];
    private static readonly string[] s_single = ["items", "additionalProperties", "not"];

    public static void Write(JsonObject document)
    {
        var schemas = DocumentJson.Components(document, "schemas");
        foreach (var (_, schema) in schemas) Limit(schema, Longest);
        RequireAnswers(document, schemas);
        foreach (var kind in (string[])["responses", "headers", "parameters"])
            foreach (var (_, part) in DocumentJson.Components(document, kind)) LimitContent(part!, kind == "responses");
        foreach (var (_, _, operation) in DocumentJson.Operations(document))
        {
            foreach (var parameter in operation["parameters"]?.AsArray() ?? []) Limit(parameter!["schema"], LongestOfHead);
            if (operation["requestBody"] is { } body) LimitContent(body, true);
            foreach (var (_, answer) in operation["responses"]!.AsObject()) LimitContent(answer!, true);
        }
    }

    /// <summary>Adds the limits to a schema that the server answers.</summary>
    public static JsonObject In(JsonObject schema)
    {
        Limit(schema, Longest);
        return schema;
    }

    // An answer has every field that cannot be null: the server omits only null fields.
    private static void RequireAnswers(JsonObject document, JsonObject schemas)
    {
        var sent = DocumentJson.SentSchemas(document);
        foreach (var (name, schema) in schemas)
        {
            if (sent.Contains(name) || schema!["properties"] is not JsonObject properties) continue;
            var names = properties.Where(p => p.Value is JsonObject property && !IsNullable(property)).Select(p =>
                (JsonNode)p.Key).ToArray();
            if (names.Length > 0) schema["required"] = new JsonArray(names);
        }
    }

    private static void LimitContent(JsonNode part, bool isBody)
    {
        Limit(part["schema"], isBody ? Longest : LongestOfHead);
        foreach (var (_, content) in part["content"]?.AsObject() ?? []) Limit(content!["schema"], Longest);
        foreach (var (_, header) in part["headers"]?.AsObject() ?? []) Limit(header!["schema"], LongestOfHead);
    }

    private static void Limit(JsonNode? node, int longest)
    {
        if (node is not JsonObject schema) return;
        foreach (var key in s_maps)
            if (schema[key] is JsonObject map)
                foreach (var (_, part) in map) Limit(part, longest);
        foreach (var key in s_lists)
            if (schema[key] is JsonArray list)
                foreach (var part in list) Limit(part, longest);
        foreach (var key in s_single) Limit(schema[key], longest);
        LeaveOutNulls(schema);
        CorrectTypes(schema);
        var types = TypesOf(schema);
        if (types.Contains("string") && !schema.ContainsKey("enum") && !schema.ContainsKey("const")) schema.TryAdd("maxLength", longest);
        if (types.Contains("array")) schema.TryAdd("maxItems", longest);
        if (types.Contains("integer")) LimitInteger(schema);
    }

    // The server omits properties that are null, and reads missing ones as null.
    private static void LeaveOutNulls(JsonObject schema)
    {
        if (schema["required"] is not JsonArray required || schema["properties"] is not JsonObject properties) return;
        foreach (var name in required.Where(n => properties[(string)n!] is JsonObject p && IsNullable(p)).ToList()) required.Remove(name);
        if (required.Count == 0) schema.Remove("required");
    }

    // The framework describes a number that may be NaN as an object, and gives enums of words no type.
    private static void CorrectTypes(JsonObject schema)
    {
        if (schema["anyOf"] is not null && (string?)schema["format"] == "double") schema.Remove("type");
        if (schema["enum"] is JsonArray words && words.All(w => w?.GetValueKind() == JsonValueKind.String)) schema.TryAdd("type", "string");
    }

    // A schema without a type, such as that of a JsonNode, allows null.
    private static bool IsNullable(JsonObject schema) => TypesOf(schema) is var types && types.Contains("null")
        || types.Count == 0 && !schema.ContainsKey("$ref") && !schema.ContainsKey("anyOf") && !schema.ContainsKey("oneOf")
            && !schema.ContainsKey("enum")
        || schema["oneOf"] is JsonArray choices && choices.Any(c => c is JsonObject choice && TypesOf(choice).Contains("null"));

    private static void LimitInteger(JsonObject schema)
    {
        var (least, most) = (string?)schema["format"] == "int32" ? (int.MinValue, int.MaxValue) : (-LargestInteger, LargestInteger);
        schema.TryAdd("format", "int64");
        schema.TryAdd("minimum", least);
        schema.TryAdd("maximum", most);
    }

    private static IReadOnlyList<string> TypesOf(JsonObject schema) => schema["type"] switch
    {
        JsonArray several => [.. several.Select(t => (string)t!)],
        JsonValue one => [(string)one!],
        _ => [],
    };
}
