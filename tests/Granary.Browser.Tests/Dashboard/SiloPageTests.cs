using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Granary.Browser.Tests.Dashboard;

/// <summary>The dashboard as a silo of a cluster serves it.</summary>
public sealed class SiloPageTests(Browser browser)
{
    private const string Batch = """
        { "name": "spread",
          "data": { "source": "csv:.", "symbols": "COINUSDT", "timeframe": "1h", "to": "2022-03-01" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 30] }, "size": { "percentOfEquity": 20 } } ],
          "portfolio": { "weights": "equal" } }
        """;

    [Fact]
    public async Task A_silo_serves_the_page_with_the_results_of_its_cluster()
    {
        await using var server = await GranaryServer.StartAsync(silo: true);
        var run = await server.JobAsync("batches", JsonNode.Parse(Batch)!);
        await using var visit = await Visit.OpenAsync(browser, server, "/jobs/" + run);
        await visit.ShowsAsync("Best strategies");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "See the results" }).ClickAsync();
        await visit.ShowsAsync("How far this can be believed");
        await visit.ShowsAsync("on cluster, ");
        visit.Complaints.ShouldBeEmpty();
        visit.Foreign(server.Address).ShouldBeEmpty();
    }
}
