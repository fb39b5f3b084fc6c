using System.Text.Json.Nodes;

namespace Granary.Api.Description;

/// <summary>
/// Sets the format of each string of the document by the name of its field, from texts.json. Strings that only the server writes also
/// get the pattern of the format.
/// </summary>
internal sealed class TextKinds
{
    private readonly Dictionary<string, string> _formats = new(StringComparer.Ordinal);
    private readonly JsonObject _patterns;

    private TextKinds()
    {
        var texts = DocumentJson.Resource("texts.json");
        foreach (var (format, names) in texts["formats"]!.AsObject())
            foreach (var name in names!.AsArray()) _formats.TryAdd((string)name!, format);
        _patterns = texts["patterns"]!.AsObject();
    }

    public static void Write(JsonObject document)
    {
        var kinds = new TextKinds();
        var sent = DocumentJson.SentSchemas(document);
        foreach (var (name, schema) in DocumentJson.Components(document, "schemas"))
            kinds.Describe(schema, name, !sent.Contains(name), name);
        foreach (var (name, header) in DocumentJson.Components(document, "headers")) kinds.Describe(header!["schema"], name, false);
        foreach (var (_, _, operation) in DocumentJson.Operations(document))
        {
            foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
                kinds.Describe(parameter!["schema"], (string)parameter["name"]!, false);
            foreach (var (type, content) in operation["requestBody"]?["content"]?.AsObject() ?? [])
                kinds.Describe(content!["schema"], type, false);
            foreach (var (_, answer) in operation["responses"]!.AsObject())
                foreach (var (type, content) in answer!["content"]?.AsObject() ?? []) kinds.Describe(content!["schema"], type, true);
        }
    }

    // A name that means two kinds of text stands in texts.json with its schema, as RuleEntry.to, or the field around it, as code.source.
    private void Describe(JsonNode? node, string name, bool isAnswer, string owner = "", string around = "")
    {
        if (node is JsonArray choices)
            foreach (var choice in choices) Describe(choice, name, isAnswer, owner, around);
        if (node is not JsonObject schema) return;
        foreach (var (key, part) in schema["properties"]?.AsObject() ?? []) Describe(part, key, isAnswer, owner, name);
        foreach (var key in (string[])["items", "additionalProperties", "oneOf", "anyOf", "allOf"])
            Describe(schema[key], name, isAnswer, owner, around);
        if (!IsPlainText(schema)) return;
        if (!_formats.TryGetValue($"{owner}.{name}", out var format) && !_formats.TryGetValue($"{around}.{name}", out format)
            && !_formats.TryGetValue(name, out format))
            return;
        schema["format"] = format;
        if (isAnswer && _patterns[format] is { } pattern) schema["pattern"] = pattern.DeepClone();
    }

    private static bool IsPlainText(JsonObject schema)
    {
        var isText = schema["type"] switch
        {
            JsonArray types => types.Any(t => (string?)t == "string"),
            JsonValue type => (string?)type == "string",
            _ => false,
        };
        return isText && !((string[])["enum", "const", "format", "pattern"]).Any(schema.ContainsKey);
    }
}
