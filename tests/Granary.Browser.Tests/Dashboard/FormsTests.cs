using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Granary.Browser.Tests.Dashboard;

/// <summary>Jobs and schedules from forms that the server's schemas describe.</summary>
public sealed class FormsTests(Browser browser, DashboardTab tab) : IClassFixture<DashboardTab>
{
    [Fact]
    public async Task With_the_keyboard_alone_a_file_is_imported_tried_traded_on_paper_closed_and_reported()
    {
        await using var server = await GranaryServer.StartAsync();
        await using var visit = await Visit.OpenAsync(browser, server, "/data/import");
        await ImportAsync(visit);
        await RunAsync(visit);
        await TradeAsync(visit);
        await EndAsync(visit);
        visit.Complaints.ShouldBeEmpty();
    }

    private static async Task ImportAsync(Visit visit)
    {
        var page = visit.Page;
        // The round trips of the tab key make sure that the browser hands the dialog over before it opens.
        var chooser = page.WaitForFileChooserAsync();
        await PressAsync(page, "Choose files");
        await (await chooser).SetFilesAsync(Path.Combine(Testing.SharedData.RepositoryRoot, "samples", "data", "1h", "COINUSDT.csv"));
        await visit.ShowsAsync("1 file uploaded");
        await PressAsync(page, "Import");
        await visit.ShowsAsync("13,104");
        await PressAsync(page, "New batch");
        await page.WaitForURLAsync(new Regex("/batches/new"));
        await visit.SettledAsync();
    }

    private static async Task RunAsync(Visit visit)
    {
        var page = visit.Page;
        // The store that the import made is the first source.
        (await page.GetByLabel("Batch file").InputValueAsync()).ShouldContain("\"source\": \"store:bars\"");
        // Its trade stays open until the operator closes it.
        await ChooseAsync(page, "Class", "BuyAndHold");
        await ChooseAsync(page, "Weights", "equal");
        await PressAsync(page, "Run the batch");
        await page.WaitForURLAsync(new Regex("/runs/my-batch-"));
        await visit.SettledAsync();
        await visit.ShowsAsync("How far this can be believed");
    }

    private static async Task TradeAsync(Visit visit)
    {
        var page = visit.Page;
        await PressAsync(page, "Trade on paper");
        await visit.ShowsAsync("No real order is sent");
        await TabToAsync(page, "Trade it on paper anyway; the journal records this");
        await page.Keyboard.PressAsync("Space");
        await PressAsync(page, "Start on paper");
        await page.WaitForURLAsync(new Regex("/live/my-batch$"));
        await Assertions.Expect(page.Locator("h1 .badge")).ToHaveTextAsync("Trading");
        // The page goes on by itself as bars come.
        var figures = page.Locator(".figures").First;
        var before = await figures.InnerTextAsync();
        await Assertions.Expect(figures).Not.ToHaveTextAsync(before, new() { UseInnerText = true });
        const string Trade = "Close trade COINUSDT BuyAndHold()@COINUSDT:1h";
        await page.GetByLabel(Trade).WaitForAsync();
        await ByHandAsync(visit);
        await CloseAsync(visit, Trade);
        await visit.ShowsAsync("No trade is open.");
        await page.GetByRole(AriaRole.Region, new() { Name = "Events" }).GetByText("Sold ").First.WaitForAsync();
    }

    private static async Task CloseAsync(Visit visit, string trade)
    {
        await PressAsync(visit.Page, trade);
        await visit.ShowsAsync("A market order closes");
        await visit.ShowsAsync("Position afterwards");
        await PressAsync(visit.Page, "Close the trade");
    }

    // Sets a stop, and enters and closes a trade by hand.
    private static async Task ByHandAsync(Visit visit)
    {
        var page = visit.Page;
        var dialog = page.GetByRole(AriaRole.Dialog);
        await PressAsync(page, "Change trade COINUSDT BuyAndHold()@COINUSDT:1h");
        await dialog.GetByRole(AriaRole.Textbox, new() { Name = "Stop" }).FillAsync("1");
        await dialog.GetByText("They replace stop, trailing stop and targets").WaitForAsync();
        await HoldAsync(page, "Hold to set stop and target");
        await Assertions.Expect(page.GetByRole(AriaRole.Row, new() { Name = "BuyAndHold" }).First).ToContainTextAsync("1.00");
        await PressAsync(page, "Enter by hand");
        await dialog.GetByLabel("Size", new() { Exact = true }).FillAsync("1");
        await dialog.GetByText("No strategy manages this trade").WaitForAsync();
        await HoldAsync(page, "Hold to enter the trade");
        const string Trade = "Close trade COINUSDT operator";
        await page.GetByLabel(Trade).WaitForAsync();
        await CloseAsync(visit, Trade);
        await Assertions.Expect(page.GetByLabel(Trade)).ToHaveCountAsync(0);
    }

    // Holds a button with the keyboard until its dialog has closed.
    private static async Task HoldAsync(IPage page, string name)
    {
        var button = page.GetByRole(AriaRole.Button, new() { Name = name });
        await Assertions.Expect(button).ToBeEnabledAsync();
        await button.FocusAsync();
        await page.Keyboard.DownAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await page.Keyboard.UpAsync("Enter");
    }

    private static async Task EndAsync(Visit visit)
    {
        var page = visit.Page;
        await PressAsync(page, "End the session");
        await visit.ShowsAsync("The session writes its run’s folder and ends.");
        await PressAsync(page, "End the session");
        await Assertions.Expect(page.Locator("h1 .badge")).ToHaveTextAsync("Ended");
        await PressAsync(page, "The run of the session");
        await page.WaitForURLAsync(new Regex("/runs/"));
        await visit.SettledAsync();
        await TabToAsync(page, "Report");
        var report = await page.RunAndWaitForPopupAsync(() => page.Keyboard.PressAsync("Enter"));
        await report.GetByRole(AriaRole.Heading, new() { Level = 1 }).WaitForAsync();
        await report.CloseAsync();
    }

    [Fact]
    public async Task A_batch_with_adaptive_weights_shows_their_fields_and_is_checked_before_it_is_sent()
    {
        var open = await tab.LoadAsync("/batches/new?as=reinforce");
        var page = open.Page;
        await page.GetByLabel("Weights").SelectOptionAsync("adaptive");
        await page.GetByLabel("Steps").FillAsync("10");
        await page.GetByLabel("fast").FillAsync("5, 100000");
        await open.Button("Run the batch").ClickAsync();
        await page.Locator(".field", new() { HasText = "Steps" })
            .Locator(".fault", new() { HasText = "Use at least 1000." }).WaitForAsync();
        await page.Locator(".field", new() { HasText = "fast" }).Locator(".fault", new() { HasText = "100000 is not" }).WaitForAsync();
        await page.GetByLabel("Steps").FillAsync("1000");
        await page.GetByLabel("fast").FillAsync("5");
        await page.GetByLabel("Source").SelectOptionAsync("-1");
        await page.GetByLabel("Address").FillAsync("csv:gone");
        await open.Button("Run the batch").ClickAsync();
        await page.Locator(".fault", new() { HasText = "the folder does not exist" }).First.WaitForAsync();
    }

    [Fact]
    public async Task Runs_to_combine_come_with_the_address_and_are_searched_in_the_list()
    {
        var open = await tab.LoadAsync("/jobs/new?kind=combine&runs=RUN");
        var page = open.Page;
        var runs = page.GetByRole(AriaRole.Group, new() { Name = "Runs" });
        await Assertions.Expect(runs.GetByRole(AriaRole.Checkbox, new() { Checked = true })).ToHaveCountAsync(1);
        await open.Button("Start the job").ClickAsync();
        await runs.GetByText("name at least two runs").WaitForAsync();
        await runs.GetByRole(AriaRole.Checkbox, new() { Checked = false }).First.CheckAsync();
        await Assertions.Expect(runs.GetByRole(AriaRole.Checkbox, new() { Checked = true })).ToHaveCountAsync(2);
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name" }).FillAsync("both");
        await page.GetByLabel("Kind of job").SelectOptionAsync("track");
        await page.GetByLabel("Max stocks").FillAsync("0");
        await open.Button("Start the job").ClickAsync();
        await page.Locator(".fault", new() { HasText = "Use at least 1." }).WaitForAsync();
        await page.Locator(".fault", new() { HasText = "This is needed." }).WaitForAsync();
    }

    [Fact]
    public async Task A_schedule_is_added_changed_paused_and_deleted_with_its_next_times()
    {
        var open = await tab.LoadAsync("/schedules");
        var page = open.Page;
        await open.Button("New schedule").ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Name").FillAsync("nightly");
        await dialog.GetByLabel("Cron expression").FillAsync("0 99 * * *");
        await dialog.GetByText("has the number 99, which is too large").WaitForAsync();
        await dialog.GetByLabel("Cron expression").FillAsync("15 2 1 1 *");
        await dialog.GetByText("-01-01 02:15").First.WaitForAsync();
        await dialog.GetByLabel("Kind of job").SelectOptionAsync("verify");
        await dialog.GetByRole(AriaRole.Radio).First.CheckAsync();
        await open.Button("Add the schedule").ClickAsync();
        var row = page.GetByRole(AriaRole.Row, new() { Name = "nightly" });
        await Assertions.Expect(row.GetByText("-01-01 02:15")).ToHaveCountAsync(3);
        await open.Button("Change nightly").ClickAsync();
        await dialog.GetByLabel("Cron expression").FillAsync("45 2 1 1 *");
        await open.Button("Save").ClickAsync();
        await Assertions.Expect(row.GetByText("-01-01 02:45")).ToHaveCountAsync(3);
        await open.Button("Pause nightly").ClickAsync();
        await row.GetByText("paused").WaitForAsync();
        await open.Button("Delete nightly").ClickAsync();
        await open.Button("Delete the schedule").ClickAsync();
        await Assertions.Expect(row).ToHaveCountAsync(0);
    }

    private static async Task PressAsync(IPage page, string name)
    {
        await TabToAsync(page, name);
        await page.Keyboard.PressAsync("Enter");
    }

    // Typing the beginning of an option chooses it.
    private static async Task ChooseAsync(IPage page, string field, string option)
    {
        await TabToAsync(page, field);
        await page.Keyboard.TypeAsync(option);
        await Assertions.Expect(page.GetByLabel(field, new() { Exact = true }).First).ToHaveValueAsync(option);
    }

    private const string Focused = """
        () => {
            const e = document.activeElement;
            return (e?.getAttribute('aria-label') ?? e?.labels?.[0]?.textContent ?? e?.textContent ?? '').trim();
        }
        """;

    // Presses Tab until the element with the name has the focus.
    private static async Task TabToAsync(IPage page, string name)
    {
        for (var i = 0; i < 200; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<string>(Focused) == name) return;
        }
        throw new InvalidOperationException($"Tab does not reach '{name}'");
    }
}
