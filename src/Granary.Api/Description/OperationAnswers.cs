using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Granary.Api.Description;

/// <summary>Adds the answers that every operation can give, and the headers of all answers, to the OpenAPI document.</summary>
internal static class OperationAnswers
{
    private const string ProblemType = "application/problem+json";

    private static readonly FrozenDictionary<string, string> s_problems = new Dictionary<string, string>
    {
        ["400"] = "The input or the request is wrong.",
        ["401"] = "No valid key, token or session.",
        ["403"] = "The caller's role is too low, or has no right to run code; or, without keys and sign-in, only this machine may call.",
        ["404"] = "The named object does not exist.",
        ["409"] = "The current state of the object does not allow the operation.",
        ["410"] = "The revision is too old.",
        ["406"] = "The content cannot be answered in a type that the caller accepts.",
        ["412"] = "Changed in the meantime.",
        ["413"] = "The body is too large.",
        ["415"] = "The operation does not accept the media type of the body.",
        ["416"] = "The file does not have the requested range of bytes.",
        ["422"] = "The idempotency key was used for another text.",
        ["428"] = "The request needs If-Match or If-None-Match.",
        ["429"] = "The caller is over a limit; Retry-After has the time to wait.",
        ["500"] = "The server failed; its log has the details under the trace id.",
        ["503"] = "A part that the request needs does not answer; Retry-After has the time to wait.",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> s_headers = new Dictionary<string, string>
    {
        ["RateLimit"] = "The caller's remaining quota, such as \"requests\";r=9999;t=1. Absent without a limit.",
        ["RateLimit-Policy"] = "The caller's limit, such as \"requests\";q=10000;w=2. Absent without a limit.",
        ["Access-Control-Allow-Origin"] = "The server's own origin: pages of other sites cannot read its answers.",
        ["Granary-Api"] = "The version of the API; a request with another version is refused.",
        ["Retry-After"] = "Seconds to wait.",
        ["WWW-Authenticate"] = "Bearer.",
        ["ETag"] = "The version of the weights or rules.",
        ["Location"] = "The path of the created object.",
        ["Link"] = "The next page, as in RFC 8288; absent on the last.",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly string[] s_always = ["RateLimit", "RateLimit-Policy", "Access-Control-Allow-Origin", "Granary-Api"];

    private static readonly FrozenSet<string> s_tagged = FrozenSet.Create("getWeights", "setWeights", "rollBackWeights",
        "getNotifications", "listNotificationRules", "setNotificationRules", "resetNotificationRules");

    private static readonly FrozenSet<string> s_placed = FrozenSet.Create("submitJob", "submitBatch", "submitQuickstart",
        "submitExperiment", "addDeployment", "startSession", "putUpload", "shareRun", "setSchedule");

    public static void Write(JsonObject document)
    {
        foreach (var (name, text) in s_headers)
            DocumentJson.Components(document, "headers")[name] =
                new JsonObject { ["description"] = text, ["schema"] = new JsonObject { ["type"] = "string" } };
        foreach (var (status, text) in s_problems) DocumentJson.Components(document, "responses")[NameOf(status)] = ProblemOf(status, text);
        foreach (var (_, verb, operation) in DocumentJson.Operations(document)) Write(verb, operation);
    }

    private static void Write(string verb, JsonObject operation)
    {
        var answers = operation["responses"]!.AsObject();
        var id = (string)operation["operationId"]!;
        if (answers["200"] is JsonObject file && id.EndsWith("File", StringComparison.Ordinal)) OfFile(answers, file);
        if (id == "getWeights") answers["304"] = new JsonObject { ["description"] = "The caller has the weights in force." };
        List<string> statuses = ["400", "403", "429", "500", "503", .. verb == "get" ? (string[])[] : ["413", "415"]];
        foreach (var status in statuses) answers.TryAdd(status, new JsonObject { ["content"] = new JsonObject { [ProblemType] = null } });
        foreach (var (status, answer) in answers.ToList())
            if (answer!["content"]?.AsObject().ContainsKey(ProblemType) == true)
                answers[status] = DocumentJson.Reference("responses", NameOf(status));
            else AddHeaders(answer, HeadersOf(id, status, operation));
        operation["responses"] = new JsonObject(answers.OrderBy(a => a.Key, StringComparer.Ordinal)
            .Select(a => KeyValuePair.Create(a.Key, (JsonNode?)a.Value!.DeepClone())));
    }

    private static IEnumerable<string> HeadersOf(string id, string status, JsonObject operation)
    {
        if (s_tagged.Contains(id)) yield return "ETag";
        if (status is "201" or "202" && s_placed.Contains(id)) yield return "Location";
        if (operation["parameters"] is JsonArray parameters && parameters.Any(p => (string?)p!["name"] == "cursor")) yield return "Link";
    }

    // Files of runs and jobs: the media type follows the name.
    private static void OfFile(JsonObject answers, JsonObject file)
    {
        file["content"] = new JsonObject
        {
            ["application/octet-stream"] = new JsonObject(),
            ["application/json"] = new JsonObject(),
            ["text/csv"] = TextContent(),
            ["text/html"] = TextContent(),
            ["text/plain"] = TextContent(),
        };
        answers["206"] = new JsonObject
        {
            ["description"] = "The part of the file that the header Range requests.",
            ["content"] = file["content"]!.DeepClone(),
        };
        answers.TryAdd("416", new JsonObject { ["content"] = new JsonObject { [ProblemType] = null } });

        static JsonObject TextContent() => new() { ["schema"] = new JsonObject { ["type"] = "string" } };
    }

    private static JsonObject ProblemOf(string status, string text)
    {
        var problem = new JsonObject
        {
            ["description"] = text,
            ["content"] = new JsonObject
            {
                [ProblemType] = new JsonObject { ["schema"] = DocumentJson.Reference("schemas", "ProblemDetails") },
            },
        };
        AddHeaders(problem, status switch { "429" or "503" => ["Retry-After"], "401" => ["WWW-Authenticate"], _ => [] });
        return problem;
    }

    private static void AddHeaders(JsonNode answer, IEnumerable<string> more)
    {
        var headers = new JsonObject();
        foreach (var name in s_always.Concat(more)) headers[name] = DocumentJson.Reference("headers", name);
        answer["headers"] = headers;
    }

    private static string NameOf(string status) => "Problem" + status;
}
