using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Granary.Browser.Tests.Dashboard;

/// <summary>The page "Why": steps, times, spans and wrong times, and the way to it from a session and a deployment's parity.</summary>
public sealed class WhyViewTests(DashboardTab tab) : IClassFixture<DashboardTab>
{
    [Fact]
    public async Task Keys_and_buttons_step_bar_by_bar_and_keep_the_focus_and_the_place_on_the_page()
    {
        var visit = await tab.LoadAsync("/why?run=GRID&strategy=STRATEGY&at=2022-02-01T10:00:00Z");
        var bar = visit.Page.Locator(".answer h2");
        await Assertions.Expect(bar).ToHaveTextAsync("2022-02-01 10:00, GLIMUSDT 1h");
        await visit.Page.EvaluateAsync("scrollTo(0, 300)");
        await visit.Button("Next bar →").FocusAsync();
        await visit.Page.EvaluateAsync("scrollTo(0, 300)");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(bar).ToHaveTextAsync("2022-02-01 11:00, GLIMUSDT 1h");
        await Assertions.Expect(visit.Button("Next bar →")).ToBeFocusedAsync();
        (await visit.Page.EvaluateAsync<int>("scrollY")).ShouldBe(300);
        await visit.Page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(bar).ToHaveTextAsync("2022-02-01 12:00, GLIMUSDT 1h");
        await Assertions.Expect(visit.Page.GetByLabel("Bar at (UTC)")).ToHaveValueAsync("2022-02-01T12:00:00Z");
        await visit.Page.Keyboard.PressAsync("ArrowLeft");
        await Assertions.Expect(bar).ToHaveTextAsync("2022-02-01 11:00, GLIMUSDT 1h");
        // In a field the arrows move the caret.
        await visit.Page.GetByLabel("Bar at (UTC)").FocusAsync();
        await visit.Page.Keyboard.PressAsync("ArrowLeft");
        await visit.Button("← Bar before").ClickAsync();
        await Assertions.Expect(bar).ToHaveTextAsync("2022-02-01 10:00, GLIMUSDT 1h");
        visit.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_time_a_span_and_a_wrong_time_are_answered_and_without_a_strategy_the_page_says_where_to_find_one()
    {
        var visit = await tab.LoadAsync("/why");
        await visit.ShowsAsync("Choose a strategy");
        await visit.FollowAsync("/why?run=none&strategy=x");
        await visit.ShowsAsync("Name a bar or a span");

        visit = await tab.LoadAsync("/why?run=GRID&strategy=STRATEGY&signal=1");
        await visit.ShowsAsync("Signal 1:");
        await visit.Page.GetByLabel("No trade from (UTC)").FillAsync("2022-02-01");
        await visit.Page.GetByLabel("To (UTC)").FillAsync("2022-02-08");
        await visit.Button("Why no trade?").ClickAsync();
        await visit.ShowsAsync("Nearest miss:");
        var conditions = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Conditions, those that failed most often first" });
        await Assertions.Expect(conditions.GetByRole(AriaRole.Row)).ToHaveCountAsync(3);
        var miss = visit.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex(@"^2022-02-0\d \d\d:00$") });
        var time = await miss.InnerTextAsync();
        await miss.ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".answer h2")).ToHaveTextAsync($"{time}, GLIMUSDT 1h");

        await visit.Page.GetByLabel("Bar at (UTC)").FillAsync("yesterday");
        await visit.Button("Show the bar").ClickAsync();
        await visit.ShowsAsync("at yesterday is not a date; write it as 2024-01-31 or 2024-01-31T14:30:00Z");
        await visit.Page.GetByLabel("Bar at (UTC)").FillAsync("2022-02-02");
        await visit.Button("Show the bar").ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".answer h2")).ToHaveTextAsync("2022-02-02 00:00, GLIMUSDT 1h");
        // The browser reports the refusal of the wrong time.
        visit.Complaints.Where(c => !c.Contains("status of 400")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_signal_among_the_events_of_a_session_leads_to_what_decided_and_a_trade_to_its_signal()
    {
        var visit = await tab.LoadAsync("/live/ended");
        var events = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Events" });
        await visit.Button("Signals").ClickAsync();
        await events.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^Why: Portfolio accepted") }).First.ClickAsync();
        await visit.ShowsAsync("Became an order of the portfolio.");
        await visit.ShowsAsync("Sent and received");

        await visit.FollowAsync("/live/ended");
        await visit.Button("Fills").ClickAsync();
        var entry = events.GetByRole(AriaRole.Row).Filter(new() { HasText = "Bought" }).First;
        await entry.GetByRole(AriaRole.Link).ClickAsync();
        await visit.ShowsAsync("The strategy’s own account");
        visit.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Compare_now_compares_an_account_and_its_days_stand_on_the_pages_of_the_job_and_the_deployment()
    {
        var visit = await tab.LoadAsync("/deployments/1");
        await visit.Button("Compare now: ended").ClickAsync();
        await Assertions.Expect(visit.Page).ToHaveURLAsync(new Regex("/jobs/parity-ended"));
        // January and February.
        await visit.ShowsAsync("59 days compared, 0 outside of the band");
        await visit.PictureAsync("parity-job");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "All days of deployment 1" }).ClickAsync();
        var days = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Parity of ended" });
        await Assertions.Expect(days.GetByRole(AriaRole.Table)).ToHaveAttributeAsync("aria-rowcount", "60");
        await Assertions.Expect(days.GetByRole(AriaRole.Row).Nth(1)).ToContainTextAsync(new Regex("^2022-02-28.*inside"));
        await visit.PictureAsync("parity");
        visit.Complaints.ShouldBeEmpty();
    }
}
