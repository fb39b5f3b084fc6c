using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Api.Description;

/// <summary>Reads and writes parts of the OpenAPI document.</summary>
internal static class DocumentJson
{
    /// <summary>Texts stay readable: the document is no part of a page.</summary>
    public static JsonSerializerOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] s_verbs = ["get", "put", "post", "delete", "patch"];

    /// <summary>The operations of the document, each with its verb and path.</summary>
    public static IEnumerable<(string Path, string Verb, JsonObject Operation)> Operations(JsonObject document) =>
        document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Where(o => s_verbs.Contains(o.Key))
            .Select(o => (path.Key, o.Key, o.Value!.AsObject())));

    /// <summary>Returns a part of the components, such as <c>schemas</c>; creates it if it is missing.</summary>
    public static JsonObject Components(JsonObject document, string kind)
    {
        if (document["components"] is not JsonObject components) document["components"] = components = [];
        if (components[kind] is not JsonObject part) components[kind] = part = [];
        return part;
    }

    /// <summary>A reference to a component.</summary>
    public static JsonObject Reference(string kind, string name) => new() { ["$ref"] = $"#/components/{kind}/{name}" };

    /// <summary>A file of this assembly.</summary>
    public static JsonObject Resource(string name)
    {
        using var stream = typeof(DocumentJson).Assembly.GetManifestResourceStream(name)!;
        return JsonNode.Parse(stream)!.AsObject();
    }

    /// <summary>Returns the names of the schemas that requests use; all other schemas occur only in answers.</summary>
    public static IReadOnlySet<string> SentSchemas(JsonObject document)
    {
        var schemas = Components(document, "schemas");
        var sent = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, _, operation) in Operations(document)) AddReferences(operation["requestBody"], schemas, sent);
        return sent;
    }

    private static void AddReferences(JsonNode? node, JsonObject schemas, HashSet<string> names)
    {
        if (node is JsonArray list)
            foreach (var item in list) AddReferences(item, schemas, names);
        if (node is not JsonObject map) return;
        foreach (var (key, value) in map)
        {
            if (key != "$ref") AddReferences(value, schemas, names);
            else if (((string)value!).Split('/')[^1] is var name && names.Add(name)) AddReferences(schemas[name], schemas, names);
        }
    }
}
