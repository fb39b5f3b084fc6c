using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Assistants.Answers;
using Granary.Engine;
using Granary.Engine.Market;
using ModelContextProtocol.Protocol;

namespace Granary.Assistants.Tools;

/// <summary>The schema of batch files (docs/batch.schema.json) in parts that fit into an answer.</summary>
internal static class BatchSchema
{
    // A larger part is answered as the list of its keys.
    private const int Longest = 6_000;

    private const string Example = """
        { "name": "idea", "data": { "source": "store:data/bars", "symbols": ["BTCUSDT"], "timeframe": "1h" }, "account": { "cash": 100000 },
          "execution": { "commissionPercent": 0.1, "slippagePercent": 0.02 },
          "strategies": [ { "class": "SmaCross", "params": { "fast": [10, 20], "slow": 50 }, "size": { "percentOfEquity": 95 } } ] }
        """;

    private static readonly Lazy<JsonObject> s_schema = new(() =>
    {
        using var file = typeof(BatchSchema).Assembly.GetManifestResourceStream("batch.schema.json")!;
        return JsonNode.Parse(file)!.AsObject();
    });

    public static CallToolResult Overview()
    {
        var sections = s_schema.Value["properties"]!.AsObject().Where(p => p.Key != "$schema").Select(p => Row(p.Key, p.Value!)).ToList();
        return Answer.Of("A batch is a JSON object. Required: " + string.Join(", ", s_schema.Value["required"]!.AsArray()) + ".")
            .Line($"Example: {Example.ReplaceLineEndings(" ")}")
            .Table("sections", [AnswerColumn.Of("key"), AnswerColumn.Of("type"), AnswerColumn.Of("description"), AnswerColumn.Of("keys")],
                sections)
            .With("example", JsonNode.Parse(Example)).Done();
    }

    /// <exception cref="InputException">The batch has no such key.</exception>
    public static CallToolResult Of(string path)
    {
        JsonNode at = s_schema.Value;
        var done = "";
        foreach (var name in path.Split('.'))
        {
            var keys = KeysOf(at);
            if (!keys.TryGetValue(name, out var next))
                throw new InputException($"section={path}: {(done.Length == 0 ? "a batch" : done)} has no key '{name}'; "
                    + (Spelling.Nearest(name, keys.Keys) is { } near ? $"did you mean '{near}'?"
                        : keys.Count == 0 ? "it has no keys" : $"it has {string.Join(", ", keys.Keys)}"));
            (at, done) = (next, done.Length == 0 ? name : $"{done}.{name}");
        }
        var text = at.ToJsonString();
        if (text.Length <= Longest)
            return Answer.Of($"The schema of '{path}'.").Line(text).With("schema", at.DeepClone()).Done();
        var rows = KeysOf(at).Select(p => Row(p.Key, p.Value)).ToList();
        return Answer.Of(string.Create(CultureInfo.InvariantCulture, $"'{path}' has {rows.Count} keys; ask for '{path}.KEY' to see one in full."))
            .Table("keys", [AnswerColumn.Of("key"), AnswerColumn.Of("type"), AnswerColumn.Of("description"), AnswerColumn.Of("keys")], rows)
            .Done();
    }

    private static JsonObject Row(string key, JsonNode schema)
    {
        var keys = KeysOf(schema).Keys.ToList();
        return new JsonObject
        {
            ["key"] = key,
            ["type"] = TypeOf(schema),
            ["description"] = schema["description"]?.DeepClone(),
            ["keys"] = keys.Count == 0 ? null : string.Join(", ", keys),
        };
    }

    private static string TypeOf(JsonNode schema) => schema["type"] is JsonArray several ? string.Join("|", several)
        : schema["type"]?.ToString() ?? (Alternatives(schema).Select(TypeOf).Distinct() is var all && all.Any() ? string.Join("|", all) : "any");

    // The keys of an object, of the objects in a list, or of any alternative.
    private static Dictionary<string, JsonNode> KeysOf(JsonNode schema)
    {
        var keys = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        if (schema["properties"] is JsonObject own)
            foreach (var (name, value) in own)
                if (value is not null) keys.TryAdd(name, value);
        foreach (var part in Alternatives(schema).Append(schema["items"]).OfType<JsonObject>())
            foreach (var (name, value) in KeysOf(part))
                keys.TryAdd(name, value);
        return keys;
    }

    private static IEnumerable<JsonNode> Alternatives(JsonNode schema) =>
        new[] { "oneOf", "anyOf", "allOf" }.SelectMany(k => schema[k] as JsonArray ?? []).OfType<JsonNode>();
}
