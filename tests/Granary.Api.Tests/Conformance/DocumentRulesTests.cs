using System.Text.Json.Nodes;
using Granary.Testing;

namespace Granary.Api.Tests.Conformance;

/// <summary>
/// Rules of Spectral's rulesets <c>spectral:oas</c> and <c>owasp</c> that the document once broke. They read each object with a type as a
/// schema, also within examples.
/// </summary>
public sealed class DocumentRulesTests
{
    private static readonly string[] s_types = ["array", "boolean", "integer", "null", "number", "object", "string"];

    private readonly JsonNode _document =
        JsonNode.Parse(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "docs", "openapi.json")))!;

    [Fact]
    public void Each_text_and_each_list_has_a_limit() => ObjectsIn(_document)
        .Where(o => TypeOf(o) is "string" && !HasAny(o, "maxLength", "enum", "const") || TypeOf(o) is "array" && !HasAny(o, "maxItems"))
        .Select(o => o.GetPath()).ShouldBeEmpty();

    [Fact]
    public void Each_list_says_what_its_items_are() =>
        ObjectsIn(_document).Where(o => TypeOf(o) is "array" && !HasAny(o, "items")).Select(o => o.GetPath()).ShouldBeEmpty();

    [Fact]
    public void What_has_a_default_and_a_type_has_a_type_of_JSON_Schema() => ObjectsIn(_document)
        .Where(o => o["default"] is not null && TypeOf(o) is { } type && !s_types.Contains(type)).Select(o => o.GetPath()).ShouldBeEmpty();

    [Fact]
    public void The_server_says_which_environment_it_is() =>
        ((string)_document["servers"]![0]!["description"]!).ShouldContain("production");

    [Theory]
    [InlineData("""{ "a": { "type": "string" } }""", "string", "$.a")]
    [InlineData("""{ "examples": [ { "type": "array" } ] }""", "array", "$.examples[0]")]
    public void An_object_within_lists_and_examples_is_found(string text, string type, string path) =>
        ObjectsIn(JsonNode.Parse(text)!).Where(o => TypeOf(o) == type).Select(o => o.GetPath()).ShouldBe([path]);

    private static bool HasAny(JsonObject schema, params string[] keys) => keys.Any(schema.ContainsKey);

    private static string? TypeOf(JsonObject schema) =>
        schema["type"] is JsonValue value && value.TryGetValue<string>(out var type) ? type : null;

    private static IEnumerable<JsonObject> ObjectsIn(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(part => ObjectsIn(part.Value)).Prepend(map),
        JsonArray list => list.SelectMany(ObjectsIn),
        _ => [],
    };
}
