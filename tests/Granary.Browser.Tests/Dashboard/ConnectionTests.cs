using Microsoft.Playwright;

namespace Granary.Browser.Tests.Dashboard;

/// <summary>Connections of the dashboard to its server: event stream, key, code of the views.</summary>
public sealed class ConnectionTests(Browser browser, TradedServer traded)
{
    [Fact]
    public async Task Ten_tabs_and_ten_loads_of_one_tab_share_one_event_stream_and_each_shows_its_view()
    {
        var server = await traded.ServerAsync();
        await using var first = await Visit.OpenAsync(browser, server, "/runs");
        for (var load = 0; load < 10; load++) await first.GoAsync(load % 2 == 0 ? "/jobs" : "/data");
        for (var number = 0; number < 9; number++)
        {
            // Pages of a context share its connections; the context closes them.
            var page = await first.Page.Context.NewPageAsync();
            await page.GotoAsync("/runs");
            await page.Locator("main table").First.WaitForAsync();
        }
        await server.JobAsync("jobs", new
        {
            kind = "import",
            files = "COINUSDT.csv",
            store = "tabs",
            symbol = "COINUSDT",
            timeframe = "1h",
        });
        await first.GoAsync("/data");
        await first.ShowsAsync("tabs");
        first.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_change_on_the_server_reaches_every_tab()
    {
        var server = await traded.ServerAsync();
        await using var first = await Visit.OpenAsync(browser, server, "/data");
        var second = await first.Page.Context.NewPageAsync();
        await second.GotoAsync("/data");
        await second.Locator("main h1").WaitForAsync();
        await server.JobAsync("jobs", new
        {
            kind = "import",
            files = "COINUSDT.csv",
            store = "everywhere",
            symbol = "COINUSDT",
            timeframe = "1h",
        });
        await first.ShowsAsync("everywhere");
        await Assertions.Expect(second.GetByText("everywhere").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_wrong_key_is_refused_at_its_field_and_the_key_of_before_stays()
    {
        var server = await traded.ServerAsync();
        await using var visit = await Visit.OpenAsync(browser, server, "/runs", key: "not-a-key");
        var dialog = visit.Page.Locator("dialog");
        await Assertions.Expect(dialog).ToContainTextAsync("The server does not know the key of this tab.");
        foreach (var wrong in (string[])["gr_unknown", "schlüssel ☂"])
        {
            await dialog.GetByLabel("Key", new() { Exact = true }).FillAsync(wrong);
            await dialog.GetByRole(AriaRole.Button, new() { Name = "Use this key" }).ClickAsync();
            await Assertions.Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("The server does not know this key.");
        }
        await dialog.GetByLabel("Key", new() { Exact = true }).FillAsync(server.Admin);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Use this key" }).ClickAsync();
        await Assertions.Expect(dialog).ToHaveCountAsync(0);
        await visit.Page.Locator("main table").First.WaitForAsync();
    }

    [Fact]
    public async Task A_view_whose_code_cannot_be_loaded_says_so_and_is_loaded_again()
    {
        var server = await traded.ServerAsync();
        await using var visit = await Visit.OpenAsync(browser, server, "/runs");
        var isDown = true;
        await visit.Page.RouteAsync("**/assets/DataView*", r => isDown ? r.AbortAsync() : r.ContinueAsync());
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Data", Exact = true }).ClickAsync();
        await visit.ShowsAsync("This view could not be loaded");
        isDown = false;
        await visit.Button("Reload the page").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("main h1")).ToHaveTextAsync("Data");
    }
}
