using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Granary.Assistants.Tests;

/// <summary>The official client over standard input and output, and over HTTP.</summary>
public sealed class TransportsTests(ServedAssistants served) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData("stdio"), InlineData("http")]
    public async Task Tools_resources_and_prompts_are_listed_with_their_descriptions(string transport)
    {
        await using var client = await BothTransports.ConnectAsync(transport, served, _folder);
        client.ServerInfo.ShouldNotBeNull().Name.ShouldBe("granary");
        client.ServerInstructions.ShouldNotBeNull().ShouldContain("get_verdict");
        var tools = await client.ListToolsAsync();
        tools.Select(t => t.Name).ShouldBe(["cancel_job", "check_data", "compare_runs", "explain", "follow_job", "get_batch_schema",
            "get_results", "get_verdict", "list_catalogue", "list_data", "list_jobs", "list_runs", "list_signals", "list_trades",
            "read_docs", "run_backtest", "run_search", "run_walk_forward", "validate_batch", "why"]);
        foreach (var tool in tools)
        {
            tool.Description.Length.ShouldBeInRange(20, 400, tool.Name);
            var schema = tool.JsonSchema;
            schema.GetProperty("additionalProperties").GetBoolean().ShouldBeFalse(tool.Name);
            if (!schema.TryGetProperty("properties", out var properties)) continue;
            foreach (var property in properties.EnumerateObject())
            {
                property.Value.GetProperty("description").GetString().ShouldNotBeNullOrEmpty($"{tool.Name}.{property.Name}");
                property.Value.GetProperty("type").ValueKind.ShouldBe(JsonValueKind.String, $"{tool.Name}.{property.Name}");
            }
        }
        tools.Where(t => t.ProtocolTool.Annotations?.ReadOnlyHint != true).Select(t => t.Name)
            .ShouldBe(["cancel_job", "run_backtest", "run_search", "run_walk_forward"]);
        JsonSerializer.Serialize(tools.Select(t => t.ProtocolTool)).Length.ShouldBeLessThan(20_000);

        (await client.ListPromptsAsync()).Select(p => p.Name).Order(StringComparer.Ordinal)
            .ShouldBe(["go_to_paper", "improve_strategy", "validate_idea", "why_did_it_lose"]);
        var prompt = await client.GetPromptAsync("validate_idea", new Dictionary<string, object?> { ["idea"] = "it reverts after a fall" });
        prompt.Messages.Single().Content.ShouldBeOfType<TextContentBlock>().Text.ShouldContain("it reverts after a fall");

        var resources = await client.ListResourcesAsync();
        resources.Count(r => r.Uri.StartsWith("granary://docs/", StringComparison.Ordinal)).ShouldBeGreaterThan(40);
        (await client.ListResourceTemplatesAsync()).Select(t => t.UriTemplate).ShouldContain("granary://runs/{run}/report");
        var index = await ReadAsync(client, "granary://docs/llms.txt");
        index.ShouldStartWith("# Granary");
        index.ShouldContain("granary://docs/batch-file");
        var nested = resources.First(r => r.Uri.StartsWith("granary://docs/howto/", StringComparison.Ordinal));
        (await ReadAsync(client, nested.Uri)).ShouldStartWith("# ");
    }

    [Theory, InlineData("stdio"), InlineData("http")]
    public async Task An_idea_becomes_a_run_with_a_verdict(string transport)
    {
        await using var client = await BothTransports.ConnectAsync(transport, served, _folder);
        (await client.CallAsync("list_data", ("search", "ACME"))).Text().ShouldContain("csv:bars | 1h");
        var market = await client.DoneAsync("check_data", ("source", "csv:bars"), ("symbol", "ACME"), ("timeframe", "1h"));
        var rows = File.ReadAllLines(_folder.At("data/bars/ACME.csv")).Skip(1).ToList();
        market["bars"]!.GetValue<int>().ShouldBe(rows.Count);
        (await client.CallAsync("list_catalogue", ("kind", "strategies"), ("name", "SmaCross"))).Text().ShouldContain("parameter fast int");
        (await client.CallAsync("get_batch_schema", ("section", "strategies.size"))).Text().ShouldContain("percentOfEquity");

        var batch = Calls.Batch("journey");
        (await client.DoneAsync("validate_batch", ("batch", batch)))["valid"]!.GetValue<bool>().ShouldBeTrue();
        var run = await client.RunAsync(batch);
        var results = await client.DoneAsync("get_results", ("run", run), ("sort", "-sharpe"));
        results["strategies"]!.AsArray().Count.ShouldBe(2);
        results["verdict"]!["mayBeTraded"]!.GetValue<bool>().ShouldBeFalse();
        results["verdict"]!["luckBar"]!.GetValue<double>().ShouldBeGreaterThan(0);
        var checks = (await client.DoneAsync("get_verdict", ("run", run)))["checks"]!.AsArray();
        checks.Select(c => c!["check"]!.GetValue<string>()).ShouldContain("deflatedSharpe");
        (await client.DoneAsync("list_trades", ("run", run), ("sort", "pnlNet"), ("limit", 3)))["trades"]!.AsArray().Count.ShouldBe(3);
        (await client.DoneAsync("explain", ("term", "deflatedSharpe")))["terms"]!.AsArray().Count.ShouldBeGreaterThan(0);

        var forward = batch.DeepClone().AsObject();
        forward["walkForward"] = JsonNode.Parse("""{ "inSample": "6mo", "outOfSample": "3mo" }""");
        var second = await client.RunAsync(forward, "run_walk_forward");
        var difference = await client.DoneAsync("compare_runs", ("a", run), ("b", second));
        difference["sameDigest"]!.GetValue<bool>().ShouldBeFalse();
        (await client.DoneAsync("list_runs", ("search", "journey")))["total"]!.GetValue<int>().ShouldBe(2);
        (await ReadAsync(client, $"granary://runs/{run}/report")).ShouldContain("## Verdict");
        JsonNode.Parse(await ReadAsync(client, $"granary://runs/{run}/results"))!["strategies"]!.GetValue<int>().ShouldBe(2);
    }

    [Fact]
    public async Task A_search_runs_and_counts_its_trials()
    {
        await using var client = await served.ClientAsync();
        var batch = Calls.Batch("searched");
        var strategy = batch["strategies"]![0]!.AsObject();
        strategy["params"]!.AsObject().Remove("fast");
        strategy["search"] = JsonNode.Parse("""
            { "method": "random", "trials": 4, "objective": "sharpe", "space": { "fast": { "from": 5, "to": 20 } } }
            """);
        var run = await client.RunAsync(batch, "run_search");
        (await client.DoneAsync("get_results", ("run", run)))["kind"]!.GetValue<string>().ShouldBe("search");
    }

    private static async Task<string> ReadAsync(McpClient client, string uri) =>
        (await client.ReadResourceAsync(uri)).Contents.Single().ShouldBeOfType<TextResourceContents>().Text;
}
