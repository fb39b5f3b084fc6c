using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>Calls of <c>/mcp</c> on a silo: JSON-RPC over HTTP, each request alone.</summary>
internal static class AssistantCalls
{
    private const string Data = "data: ";

    /// <summary>Returns the result of a method; fails with the error of the protocol.</summary>
    public static async Task<JsonObject> McpAsync(this HttpClient silo, string key, string method, JsonObject? parameters = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp")
        {
            Content = JsonContent.Create(new { jsonrpc = "2.0", id = 1, method, @params = parameters ?? [] }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        using var answer = await silo.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        var last = text.Split('\n').Last(l => l.StartsWith(Data, StringComparison.Ordinal));
        var message = JsonNode.Parse(last[Data.Length..])!;
        return message["result"].ShouldNotBeNull(text).AsObject();
    }

    /// <summary>Calls a tool.</summary>
    /// <returns>Whether it was refused, its text, and its structured content.</returns>
    public static async Task<(bool IsRefused, string Text, JsonObject Content)> ToolAsync(this HttpClient silo, string key, string tool,
        JsonObject arguments)
    {
        var result = await silo.McpAsync(key, "tools/call", new() { ["name"] = tool, ["arguments"] = arguments });
        return (result["isError"]?.GetValue<bool>() == true, (string)result["content"]![0]!["text"]!,
            result["structuredContent"]?.DeepClone().AsObject() ?? []);
    }

    /// <summary>Calls a tool that must succeed; returns its structured content.</summary>
    public static async Task<JsonObject> DoneAsync(this HttpClient silo, string key, string tool, JsonObject arguments)
    {
        var (isRefused, text, content) = await silo.ToolAsync(key, tool, arguments);
        isRefused.ShouldBeFalse(text);
        return content;
    }

    /// <summary>Follows a job to its end, which must be done.</summary>
    public static async Task EndedAsync(this HttpClient silo, string key, string id)
    {
        while (true)
        {
            var status = await silo.DoneAsync(key, "follow_job", new() { ["id"] = id, ["seconds"] = 50 });
            if ((string)status["state"]! is var state && state is "queued" or "running") continue;
            state.ShouldBe("done", status["fault"]?.ToString());
            return;
        }
    }
}
