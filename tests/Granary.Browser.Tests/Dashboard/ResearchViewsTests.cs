using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Granary.Browser.Tests.Dashboard;

/// <summary>From the start page to the results of a run, in Chromium on a real server.</summary>
public class ResearchViewsTests(DashboardTab tab) : IClassFixture<DashboardTab>
{
    [Fact]
    public async Task One_click_runs_the_quickstart_and_ends_at_its_results()
    {
        var open = await tab.LoadAsync("/");
        var page = open.Page;
        // The page of the job is there as long as the job runs, which may be shorter than a wait needs to begin.
        var visited = new ConcurrentQueue<string>();
        page.FrameNavigated += (_, frame) => visited.Enqueue(frame.Url);
        await page.GetByRole(AriaRole.Button, new() { Name = "Run the quickstart" }).ClickAsync();
        await page.WaitForURLAsync(new Regex("/runs/"), new() { Timeout = 180_000 });
        visited.ShouldContain(u => u.Contains("/jobs/", StringComparison.Ordinal));
        await Text(page, "How far this can be believed").WaitForAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Strategies", Exact = true }).ClickAsync();
        await Text(page, "1,008 strategies match").WaitForAsync();
        await page.GetByLabel("Find").FillAsync("SmaCross, trades>=30");
        await Eventually(async () => !(await page.GetByRole(AriaRole.Status).First.InnerTextAsync()).StartsWith("1,008",
            StringComparison.Ordinal));
        var strategy = page.GetByRole(AriaRole.Region, new() { Name = "Strategies" }).GetByRole(AriaRole.Link).First;
        (await strategy.InnerTextAsync()).ShouldStartWith("SmaCross(");
        await strategy.ClickAsync();
        await page.Locator(".chart canvas").First.WaitForAsync();
        await page.GetByRole(AriaRole.Region, new() { Name = "Trades" }).WaitForAsync();
        open.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_form_and_the_text_of_a_batch_agree_and_a_fault_of_the_server_stands_at_its_field()
    {
        var open = await tab.LoadAsync("/batches/new");
        var text = open.Page.GetByLabel("Batch file");
        await open.Page.GetByLabel("fast").FillAsync("7, 9, 11");
        (await text.InputValueAsync()).ShouldContain("\"fast\": [7, 9, 11]");
        await Text(open.Page, "6 strategies on each market").WaitForAsync();
        await text.FillAsync((await text.InputValueAsync()).Replace("\"percentOfEquity\": 10",
            "\"percentOfEquity\": 25").Replace("SmaCross",
            "SmaCrss"));
        (await open.Page.GetByLabel("Size", new() { Exact = true }).InputValueAsync()).ShouldBe("25");
        await open.Page.GetByRole(AriaRole.Button, new() { Name = "Run the batch" }).ClickAsync();
        await open.Page.Locator(".fault", new() { HasText = "did you mean 'SmaCross'" }).WaitForAsync();
        (await open.Page.GetByLabel("Class").GetAttributeAsync("aria-invalid")).ShouldBe("true");
    }

    [Fact]
    public async Task With_keys_the_report_opens_in_a_tab_of_its_own()
    {
        var open = await tab.LoadAsync("/runs/RUN");
        var report = await open.Page.RunAndWaitForPopupAsync(() => open.Button("Report").ClickAsync());
        await report.GetByRole(AriaRole.Heading, new() { Level = 1 }).WaitForAsync();
        report.Url.ShouldContain("/api/v1/shared/");
        (await report.EvaluateAsync<bool>("window.opener === null")).ShouldBeTrue();
        await report.CloseAsync();
        open.Complaints.ShouldBeEmpty();
    }

    private static ILocator Text(IPage page, string text) => page.GetByText(text).First;

    private static Task Eventually(Func<Task<bool>> condition) => Testing.Eventually.HoldsAsync(condition);
}
