using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Granary.Browser.Tests.Dashboard;

/// <summary>A search from the form to its trials.</summary>
public sealed class SearchFormTests(Browser browser)
{
    [Fact]
    public async Task A_search_of_the_form_ends_with_its_trials_and_a_wrong_range_is_refused_at_its_field()
    {
        await using var server = await GranaryServer.StartAsync();
        await using var visit = await Visit.OpenAsync(browser, server, "/batches/new");
        var strategy = visit.Page.GetByRole(AriaRole.Group, new() { Name = "Strategy 1" });
        await strategy.GetByLabel("Parameters", new() { Exact = true }).SelectOptionAsync("search");
        await Assertions.Expect(visit.Page.GetByLabel("Run as")).ToHaveValueAsync("optimise");
        await strategy.GetByLabel("Trials").FillAsync("12");
        await strategy.GetByLabel("Objective").FillAsync("sharpe, maxDrawdown");
        await strategy.GetByLabel("Conditions, one a line").FillAsync("slow > fast");
        await strategy.GetByLabel("Vary another key").SelectOptionAsync("sides");
        var space = strategy.GetByRole(AriaRole.Group, new() { Name = "Space of the search" });
        await space.GetByLabel("From").First.FillAsync("30");
        await space.GetByLabel("To").First.FillAsync("8");
        await visit.Page.GetByRole(AriaRole.Group, new() { Name = "Symbols" }).GetByRole(AriaRole.Checkbox).First.CheckAsync();
        await visit.Button("Run the batch").ClickAsync();
        await Assertions.Expect(space.GetByRole(AriaRole.Alert).First).ToContainTextAsync("the range from 30 to 8 is empty");
        // The browser reports each refused request.
        visit.Complaints.Clear();

        await space.GetByLabel("From").First.FillAsync("5");
        await space.GetByLabel("To").First.FillAsync("40");
        await space.GetByLabel("logarithmic").First.CheckAsync();
        var batch = JsonNode.Parse(await visit.Page.GetByLabel(new Regex("^Batch file")).InputValueAsync())!;
        var search = batch["strategies"]![0]!["search"]!;
        search["space"]!["fast"]!.ToJsonString().ShouldBe("""{"from":5,"to":40,"log":true}""");
        search["objective"]!.ToJsonString().ShouldBe("""["sharpe","maxDrawdown"]""");
        search["conditions"]!.ToJsonString().ShouldBe("""["slow \u003E fast"]""");
        search["space"]!["sides"]!.AsArray().Count.ShouldBe(3);
        await visit.Button("Run the batch").ClickAsync();
        await visit.Page.WaitForURLAsync(new Regex("/runs/"));
        await visit.SettledAsync();

        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Search", Exact = true }).ClickAsync();
        await visit.ShowsAsync("Luck bar");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Img, new() { NameRegex = new Regex("of 12 trials") })).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Img, new() { NameRegex = new Regex("of the front") })).ToBeVisibleAsync();
        var table = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Trials of the search" });
        await Assertions.Expect(table.GetByRole(AriaRole.Row)).ToHaveCountAsync(13);
        await visit.Page.GetByLabel("Show", new() { Exact = true }).SelectOptionAsync("front");
        var front = await table.GetByRole(AriaRole.Row).CountAsync() - 1;
        front.ShouldBeInRange(1, 12);
        await Assertions.Expect(table.GetByRole(AriaRole.Cell, new() { Name = "yes", Exact = true })).ToHaveCountAsync(front);
        await table.GetByRole(AriaRole.Link).First.ClickAsync();
        await visit.Page.WaitForURLAsync(new Regex("strategy="));
        visit.Complaints.ShouldBeEmpty();
    }
}
