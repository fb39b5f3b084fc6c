using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Granary.Assistants.Calls;

/// <summary>
/// Checks a request before the library reads it, because a fault of its form would be answered with an error that does not say what is
/// wrong.
/// </summary>
internal static class MessageCheck
{
    private const string Arguments = "arguments";

    /// <exception cref="McpProtocolException">The request has a different form than its method, or a text that is none.</exception>
    public static void Check(JsonRpcRequest request)
    {
        if (request.Method is RequestMethods.ResourcesSubscribe or RequestMethods.ResourcesUnsubscribe)
            throw new McpProtocolException($"{request.Method}: this server sends no messages about changed resources; read the "
                + "resource again, or wait for a job with follow_job", McpErrorCode.MethodNotFound);
        if (request.Params is not { } given) return;
        if (FaultOf(request.Method, given) is { } fault)
            throw new McpProtocolException($"{request.Method}: {fault}", McpErrorCode.InvalidParams);
    }

    private static string? FaultOf(string method, JsonNode given)
    {
        // A text with half a character is found when it is read, as is a key that occurs twice.
        if (TextFaultOf(given, "params") is { } unreadable) return unreadable;
        if (given is not JsonObject parameters) return $"params is {Words(given)}; an object is needed";
        var key = method switch
        {
            RequestMethods.ToolsCall or RequestMethods.PromptsGet => "name",
            RequestMethods.ResourcesRead => "uri",
            _ => null,
        };
        if (key is null) return null;
        if (parameters[key] is not { } name) return $"params.{key} is missing";
        if (name.GetValueKind() != JsonValueKind.String) return $"params.{key} is {Words(name)}; a text is needed";
        if (parameters[Arguments] is not { } arguments) return null;
        if (arguments is not JsonObject all) return $"params.{Arguments} is {Words(arguments)}; an object of names and values is needed";
        if (method != RequestMethods.PromptsGet) return null;
        foreach (var (argument, value) in all)
            if (value?.GetValueKind() != JsonValueKind.String) return $"params.{Arguments}.{argument} is {Words(value)}; a text is needed";
        return null;
    }

    private static string? TextFaultOf(JsonNode? node, string place)
    {
        try
        {
            return node switch
            {
                JsonObject members => members.Select(m => TextFaultOf(m.Value, $"{place}.{m.Key}")).FirstOrDefault(f => f is not null),
                JsonArray items => items.Select((item, i) => TextFaultOf(item, FormattableString.Invariant($"{place}[{i}]")))
                    .FirstOrDefault(f => f is not null),
                JsonValue value when value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is null => null,
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            return $@"{place} has an escape from \ud800 to \udfff without its other half, which is no character; send both halves, or none";
        }
        catch (ArgumentException)
        {
            return $"{place} has a key twice; give it once";
        }
    }

    private static string Words(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "null",
    };
}
