using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Granary.Browser.Tests.Dashboard;

/// <summary>The views of trading, learning and data, against a real server with real runs and a session on paper.</summary>
public sealed class TradingViewsTests(Browser browser, TradedServer traded) : IClassFixture<TradedServer>
{
    private static readonly AxeRunOptions _violations = new() { ResultTypes = [ResultType.Violations] };

    private GranaryServer Server => traded.Server;

    private string AddressOf(string view) => view.Replace("RUN", traded.Run).Replace("MODEL", traded.Model);

    [Theory]
    [InlineData("/live")]
    [InlineData("/live/start?deployment=1")]
    [InlineData("/live/paper")]
    [InlineData("/live/paper?tab=profit")]
    [InlineData("/live/paper?tab=limits")]
    [InlineData("/live/paper?tab=signals")]
    [InlineData("/live/ended?tab=promised")]
    [InlineData("/live/paper?tab=log")]
    [InlineData("/portfolio")]
    [InlineData("/portfolio/paper")]
    [InlineData("/portfolio/paper?tab=history")]
    [InlineData("/portfolio/another")]
    [InlineData("/deployments")]
    [InlineData("/deployments/1")]
    [InlineData("/signals/RUN")]
    [InlineData("/models")]
    [InlineData("/models/MODEL")]
    [InlineData("/reinforcement")]
    [InlineData("/reinforcement?run=RUN")]
    [InlineData("/data")]
    [InlineData("/data/market?store=other&symbol=COINUSDT&timeframe=1h")]
    [InlineData("/data/import")]
    [InlineData("/data/compare?a=bars&b=other&symbol=COINUSDT&timeframe=1h")]
    public async Task No_view_has_a_fault_of_accessibility_or_layout_at_any_width_in_any_theme(string view)
    {
        await using var visit = await Visit.OpenAsync(browser, Server, AddressOf(view), width: 390);
        var faults = new List<string>();
        foreach (var width in (int[])[390, 820, 1440])
            foreach (var dark in (bool[])[false, true])
            {
                await visit.Page.SetViewportSizeAsync(width, 900);
                await visit.Page.EmulateMediaAsync(new() { ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light });
                await visit.SettledAsync();
                var name = $"{view.Replace('/', '_').Replace('?', '_').Replace('&', '_').Replace('=', '-')}-{width}"
                    + (dark ? "-dark" : "-light");
                await visit.PictureAsync(name);
                faults.AddRange((await visit.Page.EvaluateAsync<string[]>(PageFaults.TooWide)).Select(f => $"{name}: {f}"));
                var found = await visit.Page.RunAxe(_violations);
                faults.AddRange(found.Violations.Select(v =>
                    $"{name}: {v.Id}: {string.Join("; ", v.Nodes.Take(3).Select(n => n.Html))}"));
            }
        faults.ShouldBeEmpty();
        visit.Complaints.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/live")]
    [InlineData("/live/paper")]
    [InlineData("/live/start?deployment=1")]
    [InlineData("/portfolio/paper")]
    [InlineData("/portfolio/paper?tab=history")]
    [InlineData("/deployments")]
    [InlineData("/deployments/1")]
    [InlineData("/models/MODEL")]
    [InlineData("/data")]
    [InlineData("/data/import")]
    public async Task A_viewer_sees_no_action_that_needs_another_role(string view)
    {
        await using var visit = await Visit.OpenAsync(browser, Server, AddressOf(view), Server.Viewer);
        string[] actions = ["Pause", "Resume", "Close", "End the session", "Start", "Save", "Promote", "Roll back", "Add a deployment",
            "Trade it", "Hand", "Stop entries", "Allow entries", "Import", "Put version", "Make"];
        var seen = await visit.Page.Locator("main button:not(thead button), main a.button").AllTextContentsAsync();
        seen.Where(s => actions.Any(a => s.Trim().StartsWith(a, StringComparison.Ordinal))).ShouldBeEmpty();
        await Assertions.Expect(visit.Page.Locator("main input[type=number]")).ToHaveCountAsync(0);
        (await Server.GetAsync("sessions/paper")).GetProperty("phase").GetString().ShouldBe("running", "only then there are actions");
        visit.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Weights_that_somebody_else_changed_are_a_conflict_and_both_changes_come_together()
    {
        var (mine, theirs) = (TradedServer.Strategies[0], TradedServer.Strategies[1]);
        await Server.WeighAsync("shared", 0, new() { [mine] = 1, [theirs] = 1 }, "the first");
        await using var visit = await Visit.OpenAsync(browser, Server, "/portfolio/shared");
        await visit.Page.GetByLabel("New weight of " + mine).FillAsync("0.25");
        await visit.Page.GetByLabel("New weight of " + mine).BlurAsync();
        await visit.Button("Dry run").ClickAsync();
        await visit.ShowsAsync("this would become version 2");
        (await Server.GetAsync("portfolios/shared/weights")).GetProperty("version").GetInt32().ShouldBe(1);

        await Server.WeighAsync("shared", 1, new() { [mine] = 1, [theirs] = 0.5 }, "news");
        await visit.ShowsAsync("office saved version 2");
        await visit.PictureAsync("conflict");
        await visit.Button("Make my changes on top of version 2").ClickAsync();
        await visit.Page.GetByLabel("Reason, for the history").FillAsync("too dear");
        await visit.Button("Save as a new version").ClickAsync();
        await visit.ShowsAsync("Version 3, set");
        var saved = await Server.GetAsync("portfolios/shared/weights");
        (saved.GetProperty("version").GetInt32(), saved.GetProperty("why").GetString()).ShouldBe((3, "too dear"));
        saved.GetProperty("weights").GetProperty(mine).GetDouble().ShouldBe(0.25);
        saved.GetProperty("weights").GetProperty(theirs).GetDouble().ShouldBe(0.5);
        visit.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Closing_everything_asks_twice_and_pauses_and_one_trade_is_closed_alone()
    {
        await Server.TradeAsync(1, "commanded", "fixed:50ms");
        await Granary.Testing.Eventually.IsAsync(() => Server.GetAsync("sessions/commanded"), s => TradedServer.OpenTrades(s) > 1);
        await using var visit = await Visit.OpenAsync(browser, Server, "/live/commanded");
        await visit.Page.GetByLabel("Close trade", new() { Exact = false }).First.ClickAsync();
        await visit.Page.Locator("dialog").GetByText("entered at").WaitForAsync();
        await visit.Button("Close the trade").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("dialog")).ToHaveCountAsync(0);

        await visit.Button("Close everything").ClickAsync();
        await visit.ShowsAsync("Trading pauses after it");
        await visit.Button("Continue").ClickAsync();
        await visit.Button("Close everything now").ClickAsync();
        await visit.ShowsAsync("Type the name of the account");
        (await Server.GetAsync("sessions/commanded")).GetProperty("status").GetProperty("state").GetString().ShouldBe("trading");
        await visit.Page.GetByLabel("Type commanded to confirm").FillAsync("commanded");
        await visit.Button("Close everything now").ClickAsync();
        await visit.ShowsAsync("Entries are paused");
        await visit.ShowsAsync("The account has no position.");
        await visit.Button("Resume entries").First.ClickAsync();
        await visit.Page.Locator("dialog").GetByRole(AriaRole.Button, new() { Name = "Resume entries" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator("h1 .badge")).ToHaveTextAsync("Trading");
        visit.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_palette_finds_sessions_and_the_keys_open_views()
    {
        await using var visit = await Visit.OpenAsync(browser, Server, "/data");
        await visit.Page.Keyboard.PressAsync("Control+k");
        await visit.Page.GetByRole(AriaRole.Combobox, new() { Name = "Search views, runs, sessions and actions" }).FillAsync(
            "paper session");
        await Assertions.Expect(visit.Page.Locator("#found-0 b")).ToHaveTextAsync("paper");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Page).ToHaveURLAsync(new Uri(Server.Address, "/live/paper").ToString());
        await Assertions.Expect(visit.Page.Locator("dialog")).ToHaveCountAsync(0);
        await visit.Page.Keyboard.PressAsync("?");
        await visit.Page.Locator("dialog").GetByText("This list").WaitForAsync();
        await visit.Page.Keyboard.PressAsync("Escape");
        await visit.Page.Keyboard.PressAsync("g");
        await visit.Page.Keyboard.PressAsync("m");
        await Assertions.Expect(visit.Page).ToHaveURLAsync(new Uri(Server.Address, "/models").ToString());
        visit.Complaints.ShouldBeEmpty();
    }
}
