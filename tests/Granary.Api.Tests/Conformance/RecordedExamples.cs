using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Testing;

namespace Granary.Api.Tests.Conformance;

/// <summary>
/// The examples of docs/openapi-examples.json, which the tests record with GRANARY_WRITE_EXAMPLES=1: of each operation the longest answer
/// below a limit, and its request.
/// </summary>
internal static class RecordedExamples
{
    private const int Longest = 2_500, MostItems = 2;

    private static readonly Lock s_one = new();
    private static readonly string s_path = Path.Combine(SharedData.RepositoryRoot, "docs", "openapi-examples.json");
    private static readonly JsonSerializerOptions s_json =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static bool IsRecording => Environment.GetEnvironmentVariable("GRANARY_WRITE_EXAMPLES") == "1";

    public static void Record(string operation, string? request, string? requestType, int status, string type, JsonElement answer,
        string folder)
    {
        if (!IsRecording) return;
        var shown = Short(JsonNode.Parse(Placed(answer.GetRawText(), folder)));
        var length = shown?.ToJsonString().Length ?? 0;
        lock (s_one)
        {
            var all = new SortedDictionary<string, JsonNode?>(JsonNode.Parse(File.ReadAllText(s_path))!.AsObject()
                .ToDictionary(e => e.Key, e => e.Value?.DeepClone()), StringComparer.Ordinal);
            if (length > Longest
                || request?.Length > Longest
                || all.TryGetValue(operation, out var known) && known!["answer"]?.ToJsonString().Length >= length) return;
            var example = new JsonObject { ["status"] = $"{status}", ["answerType"] = type, ["answer"] = shown };
            if (!string.IsNullOrEmpty(request))
            {
                var text = Placed(request, folder);
                example["requestType"] = requestType;
                example["request"] = requestType == "application/json" ? JsonNode.Parse(text, documentOptions: new JsonDocumentOptions
                { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }) : JsonValue.Create(text);
            }
            all[operation] = example;
            File.WriteAllText(s_path, new JsonObject(all).ToJsonString(s_json) + "\n");
        }
    }

    private static string Placed(string text, string folder) =>
        text.Replace(folder, "/srv/granary", StringComparison.Ordinal).Replace(Environment.MachineName, "server", StringComparison.Ordinal);

    // Lists of examples are short.
    private static JsonNode? Short(JsonNode? node) => node switch
    {
        JsonArray list => new JsonArray([.. list.Take(MostItems).Select(Short)]),
        JsonObject map => new JsonObject(map.Select(p => KeyValuePair.Create(p.Key, Short(p.Value)))),
        _ => node?.DeepClone(),
    };
}
