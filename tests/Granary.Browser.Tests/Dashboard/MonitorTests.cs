using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Playwright;

namespace Granary.Browser.Tests.Dashboard;

/// <summary>Several sessions in one view: their charts follow the newest bar, and the layout is kept.</summary>
public sealed class MonitorTests(Browser browser, TradedServer traded)
{
    private static readonly string[] Names = ["watch-a", "watch-b", "watch-c", "watch-d"];

    [Fact]
    public async Task Four_charts_follow_their_newest_bars_with_one_subscription_a_session_that_ends_with_its_last_panel()
    {
        var server = await traded.ServerAsync();
        foreach (var name in Names) await server.TradeAsync(1, name, "fixed:500ms", "2023-06-30");
        await Granary.Testing.Eventually.IsAsync(() => server.GetAsync("sessions/" + Names[^1]), s => TradedServer.OpenTrades(s) > 0);
        await using var visit = await Visit.OpenAsync(browser, server, "/alerts");
        var asked = new ConcurrentQueue<string>();
        visit.Page.Request += (_, r) => asked.Enqueue(new Uri(r.Url).AbsolutePath);
        int Asked(string name) => asked.Count(p => p == "/api/v1/sessions/" + name);
        await visit.FollowAsync($"/monitor?panels={string.Join(',', Names.Select(n => $"price:{n}:s"))},equity:{Names[0]}:s");
        var charts = visit.Page.Locator(".panel .price .values");
        await Assertions.Expect(charts).ToHaveCountAsync(4);
        var before = await TimesAsync();
        await Granary.Testing.Eventually.HoldsAsync(async () => (await TimesAsync()).Zip(before).All(t => t.First > t.Second.AddHours(5)));
        // The last bar of a chart is that of the server, or one that came before it while the page was read.
        for (var i = 0; i < 4; i++)
        {
            var newest = (await server.GetAsync("sessions/" + Names[i])).GetProperty("status").GetProperty("instant").GetDateTime();
            await Granary.Testing.Eventually.HoldsAsync(async () => (await TimesAsync())[i] >= newest.AddHours(-1));
        }
        await visit.PictureAsync("monitor");

        // Two panels of a session share its answers.
        asked.Clear();
        await Granary.Testing.Eventually.HoldsAsync(() => Asked(Names[1]) >= 8);
        Asked(Names[0]).ShouldBeInRange(1, 12, "twice as many would be two subscriptions");

        await visit.Button($"Remove Prices of {Names[3]}").ClickAsync();
        await Assertions.Expect(charts).ToHaveCountAsync(3);
        asked.Clear();
        await Granary.Testing.Eventually.HoldsAsync(() => Asked(Names[1]) >= 3);
        Asked(Names[3]).ShouldBe(0, "no panel shows it any more");
        asked.ShouldNotContain(p => p.Contains(Names[3]));
        visit.Complaints.ShouldBeEmpty();

        async Task<DateTime[]> TimesAsync() => [.. (await charts.AllTextContentsAsync()).Select(t =>
            DateTime.ParseExact(t[..16], "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture))];
    }

    [Fact]
    public async Task A_layout_is_arranged_with_the_keyboard_and_kept_in_the_browser_and_in_the_address()
    {
        var server = await traded.ServerAsync();
        await using var visit = await Visit.OpenAsync(browser, server,
            "/monitor?columns=2&panels=figures:paper:s,limits:paper:s,events:ended:s");
        var page = visit.Page;
        await ShowsAsync(page, "Figures of paper", "Limits of paper", "Events of ended");
        var down = visit.Button("Move Figures of paper down");
        await down.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await ShowsAsync(page, "Limits of paper", "Figures of paper", "Events of ended");
        await Assertions.Expect(down).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await ShowsAsync(page, "Limits of paper", "Events of ended", "Figures of paper");
        // At the end it cannot go on, and the focus is on the way back.
        await Assertions.Expect(visit.Button("Move Figures of paper up")).ToBeFocusedAsync();
        await Assertions.Expect(page.Locator("main [role=status].hidden")).ToHaveTextAsync("Figures of paper is 3 of 3");
        await visit.Button("Both columns for Events of ended").ClickAsync();
        await page.GetByLabel("Height of Limits of paper").SelectOptionAsync("l");
        await visit.Button("One column").ClickAsync();
        await page.GetByLabel("Session").SelectOptionAsync("paper");
        await page.GetByLabel("Panel", new() { Exact = true }).SelectOptionAsync("equity");
        await visit.Button("Add").ClickAsync();
        await visit.Button("Remove Limits of paper").ClickAsync();
        await Assertions.Expect(visit.Button("Remove Events of ended")).ToBeFocusedAsync();
        const string Last = "columns=1&panels=events:ended:sw,figures:paper:s,equity:paper:m";
        await Assertions.Expect(page).ToHaveURLAsync(new Uri(server.Address, "/monitor?" + Last).ToString());

        // Without a layout in the address, the browser remembers the last one; another browser takes it from the address.
        await visit.GoAsync("/monitor");
        await ShowsAsync(page, "Events of ended", "Figures of paper", "Equity of paper");
        await Assertions.Expect(page).ToHaveURLAsync(new Uri(server.Address, "/monitor?" + Last).ToString());
        await using var other = await Visit.OpenAsync(browser, server, "/monitor?" + Last, server.Viewer);
        await ShowsAsync(other.Page, "Events of ended", "Figures of paper", "Equity of paper");
        await Assertions.Expect(other.Button("One column")).ToHaveAttributeAsync("aria-pressed", "true");
        // What an address names wrongly is reported.
        await other.GoAsync("/monitor?panels=prices:paper,events:paper:s,price:never:s");
        await other.ShowsAsync("panels that this view does not have: prices:paper");
        await other.ShowsAsync("the account never never had a session here");
        await ShowsAsync(other.Page, "Events of paper", "Prices of never");
        visit.Complaints.ShouldBeEmpty();
    }

    private static async Task ShowsAsync(IPage page, params string[] panels)
    {
        await Assertions.Expect(page.Locator(".panel")).ToHaveCountAsync(panels.Length);
        for (var i = 0; i < panels.Length; i++)
            await Assertions.Expect(page.Locator(".panel").Nth(i)).ToHaveAttributeAsync("aria-label", panels[i]);
    }
}
