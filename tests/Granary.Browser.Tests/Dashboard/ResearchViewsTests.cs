using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Granary.Browser.Tests.Dashboard;

/// <summary>From the start page to the results of a run, in Chromium on a real server.</summary>
public class ResearchViewsTests(Browser browser, DashboardServer server)
{
    [Fact]
    public async Task One_click_runs_the_quickstart_and_ends_at_its_results_whose_views_have_no_fault_at_any_width_in_any_theme()
    {
        var address = await server.AddressAsync();
        await using var open = await browser.OpenAsync(address, 1440, 900, offline: false);
        var page = open.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Run the quickstart" }).ClickAsync();
        await page.WaitForURLAsync(new Regex("/jobs/"));
        await page.WaitForURLAsync(new Regex("/runs/"), new() { Timeout = 180_000 });
        var run = new Uri(page.Url).AbsolutePath;
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
        var detail = new Uri(page.Url).PathAndQuery;

        var faults = new List<string>();
        foreach (var (name, path) in new[]
        {
            ("start", "/"), ("new-batch", "/batches/new"), ("jobs", "/jobs"), ("job", run.Replace("/runs/", "/jobs/")), ("runs", "/runs"),
            ("overview", run), ("strategies", run + "?tab=strategies"), ("strategy", detail), ("parameters", run + "?tab=parameters"),
            ("conditions", run + "?tab=conditions"), ("files", run + "?tab=files"),
            ("compare", $"/compare?a={run.Split('/')[^1]}&b={run.Split('/')[^1]}"),
        }) faults.AddRange(await FaultsAsync(open, address, name, path));
        faults.ShouldBeEmpty();
        open.Complaints.ShouldBeEmpty();
        open.Requests.ShouldAllBe(r => r.StartsWith(address, StringComparison.Ordinal) || r.StartsWith("blob:", StringComparison.Ordinal));
    }

    private static async Task<List<string>> FaultsAsync(OpenPage open, string address, string name, string path)
    {
        var faults = new List<string>();
        await open.Page.GotoAsync(address + path);
        await open.Page.Locator("h1").First.WaitForAsync();
        await Eventually(async () => await open.Page.Locator(".loading").CountAsync() == 0);
        foreach (var (width, dark) in new[] { (390, false), (820, true), (1440, false), (390, true), (820, false), (1440, true) })
        {
            await open.Page.SetViewportSizeAsync(width, 900);
            await open.Page.EmulateMediaAsync(new() { ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light });
            var of = $"dashboard-{name}-{width}-{(dark ? "dark" : "light")}";
            await open.PictureOfScreenAsync(of);
            if (await open.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth") > 0) faults.Add($"{of}: too wide");
            if ((width, dark) is not ((390, false) or (820, true) or (1440, false))) continue;
            var found = await open.Page.RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations] });
            found.Passes.Length.ShouldBeGreaterThan(10, "axe has looked at the page");
            faults.AddRange(found.Violations.Select(v => $"{of}: {v.Id}: {string.Join("; ", v.Nodes.Take(3).Select(n => n.Html))}"));
        }
        return faults;
    }

    [Fact]
    public async Task The_form_and_the_text_of_a_batch_agree_and_a_fault_of_the_server_stands_at_its_field()
    {
        var address = await server.AddressAsync();
        await using var open = await browser.OpenAsync(address + "/batches/new", 1440, 900, offline: false);
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

    private static ILocator Text(IPage page, string text) => page.GetByText(text).First;

    private static Task Eventually(Func<Task<bool>> condition) => Testing.Eventually.HoldsAsync(condition);
}
