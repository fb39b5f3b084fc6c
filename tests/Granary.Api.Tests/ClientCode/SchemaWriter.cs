using System.Collections.Frozen;
using System.Text.Json;

namespace Granary.Api.Tests.ClientCode;

/// <summary>Writes the records and enumerations of the document's schemas, each into a file.</summary>
internal sealed class SchemaWriter(SchemaTypes types)
{
    public const string Room = "Schemas";

    // Keys of the document that stay for its callers, and the glossary's words for them.
    private static readonly FrozenDictionary<string, string> s_names = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["desk"] = "Gateway",
        ["instant"] = "Timestamp",
        ["pace"] = "ReplaySpeed",
    }.ToFrozenDictionary();

    /// <summary>The schema's file, and those of the objects within it.</summary>
    public IEnumerable<(string Name, string Text)> Write(string name, JsonElement schema)
    {
        if (SchemaTypes.IsEnumeration(schema)) yield return (name, Enumeration(name, schema));
        if (!SchemaTypes.IsRecord(schema)) yield break;
        yield return (name, Record(name, schema));
        while (types.Inner.Count > 0)
        {
            var (inner, part) = types.Inner.First();
            yield return (inner, Record(inner, part));
            types.Inner.Remove(inner);
        }
    }

    private static CSharpText Begin(params string[] usings)
    {
        var text = new CSharpText().Line(ClientSource.Head);
        foreach (var space in usings) text.Line($"using {space};");
        if (usings.Length > 0) text.Line();
        return text.Line($"namespace Granary.Client.{Room};").Line();
    }

    private static string Enumeration(string name, JsonElement schema)
    {
        var text = Begin("System.Text.Json.Serialization").Comment("", "summary", SchemaTypes.Text(schema, "description"))
            .Line($"[JsonConverter(typeof(JsonStringEnumConverter<{name}>))]").Line($"public enum {name}").Line("{");
        foreach (var word in schema.GetProperty("enum").EnumerateArray().Select(w => w.GetString()!))
            text.Line($"    [JsonStringEnumMemberName(\"{word}\")]").Line($"    {CSharpText.Pascal(word)},").Line();
        return text.ToString().TrimEnd() + "\n}\n";
    }

    private string Record(string name, JsonElement schema)
    {
        var body = new CSharpText();
        var parts = PartsOf(schema).ToList();
        foreach (var part in parts) Properties(body, name, part);
        if (parts[0].TryGetProperty("additionalProperties", out var others) && others.ValueKind == JsonValueKind.Object)
            body.Comment("    ", "summary", SchemaTypes.Text(others, "description")).Line("    [JsonExtensionData]")
                .Line("    public Dictionary<string, JsonElement>? Others { get; init; }").Line();
        var members = body.ToString().TrimEnd();
        List<string> usings = [];
        if (members.Contains("JsonElement", StringComparison.Ordinal)) usings.Add("System.Text.Json");
        if (members.Contains("[Json", StringComparison.Ordinal)) usings.Add("System.Text.Json.Serialization");
        return Begin([.. usings]).Comment("", "summary", SchemaTypes.Text(schema, "description"))
            .Line($"public sealed record {name}").Line("{") + members + "\n}\n";
    }

    // A schema of several parts has the properties of all.
    private IEnumerable<JsonElement> PartsOf(JsonElement schema) => schema.TryGetProperty("allOf", out var all)
        ? all.EnumerateArray().SelectMany(PartsOf)
        : schema.TryGetProperty("$ref", out var reference) ? PartsOf(types.Find(reference.GetString()!.Split('/')[^1])) : [schema];

    private void Properties(CSharpText text, string owner, JsonElement schema)
    {
        var required = schema.TryGetProperty("required", out var names)
            ? names.EnumerateArray().Select(n => n.GetString()!).ToHashSet(StringComparer.Ordinal) : [];
        foreach (var property in schema.GetProperty("properties").EnumerateObject())
        {
            var name = s_names.GetValueOrDefault(property.Name) ?? CSharpText.Pascal(property.Name);
            var type = types.Of(property.Value, owner + name);
            // A member cannot have the name of its type.
            if (name == owner) name += "Value";
            var isRequired = required.Contains(property.Name);
            text.Comment("    ", "summary", Description(property.Value));
            if (JsonNamingPolicy.CamelCase.ConvertName(name) != property.Name) text.Line($"    [JsonPropertyName(\"{property.Name}\")]");
            var optional = !isRequired || SchemaTypes.IsNullable(property.Value) ? "?" : "";
            text.Line($"    public {(isRequired ? "required " : "")}{type}{optional} {name} {{ get; init; }}").Line();
        }
    }

    private static string? Description(JsonElement schema)
    {
        var text = SchemaTypes.Text(schema, "description") ?? (schema.TryGetProperty("oneOf", out var choices)
            ? choices.EnumerateArray().Select(c => SchemaTypes.Text(c, "description")).FirstOrDefault(d => d is not null) : null);
        if (!SchemaTypes.IsEnumeration(schema) || !schema.TryGetProperty("type", out _)) return text;
        var words = string.Join(", ", schema.GetProperty("enum").EnumerateArray().Where(w => w.ValueKind == JsonValueKind.String)
            .Select(w => w.GetString()));
        return text is null ? $"One of {words}." : $"{text.TrimEnd('.')}. One of {words}.";
    }
}
