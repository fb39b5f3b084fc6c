using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Granary.Browser.Tests.Dashboard;

/// <summary>The views of trading, learning and data, against a real server with real runs and a session on paper.</summary>
public sealed class TradingViewsTests(Browser browser, DashboardTab tab, TradedServer traded) : IClassFixture<DashboardTab>
{
    [Fact]
    public async Task A_viewer_sees_no_action_that_needs_another_role()
    {
        var server = await traded.ServerAsync();
        string[] views = ["/", "/batches/new", "/jobs", "/jobs/RUN", "/runs", "/runs/RUN", "/runs/GRID?tab=strategies",
            "/runs/WATCHED?tab=models",
            "/runs/RUN?tab=files", "/compare?runs=RUN,GRID", "/live", "/live/paper", "/live/paper?tab=limits",
            "/live/paper?tab=configuration", "/live/start?deployment=1", "/portfolio", "/portfolio/paper",
            "/portfolio/paper?tab=history", "/deployments", "/deployments/1", "/signals/RUN",
            "/alerts",
            "/monitor?columns=2&panels=trades:paper:m,strategies:paper:m",
            "/models", "/models/MODEL", "/reinforcement?run=LEARNED", "/data", "/data/import",
            "/data/market?store=other&symbol=COINUSDT&timeframe=1h"];
        string[] actions = ["Pause", "Resume", "Close", "End the session", "Start", "Save", "Promote", "Roll back", "Add a deployment",
            "Trade it", "Hand", "Stop entries", "Allow entries", "Import", "Apply", "Make", "Run again", "Verify", "Share", "Cancel",
            "Run the", "Add a rule", "Change", "Remove", "Send a test", "Back to the rules"];
        var seen = new List<string>();
        await using var visit = await Visit.OpenAsync(browser, server, "/", server.Viewer);
        foreach (var view in views)
        {
            await visit.FollowAsync(traded.AddressOf(view));
            var texts = await visit.Page.Locator("main button:not(thead button, [disabled]), main a.button").AllTextContentsAsync();
            seen.AddRange(texts.Where(t => actions.Any(a => t.Trim().StartsWith(a, StringComparison.Ordinal))).Select(t => $"{view}: {t}"));
            // The form of a batch may be filled and saved as a file.
            if (view != "/batches/new" && await visit.Page.Locator("main input[type=number]").CountAsync() > 0)
                seen.Add($"{view}: a field of numbers");
        }
        seen.ShouldBeEmpty();
        (await server.GetAsync("sessions/paper")).GetProperty("phase").GetString().ShouldBe("running", "only then there are actions");
        visit.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_challenger_is_tested_against_the_current_version_and_learned_weights_have_curves_and_windows()
    {
        var visit = await tab.LoadAsync("/models/MODEL");
        await visit.ShowsAsync("Challenger: version 2 against 1");
        await visit.Page.GetByRole(AriaRole.Region, new() { Name = "Windows of the challenger" }).WaitForAsync();
        await visit.ShowsAsync("in the squared error of");

        await visit.FollowAsync(traded.AddressOf("/reinforcement?run=LEARNED"));
        await visit.ShowsAsync("Training, by seed");
        await Assertions.Expect(visit.Page.Locator("main .chart canvas")).Not.ToHaveCountAsync(0);
        await visit.ShowsAsync("Weights in force");
        visit.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_schedules_have_the_next_time_and_why_the_last_was_missed()
    {
        var server = await traded.ServerAsync();
        await using var visit = await Visit.OpenAsync(browser, server, "/schedules", server.Viewer);
        var row = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Schedules" }).GetByRole(AriaRole.Row,
            new() { Name = "gate-of-leap-days" });
        await Assertions.Expect(row).ToContainTextAsync("0 2 29 2 *");
        await Assertions.Expect(row).ToContainTextAsync(new Regex("20\\d\\d-02-29 02:00.*2024-02-29 02:00"));
        await Assertions.Expect(row).ToContainTextAsync("missed its window ended at 2024-02-29 04:00:00Z");
        await Assertions.Expect(row).ToContainTextAsync("after the import of the bars");
        visit.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Weights_that_somebody_else_changed_are_a_conflict_and_both_changes_come_together()
    {
        var server = await traded.ServerAsync();
        var (mine, theirs) = (TradedServer.Strategies[0], TradedServer.Strategies[1]);
        await server.WeighAsync("shared", 0, new() { [mine] = 1, [theirs] = 1 }, "the first");
        var visit = await tab.LoadAsync("/portfolio/shared");
        await visit.Page.GetByLabel("New weight of " + mine).FillAsync("0.25");
        await visit.Page.GetByLabel("New weight of " + mine).BlurAsync();
        await visit.Button("Dry run").ClickAsync();
        await visit.ShowsAsync("this would become version 2");
        (await server.GetAsync("portfolios/shared/weights")).GetProperty("version").GetInt32().ShouldBe(1);

        await server.WeighAsync("shared", 1, new() { [mine] = 1, [theirs] = 0.5 }, "news");
        await visit.ShowsAsync("office saved version 2");
        await visit.PictureAsync("conflict");
        await visit.Button("Apply my changes to version 2").ClickAsync();
        await visit.Page.GetByLabel("Reason, for the history").FillAsync("too dear");
        await visit.Button("Save as a new version").ClickAsync();
        await visit.ShowsAsync("Version 3, set");
        var saved = await server.GetAsync("portfolios/shared/weights");
        (saved.GetProperty("version").GetInt32(), saved.GetProperty("why").GetString()).ShouldBe((3, "too dear"));
        saved.GetProperty("weights").GetProperty(mine).GetDouble().ShouldBe(0.25);
        saved.GetProperty("weights").GetProperty(theirs).GetDouble().ShouldBe(0.5);
        visit.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Closing_everything_asks_twice_and_pauses_and_one_trade_is_closed_alone()
    {
        var server = await traded.ServerAsync();
        // For most of an hour: the test takes minutes on a busy machine.
        await server.TradeAsync(1, "commanded", "fixed:200ms", "2023-06-30");
        await Granary.Testing.Eventually.IsAsync(() => server.GetAsync("sessions/commanded"), s => TradedServer.OpenTrades(s) > 1);
        var visit = await tab.LoadAsync("/live/commanded");
        // Where the rows move between the two halves of a click, the browser makes none.
        await Granary.Testing.Eventually.HoldsAsync(async () =>
        {
            if (await visit.Page.Locator("dialog").GetByText("entered at").IsVisibleAsync()) return true;
            try
            {
                await visit.Page.GetByLabel("Close trade", new() { Exact = false }).First.ClickAsync(new() { Timeout = 10_000 });
            }
            catch (TimeoutException)
            {
                // The dialog has come and covers the button, or no trade is open now.
            }
            return false;
        });
        await visit.Button("Close the trade").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("dialog")).ToHaveCountAsync(0);

        await visit.Button("Close everything").ClickAsync();
        await visit.ShowsAsync("Trading pauses after it");
        // A click is not enough.
        await visit.Button("Hold to close everything").ClickAsync();
        (await server.GetAsync("sessions/commanded")).GetProperty("status").GetProperty("state").GetString().ShouldBe("trading");
        await visit.Button("Hold to close everything").HoverAsync();
        await visit.Page.Mouse.DownAsync();
        await visit.ShowsAsync("Entries are paused");
        await visit.Page.Mouse.UpAsync();
        await visit.ShowsAsync("The account has no position.");
        await visit.Button("Resume entries").First.ClickAsync();
        await visit.Page.Locator("dialog").GetByRole(AriaRole.Button, new() { Name = "Resume entries" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator("h1 .badge")).ToHaveTextAsync("Trading");
        visit.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_entries_of_one_strategy_are_stopped_and_allowed_and_the_page_says_when_who_and_why()
    {
        var server = await traded.ServerAsync();
        await server.TradeAsync(1, "entries", "fixed:1s", "2023-06-30");
        await Granary.Testing.Eventually.IsAsync(() => server.GetAsync("sessions/entries"), s => TradedServer.OpenTrades(s) > 0);
        var (mine, other) = (TradedServer.Strategies[0], TradedServer.Strategies[1]);
        var visit = await tab.LoadAsync("/live/entries");
        var row = Row(mine);
        await visit.Button($"Stop entries of {mine}").ClickAsync();
        await visit.Page.GetByLabel("Reason, for the journal").FillAsync("too dear");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Page.Locator("dialog")).ToHaveCountAsync(0);
        await Assertions.Expect(row).ToContainTextAsync(new Regex(@"stopped.*Stopped 20\d\d-\d\d-\d\d \d\d:\d\d by office: too dear"));
        await visit.ShowsAsync("Entries of 1 strategy are stopped");
        await visit.PictureAsync("stopped");
        Known(await server.GetAsync("sessions/entries/configuration"), mine).GetProperty("enabled").GetBoolean().ShouldBeFalse();
        Known(await server.GetAsync("sessions/entries/configuration"), other).GetProperty("enabled").GetBoolean().ShouldBeTrue();

        // Another person allows it again; the page follows.
        using var allowed = await server.Client.PostAsJsonAsync("/api/v1/sessions/entries/commands",
            new { command = "enable", strategy = mine, why = "cheap again" });
        allowed.EnsureSuccessStatusCode();
        await Assertions.Expect(row).ToContainTextAsync(new Regex("allowed.*Allowed .* by office: cheap again"));
        await Assertions.Expect(visit.Button($"Stop entries of {mine}")).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.GetByText("are stopped; their exits")).ToHaveCountAsync(0);
        await visit.Page.GetByRole(AriaRole.Region, new() { Name = "Events" }).GetByText("cheap again").First.WaitForAsync();
        visit.Complaints.ShouldBeEmpty();

        ILocator Row(string id) => visit.Page.GetByRole(AriaRole.Region, new() { Name = "Strategies" }).GetByRole(AriaRole.Row)
            .Filter(new() { Has = visit.Page.Locator($"[title='{id}']") });

        static JsonElement Known(JsonElement configuration, string id) => configuration.GetProperty("strategies").EnumerateArray()
            .Single(s => s.GetProperty("id").GetString() == id);
    }

    [Fact]
    public async Task The_palette_finds_sessions_and_the_keys_open_views()
    {
        var server = await traded.ServerAsync();
        var visit = await tab.LoadAsync("/data");
        await visit.Page.Keyboard.PressAsync("Control+k");
        await visit.Page.GetByRole(AriaRole.Combobox, new() { Name = "Search views, runs, sessions and actions" }).FillAsync(
            "paper session");
        await Assertions.Expect(visit.Page.Locator("#found-0 b")).ToHaveTextAsync("paper");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Page).ToHaveURLAsync(new Uri(server.Address, "/live/paper").ToString());
        await Assertions.Expect(visit.Page.Locator("dialog")).ToHaveCountAsync(0);
        await visit.Page.Keyboard.PressAsync("?");
        await visit.Page.Locator("dialog").GetByText("This list").WaitForAsync();
        await visit.Page.Keyboard.PressAsync("Escape");
        await visit.Page.Keyboard.PressAsync("g");
        await visit.Page.Keyboard.PressAsync("m");
        await Assertions.Expect(visit.Page).ToHaveURLAsync(new Uri(server.Address, "/models").ToString());
        visit.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_job_that_ends_in_the_background_is_counted_in_the_title_and_shown_on_the_desktop()
    {
        var server = await traded.ServerAsync();
        await using var visit = await Visit.OpenAsync(browser, server, "/data");
        await visit.Page.Context.GrantPermissionsAsync(["notifications"]);
        await visit.Page.EvaluateAsync("""
            window.shown = [];
            const Desktop = Notification;
            window.Notification = class extends Desktop {
                constructor(title, options) { super(title, options); window.shown.push(title); }
            };
            undefined
            """);
        await visit.Page.Keyboard.PressAsync("Control+k");
        await visit.Page.GetByRole(AriaRole.Combobox, new() { Name = "Search views, runs, sessions and actions" })
            .FillAsync("Desktop notifications");
        await Assertions.Expect(visit.Page.Locator("#found-0")).ToContainTextAsync("Turn on: jobs and sessions that end");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Page.Locator("dialog")).ToHaveCountAsync(0);

        var title = await visit.Page.TitleAsync();
        await visit.Page.EvaluateAsync("Object.defineProperty(document, 'hidden', { configurable: true, value: true }); undefined");
        await server.JobAsync("jobs", new
        {
            kind = "import",
            files = "COINUSDT.csv",
            store = "seen",
            symbol = "COINUSDT",
            timeframe = "1h"
        });
        await Assertions.Expect(visit.Page).ToHaveTitleAsync(new Regex(@"^\(\d+\) " + Regex.Escape(title) + "$"));
        (await visit.Page.EvaluateAsync<string[]>("window.shown")).ShouldContain(t => t.StartsWith("Job ", StringComparison.Ordinal)
            && t.EndsWith(" is done", StringComparison.Ordinal));
        await visit.Page.EvaluateAsync("delete document.hidden; document.dispatchEvent(new Event('visibilitychange')); undefined");
        await Assertions.Expect(visit.Page).ToHaveTitleAsync(title);
        visit.Complaints.ShouldBeEmpty();
    }
}
