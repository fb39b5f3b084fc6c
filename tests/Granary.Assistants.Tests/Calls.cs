using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Granary.Assistants.Tests;

/// <summary>Calls of tools, as an assistant makes them.</summary>
internal static class Calls
{
    /// <summary>A batch over the sample bars, with a combination for each value of <paramref name="fast"/>.</summary>
    public static JsonObject Batch(string name = "idea", string fast = "[5, 10]", string symbol = "ACME", string slow = "50") =>
        JsonNode.Parse($$"""
        { "name": "{{name}}", "data": { "source": "csv:bars", "symbols": ["{{symbol}}"], "timeframe": "1h" },
          "account": { "cash": 100000 }, "execution": { "commissionPercent": 0.1 },
          "strategies": [ { "class": "SmaCross", "params": { "fast": {{fast}}, "slow": {{slow}} }, "size": { "percentOfEquity": 95 } } ],
          "portfolio": { "weights": "equal" } }
        """)!.AsObject();

    public static async Task<CallToolResult> CallAsync(this McpClient client, string tool,
        params (string Name, object? Value)[] arguments) =>
        await client.CallToolAsync(tool, arguments.ToDictionary(a => a.Name, a => a.Value));

    /// <summary>Calls a tool that must succeed; returns its structured content.</summary>
    public static async Task<JsonObject> DoneAsync(this McpClient client, string tool, params (string Name, object? Value)[] arguments)
    {
        var result = await client.CallAsync(tool, arguments);
        result.IsError.ShouldNotBe(true, result.Text());
        result.Text().ShouldNotBeNullOrWhiteSpace();
        return JsonNode.Parse(result.StructuredContent!.Value.GetRawText())!.AsObject();
    }

    /// <summary>Calls a tool that must be refused; returns the sentence.</summary>
    public static async Task<string> RefusedAsync(this McpClient client, string tool, params (string Name, object? Value)[] arguments)
    {
        var result = await client.CallAsync(tool, arguments);
        result.IsError.ShouldBe(true, result.Text());
        return result.Text();
    }

    public static string Text(this CallToolResult result) =>
        string.Join('\n', result.Content.OfType<TextContentBlock>().Select(c => c.Text));

    /// <summary>Runs a batch to its end; returns the id of the run.</summary>
    public static async Task<string> RunAsync(this McpClient client, JsonObject batch, string tool = "run_backtest")
    {
        var id = (await client.DoneAsync(tool, ("batch", batch)))["job"]!.GetValue<string>();
        await client.EndedAsync(id);
        return id;
    }

    /// <summary>Follows a job to its end, which must be done.</summary>
    public static async Task EndedAsync(this McpClient client, string id)
    {
        while (true)
        {
            var status = await client.DoneAsync("follow_job", ("id", id), ("seconds", 50));
            if (status["state"]!.GetValue<string>() is var state && state is "queued" or "running") continue;
            state.ShouldBe("done", status["fault"]?.ToString());
            return;
        }
    }

}
