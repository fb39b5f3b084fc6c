using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Testing;

namespace Granary.Api.Tests.Compatibility;

/// <summary>Two kinds of changes of the API: those that break clients of the last release, and additions.</summary>
public sealed class ApiComparisonTests
{
    private const string Document = """
        {
          "paths": { "/things/{id}": {
            "put": {
              "operationId": "putThing", "x-role": "submitter",
              "parameters": [ { "name": "id", "in": "path", "required": true, "schema": {} },
                { "name": "limit", "in": "query", "schema": { "type": "integer", "minimum": 1, "maximum": 100 } } ],
              "requestBody": { "required": true, "content": {
                "application/json": { "schema": { "$ref": "#/components/schemas/NewThing" } } } },
              "responses": { "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } },
                "404": { "$ref": "#/components/responses/Missing" } }
            },
            "delete": { "operationId": "deleteThing", "x-role": "admin", "responses": { "204": {} } }
          } },
          "components": {
            "schemas": {
              "NewThing": { "type": "object", "required": [ "name" ], "properties": {
                "name": { "type": "string", "maxLength": 100 }, "side": { "type": "string", "enum": [ "buy", "sell" ] },
                "size": { "type": [ "number", "null" ] } } },
              "Thing": { "type": "object", "required": [ "name", "size" ], "properties": {
                "name": { "type": "string" }, "size": { "type": "number" }, "state": { "type": "string", "enum": [ "new", "old" ] },
                "parts": { "type": "array", "items": { "$ref": "#/components/schemas/Thing" } } } }
            },
            "responses": { "Missing": { "content": { "application/problem+json": {} } } }
          }
        }
        """;

    private const string Body = "components/schemas/NewThing/", Answer = "components/schemas/Thing/", Put = "paths/~1things~1{id}/put/";

    private static string ReleasedPath => Path.Combine(SharedData.RepositoryRoot, "docs", "openapi.released.json");

    private static JsonElement Edited(string pointer, string? value)
    {
        var document = JsonNode.Parse(Document)!;
        var parts = pointer.Split('/').Select(p => p.Replace("~1", "/")).ToList();
        var parent = parts.SkipLast(1).Aggregate(document, (at, name) =>
            int.TryParse(name, out var i) && at is JsonArray list ? list[i]! : at[name]!);
        if (value is null) parent.AsObject().Remove(parts[^1]).ShouldBeTrue();
        else if (parent is JsonArray items) items.Add(JsonNode.Parse(value));
        else parent[parts[^1]] = JsonNode.Parse(value);
        return JsonSerializer.SerializeToElement(document);
    }

    [Theory]
    [InlineData("paths/~1things~1{id}/delete", null, "the operation was removed")]
    [InlineData(Put + "operationId", "\"storeThing\"", "its name changed from putThing to storeThing")]
    [InlineData(Put + "x-role", "\"admin\"", "it needs the role admin")]
    [InlineData(Put + "parameters/+", """{ "name": "why", "in": "query", "required": true, "schema": {} }""",
        "the parameter why (query) was added and is required")]
    [InlineData(Put + "parameters/1/schema/maximum", "50", "the limit maximum is stricter: 50")]
    [InlineData(Put + "parameters/1/name", "\"count\"", "the parameter limit (query) was removed")]
    [InlineData(Put + "parameters/1/required", "true", "the parameter limit (query) is now required")]
    [InlineData(Put + "responses/404", null, "the status was removed")]
    [InlineData("components/responses/Missing/content", "{}", "the media type application/problem+json was removed")]
    [InlineData(Put + "requestBody/content", """{ "text/csv": {} }""", "the media type application/json was removed")]
    [InlineData(Body + "required/+", "\"size\"", "the field size is now required")]
    [InlineData(Body + "properties/size", null, "the field size was removed")]
    [InlineData(Body + "properties/size/type", "\"number\"", "the type changed from null|number to number")]
    [InlineData(Body + "properties/name/maxLength", "10", "the limit maxLength is stricter: 10")]
    [InlineData(Body + "properties/name/pattern", "\"^a\"", "the pattern ^a is new")]
    [InlineData(Body + "properties/side/enum", "[ \"buy\" ]", "the word sell was removed")]
    [InlineData(Answer + "properties/size", null, "the field size was removed")]
    [InlineData(Answer + "properties/size/type", "[ \"number\", \"null\" ]", "the type changed from number to null|number")]
    [InlineData(Answer + "properties/size/type", "\"string\"", "the type changed from number to string")]
    [InlineData(Answer + "required", "[ \"name\" ]", "the field size can now be absent")]
    public void A_change_that_clients_can_fail_at_is_breaking(string pointer, string? value, string what) =>
        ApiComparison.Of(JsonDocument.Parse(Document).RootElement, Edited(pointer, value)).Where(c => c.IsBreaking).Select(c => c.What)
            .ShouldContain(what);

    [Theory]
    [InlineData("paths/~1others", """{ "get": { "operationId": "listOthers", "responses": {} } }""", "the operation was added")]
    [InlineData(Put + "x-role", "\"viewer\"", null)]
    [InlineData(Put + "parameters/+", """{ "name": "why", "in": "query", "schema": {} }""", "the parameter why (query) was added")]
    [InlineData(Put + "parameters/1/schema/maximum", "500", null)]
    [InlineData(Put + "responses/409", "{}", "the status was added")]
    [InlineData(Body + "required", "[]", null)]
    [InlineData(Body + "properties/note", """{ "type": "string" }""", "the field note was added")]
    [InlineData(Body + "properties/name/type", "[ \"string\", \"null\" ]", "the type changed from string to null|string")]
    [InlineData(Answer + "properties/note", """{ "type": "string" }""", "the field note was added")]
    [InlineData(Answer + "required/+", "\"state\"", null)]
    [InlineData(Answer + "properties/state/enum/+", "\"gone\"", "the word gone was added")]
    public void An_addition_breaks_nothing(string pointer, string? value, string? what)
    {
        var changes = ApiComparison.Of(JsonDocument.Parse(Document).RootElement, Edited(pointer, value));
        changes.Where(c => c.IsBreaking).ShouldBeEmpty();
        if (what is not null) changes.Select(c => c.What).ShouldContain(what);
    }

    [Fact]
    public void A_renamed_variable_of_a_path_is_no_change() => ApiComparison.Of(JsonDocument.Parse(Document).RootElement,
        JsonDocument.Parse(Document.Replace("{id}", "{name}")).RootElement).ShouldBeEmpty();

    [Fact]
    public async Task The_api_breaks_no_client_of_the_last_release()
    {
        var now = Path.Combine(SharedData.RepositoryRoot, "docs", "openapi.json");
        if (Environment.GetEnvironmentVariable("GRANARY_WRITE_RELEASED_API") == "1")
            await File.WriteAllTextAsync(ReleasedPath, Bare(JsonNode.Parse(await File.ReadAllTextAsync(now)))!.ToJsonString() + "\n");
        ApiComparison.Of(JsonDocument.Parse(await File.ReadAllTextAsync(ReleasedPath)).RootElement,
            JsonDocument.Parse(await File.ReadAllTextAsync(now)).RootElement).Where(c => c.IsBreaking).ShouldBeEmpty(
            "clients of the last release fail at these changes; see 'An operation of the API' in CONTRIBUTING.md");
    }

    // Texts and examples change freely.
    private static JsonNode? Bare(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.Where(p => p.Key is not ("example" or "summary")
            && !(p.Key == "description" && p.Value is JsonValue)).Select(p => KeyValuePair.Create(p.Key, Bare(p.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Bare)]),
        _ => node?.DeepClone(),
    };
}
