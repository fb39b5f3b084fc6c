using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Granary.Browser.Tests.Dashboard;

/// <summary>From bar files to an account that trades on paper, and through the loss of the server.</summary>
public sealed class JourneyTests(Browser browser)
{
    [Fact]
    public async Task From_an_import_over_results_and_weights_to_a_session_that_survives_the_loss_of_its_server()
    {
        await using var server = await GranaryServer.StartAsync();
        await using var visit = await Visit.OpenAsync(browser, server, "/data");
        await visit.ShowsAsync("There is no store of bars yet");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Import files" }).ClickAsync();
        await visit.Page.GetByLabel("Files to upload").SetInputFilesAsync(
            Path.Combine(Granary.Testing.SharedData.RepositoryRoot, "samples", "data", "1h", "COINUSDT.csv"));
        await visit.ShowsAsync("1 file uploaded");
        await visit.Page.GetByLabel("Symbol").FillAsync("COINUSDT");
        await visit.Page.GetByLabel("Timeframe").SelectOptionAsync("1h");
        await visit.Button("Import").ClickAsync();
        await visit.ShowsAsync("13,104");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "See the markets" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Region, new() { Name = "Markets" })
            .GetByRole(AriaRole.Link, new() { Name = "COINUSDT", Exact = true }).ClickAsync();
        await visit.ShowsAsync("all bars of a usual day of that weekday");

        var run = await server.JobAsync("batches", JsonNode.Parse("""
            { "name": "journey", "data": { "source": "store:bars", "symbols": ["COINUSDT"], "timeframe": "1h", "to": "2022-03-01" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 30] }, "size": { "percentOfEquity": 20 } } ],
              "portfolio": { "weights": "equal", "limits": { "maxPositions": 1 } } }
            """)!);
        await visit.Page.GotoAsync($"/signals/{run}");
        await visit.ShowsAsync("Would have earned");
        await visit.Page.GotoAsync($"/deployments?run={run}");
        await visit.Button("Add").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Trade it" }).ClickAsync();
        await visit.Page.GetByLabel("Speed of a replay").SelectOptionAsync("fixed:200ms");
        await visit.Page.GetByRole(AriaRole.Checkbox).CheckAsync();
        await visit.Button("Start on paper").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("h1 .badge")).ToHaveTextAsync("Trading");

        await visit.Page.GotoAsync($"/portfolio/journey?run={run}");
        await visit.Button("Take its weights").ClickAsync();
        await visit.Page.GetByLabel("New weight of SmaCross(fast=5,slow=20)@COINUSDT:1h").FillAsync("0.5");
        await visit.Page.GetByLabel("Reason, for the history").FillAsync("half as much");
        await visit.Button("Save as a new version").ClickAsync();
        await visit.ShowsAsync("Version 1, set");
        await Granary.Testing.Eventually.IsAsync(() => server.GetAsync("sessions/journey"),
            s => s.GetProperty("status").GetProperty("weightsVersion").GetInt32() == 1);
        visit.Complaints.ShouldBeEmpty();

        await visit.Page.GotoAsync("/live/journey");
        await Assertions.Expect(visit.Page.Locator("h1 .badge")).ToHaveTextAsync("Trading");
        await server.StopAsync();
        await visit.ShowsAsync("The server does not answer");
        await visit.ShowsAsync("Connection lost");
        await visit.PictureAsync("offline");
        var before = await visit.Page.Locator(".figures").InnerTextAsync();
        await server.RunAsync();
        await Assertions.Expect(visit.Page.Locator(".banner")).ToHaveCountAsync(0);
        await Assertions.Expect(visit.Page.Locator(".figures")).Not.ToHaveTextAsync(before);
        await visit.ShowsAsync("came back once from an interruption");
    }
}
