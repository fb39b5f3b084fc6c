using System.Text.Json.Nodes;

namespace Granary.Api.Description;

/// <summary>
/// Examples of requests and answers: docs/openapi-examples.json, which the tests of the API recorded from a server and compare with the
/// schemas.
/// </summary>
internal static class OperationExamples
{
    public static void Add(JsonObject document)
    {
        var all = DocumentJson.Resource("openapi-examples.json");
        foreach (var (_, _, operation) in DocumentJson.Operations(document))
        {
            if (all[(string)operation["operationId"]!] is not JsonObject examples) continue;
            if (examples["request"] is { } request) Put(operation["requestBody"]?["content"], examples["requestType"], request);
            if (examples["answer"] is { } answer)
                Put(operation["responses"]![(string)examples["status"]!]?["content"], examples["answerType"], answer);
        }
    }

    private static void Put(JsonNode? content, JsonNode? type, JsonNode example)
    {
        if (content?[(string)type!] is JsonObject media) media["example"] = example.DeepClone();
    }
}
