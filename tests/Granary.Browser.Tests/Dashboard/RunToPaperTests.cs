using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Granary.Browser.Tests.Dashboard;

/// <summary>From the list of runs over a comparison to a session on paper; names, deletion, and the density of a run's page.</summary>
public sealed class RunToPaperTests(Browser browser)
{
    private static JsonNode Batch(string name, string slow) => JsonNode.Parse($$"""
        { "name": "{{name}}", "data": { "source": "csv:.", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h", "to": "2022-03-01" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": [5, 8], "slow": {{slow}} }, "size": { "percentOfEquity": 20 } } ],
          "portfolio": { "weights": "equal" } }
        """)!;

    [Fact]
    public async Task Runs_are_chosen_compared_and_traded_on_paper_after_the_page_has_said_what_will_happen()
    {
        await using var server = await GranaryServer.StartAsync();
        var first = await server.JobAsync("batches", Batch("short", "20"));
        var second = await server.JobAsync("batches", Batch("long", "60"));
        var verified = await server.JobAsync("jobs", new { kind = "verify", run = first, sample = 2, cuts = 2 });
        await using var visit = await Visit.OpenAsync(browser, server, "/runs?kind=backtest");
        await visit.ShowsAsync("2 runs");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Sharpe ratio" }).ClickAsync();
        await visit.Page.WaitForURLAsync(new Regex("sort=sharpe&order=desc"));
        foreach (var name in (string[])["short", "long"])
            await visit.Page.GetByRole(AriaRole.Checkbox, new() { Name = $"Choose {name}," }).CheckAsync();
        (await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Combine" }).GetAttributeAsync("href"))
            .ShouldBe($"/jobs/new?kind=combine&runs={first}%2C{second}");
        await visit.PictureAsync("desk-runs");
        await visit.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "Compare", Exact = true }).ClickAsync();
        await visit.ShowsAsync("The digests differ");
        await visit.PictureAsync("desk-compare");

        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "long", Exact = true }).ClickAsync();
        await visit.SettledAsync();
        (await visit.Page.EvaluateAsync<double>(
            "document.querySelector('.tabs').getBoundingClientRect().bottom - document.querySelector('h1').parentElement.getBoundingClientRect().top"))
            .ShouldBeLessThan(120);
        await visit.Button("Trade on paper").ClickAsync();
        await visit.ShowsAsync("No real order is sent");
        await visit.ShowsAsync("4 strategies");
        await visit.ShowsAsync("COINUSDT, GLIMUSDT, bars of 1h");
        await visit.ShowsAsync("100,000 in cash");
        await Assertions.Expect(visit.Button("Start on paper")).ToBeDisabledAsync();
        (await Axe.ViolationsAsync(visit.Page, [])).ShouldBeEmpty();
        await visit.PictureAsync("desk-paper");
        await visit.Page.GetByRole(AriaRole.Checkbox).CheckAsync();
        await visit.Button("Start on paper").ClickAsync();
        await visit.Page.WaitForURLAsync(new Regex("/live/long$"));
        await Assertions.Expect(visit.Page.Locator("h1 .badge")).ToHaveTextAsync("Trading");
        (await server.GetAsync("deployments")).GetProperty("items")[0].GetProperty("backtest").GetProperty("run").GetString()
            .ShouldBe(second);

        await visit.GoAsync($"/jobs/{verified}");
        await visit.ShowsAsync("The run was repeated with the same digest. No look-ahead in");
        await visit.PictureAsync("desk-verified");
        visit.Complaints.ShouldBeEmpty();
        await RenameAndDeleteAsync(visit, first, second);
    }

    private static async Task RenameAndDeleteAsync(Visit visit, string free, string used)
    {
        await visit.GoAsync($"/runs/{free}");
        await visit.Button("Rename").ClickAsync();
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("quick one");
        await visit.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Heading, new() { Name = "quick one", Level = 1 }).WaitForAsync();
        await visit.Button("Delete").ClickAsync();
        await visit.ShowsAsync("Delete quick one?");
        await visit.Button("Delete the run").ClickAsync();
        await visit.Page.WaitForURLAsync(new Regex("/runs$"));

        await visit.GoAsync($"/runs/{used}");
        await visit.Button("Delete").ClickAsync();
        await visit.Button("Delete the run").ClickAsync();
        await visit.ShowsAsync("deployment 1 was made from the run");
    }
}
