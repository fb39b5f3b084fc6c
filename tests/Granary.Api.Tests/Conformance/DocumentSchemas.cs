using System.Text.Json;
using Json.Schema;

namespace Granary.Api.Tests.Conformance;

/// <summary>Checks values against the schemas in a JSON document, by JSON Schema 2020-12 with its formats.</summary>
internal sealed class DocumentSchemas
{
    private static readonly EvaluationOptions s_options = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };

    private readonly Uri _address = new("https://granary.test/document.json");
    private readonly BuildOptions _build = new() { SchemaRegistry = new SchemaRegistry() };
    private readonly Dictionary<string, JsonSchema> _schemas = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public DocumentSchemas(JsonElement document) =>
        _build.SchemaRegistry.Register(new JsonElementBaseDocument(document, _address));

    /// <summary>A step of a JSON pointer.</summary>
    public static string Step(string name) => "/" + name.Replace("~", "~0").Replace("/", "~1");

    /// <summary>All that differs, with the places in the value; null where the value is as the schema says.</summary>
    /// <param name="pointer">The schema's place in the document, as /components/schemas/Job.</param>
    public string? FaultOf(string pointer, JsonElement value)
    {
        var results = SchemaAt(pointer).Evaluate(value, s_options);
        return results.IsValid ? null : string.Join("; ", (results.Details ?? []).Append(results)
            .SelectMany(d => (d.Errors ?? []).Select(e => $"{d.InstanceLocation}: {e.Value}")));
    }

    private JsonSchema SchemaAt(string pointer)
    {
        lock (_lock)
        {
            if (_schemas.TryGetValue(pointer, out var known)) return known;
            var reference = $"{_address}#{string.Join('/', pointer.Split('/').Select(Uri.EscapeDataString))}";
            return _schemas[pointer] = JsonSchema.FromText($$"""{ "$ref": "{{reference}}" }""", _build);
        }
    }
}
