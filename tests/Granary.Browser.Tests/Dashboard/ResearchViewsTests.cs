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
        await page.WaitForURLAsync(new Regex("/runs/"));
        visited.ShouldContain(u => u.Contains("/jobs/", StringComparison.Ordinal));
        await Text(page, "How far this can be believed").WaitForAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Strategies", Exact = true }).ClickAsync();
        await Text(page, "1,008 strategies match").WaitForAsync();
        await page.GetByLabel("Find").FillAsync("SmaCross");
        await page.GetByLabel("Where").FillAsync("trades>=30");
        await Eventually(async () => !(await page.GetByRole(AriaRole.Status).First.InnerTextAsync()).StartsWith("1,008",
            StringComparison.Ordinal));
        var strategy = page.GetByRole(AriaRole.Region, new() { Name = "Strategies" }).GetByRole(AriaRole.Link).First;
        (await strategy.InnerTextAsync()).ShouldStartWith("SmaCross(");
        await strategy.ClickAsync();
        await page.Locator(".chart canvas").First.WaitForAsync();
        await page.GetByRole(AriaRole.Region, new() { Name = "Trades" }).WaitForAsync();
        open.Complaints.ShouldBeEmpty();
    }

    // The figures of the run's second half, as the server has them.
    private const string SecondHalf = """
        async run => {
            const get = async path => (await fetch(`/api/v1/runs/${run}/${path}`,
                { headers: { Authorization: `Bearer ${sessionStorage.getItem('granary.key')}` } })).json();
            const rows = (await get('series/equity?points=20000')).times;
            const [from, to] = [rows[Math.floor(rows.length / 2)], rows.at(-1)];
            const part = await get(`figures?from=${from.slice(0, 10)}T00:00:00Z&to=${to.slice(0, 10)}T23:59:59Z`);
            return [from.slice(0, 10), String(part.stats.trades), String((await get('figures')).stats.trades)];
        }
        """;

    [Fact]
    public async Task One_range_narrows_figures_charts_and_trades_of_a_run_and_All_shows_the_whole_again()
    {
        var open = await tab.LoadAsync("/runs/GRID");
        var (page, run) = (open.Page, new Uri(open.Page.Url).AbsolutePath.Split('/')[2]);
        var (from, part, whole) = await page.EvaluateAsync<string[]>(SecondHalf, run) is [var f, var p, var w] ? (f, p, w) : ("", "", "");
        part.ShouldNotBe(whole);
        await Figure(page, "Trades", whole);
        foreach (var name in new[] { "Win rate", "Profit factor", "Expectancy", "Average exposure" })
            await page.Locator("dl.figures dt", new() { HasText = name }).First.WaitForAsync();
        await page.Locator(".u-legend", new() { HasText = "Buy and hold" }).First.WaitForAsync();

        await page.GetByLabel("From", new() { Exact = true }).FillAsync(from);
        await Figure(page, "Trades", part);
        page.Url.ShouldContain($"from={from}T00%3A00%3A00Z");
        await page.GetByText($"{part} trade").First.WaitForAsync();
        // Another tab of the run, and a strategy of it, have the same range.
        await page.GetByRole(AriaRole.Link, new() { Name = "Analysis", Exact = true }).ClickAsync();
        await page.GetByLabel("From", new() { Exact = true }).WaitForAsync();
        (await page.GetByLabel("From", new() { Exact = true }).InputValueAsync()).ShouldBe(from);
        await page.GoBackAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "All", Exact = true }).ClickAsync();
        await Figure(page, "Trades", whole);
        page.Url.ShouldNotContain("from=");

        var trades = page.GetByRole(AriaRole.Region, new() { Name = "Trades of the portfolio" });
        await trades.GetByRole(AriaRole.Link).First.ClickAsync();
        await page.WaitForURLAsync(new Regex("strategy=.*at="));
        await open.SettledAsync();
        await page.GetByRole(AriaRole.Img, new() { Name = "Equity of the strategy’s own account over time" }).WaitForAsync();
        open.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_run_shows_what_could_have_happened_to_its_portfolio()
    {
        var open = await tab.LoadAsync("/runs/GRID");
        await open.Page.GetByRole(AriaRole.Link, new() { Name = "What if", Exact = true }).ClickAsync();
        await open.Page.GetByRole(AriaRole.Heading, new() { Name = "What could have happened" }).WaitForAsync();
        var chances = open.Page.GetByRole(AriaRole.Region, new() { Name = "Probabilities" });
        (await chances.GetByRole(AriaRole.Row).Filter(new() { HasText = "Ruin" }).InnerTextAsync()).ShouldContain("%");
        await open.Page.GetByRole(AriaRole.Img, new() { NameRegex = new Regex("nine of ten end between") }).First.WaitForAsync();
        open.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Weight_rules_of_a_run_are_compared_beside_the_frontier_and_the_risk_of_the_last_weights()
    {
        var open = await tab.LoadAsync("/runs/WATCHED?tab=analysis");
        var rules = open.Page.GetByRole(AriaRole.Region, new() { Name = "Weight rules out of sample" });
        await rules.WaitForAsync();
        (await rules.GetByRole(AriaRole.Rowheader).AllInnerTextsAsync()).ShouldBe(["equal", "winners", "score", "matching-pursuit",
            "inverse-volatility", "minimum-variance", "maximum-sharpe", "risk-parity", "hierarchical-risk-parity"]);
        await open.Page.GetByRole(AriaRole.Img, new() { NameRegex = new Regex("portfolio with the smallest risk") }).WaitForAsync();
        await open.Page.GetByText("in sample").First.WaitForAsync();
        await open.Page.GetByText("and their share of the risk").WaitForAsync();
        open.Complaints.ShouldBeEmpty();
    }

    private static Task Figure(IPage page, string name, string value) => Eventually(async () => (await page.Locator("dl.figures > div",
        new() { Has = page.Locator("dt", new() { HasTextRegex = new Regex($"^{name}$") }) }).Locator("dd").First.InnerTextAsync())
        .Replace(",", "", StringComparison.Ordinal) == value);

    [Fact]
    public async Task A_bar_file_of_the_data_folder_begins_a_batch_on_it()
    {
        var open = await tab.LoadAsync("/data");
        var server = open.Page;
        await server.GetByRole(AriaRole.Heading, new() { Name = "Bar files" }).WaitForAsync();
        await Eventually(async () => !await server.GetByText("being read").First.IsVisibleAsync());
        var file = server.GetByRole(AriaRole.Region, new() { Name = "Bar files" }).GetByRole(AriaRole.Link).First;
        var symbol = await file.InnerTextAsync();
        await file.ClickAsync();
        await server.WaitForURLAsync(new Regex("/batches/new"));
        (await server.GetByLabel("Batch file").InputValueAsync()).ShouldContain($"\"{symbol}\"");
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
