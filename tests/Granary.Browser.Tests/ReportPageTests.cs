using System.Text;
using Granary.Reporting.Tests.Synthetic;
using Microsoft.Playwright;

namespace Granary.Browser.Tests;

/// <summary>
/// The pages as a reader meets them: in Chromium, at three widths, in both themes, on paper, with keys alone and without scripts.
/// </summary>
public class ReportPageTests(Browser browser, PageFiles pages)
{
    private readonly SyntheticRun _run = pages.Hundred;

    [Fact]
    public async Task The_page_of_a_thousand_strategies_is_small_fits_its_width_reads_well_and_loads_nothing()
    {
        await using var open = await browser.OpenAsync(pages.ThousandPage, 360);
        var time = await open.Page.EvaluateAsync<double>("performance.getEntriesByType('navigation')[0].domComplete");
        var elements = await open.Page.EvaluateAsync<int>("document.querySelectorAll('*').length");
        var size = new FileInfo(pages.ThousandPage).Length;
        TestContext.Current.TestOutputHelper!.WriteLine($"{size / 1e6:0.00} MB, {elements} elements, domComplete after {time:0} ms");
        size.ShouldBeLessThan(3_000_000);
        elements.ShouldBeLessThan(30_000);
        foreach (var (width, scheme) in new[] { (360, ColorScheme.Light), (1280, ColorScheme.Dark) })
        {
            await open.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await open.Page.SetViewportSizeAsync(width, 800);
            await open.PictureAsync($"run-{width}-{scheme}");
            (await open.Page.EvaluateAsync<string[]>(PageFaults.All)).ShouldBeEmpty($"{width} {scheme}");
            (await open.Page.EvaluateAsync<string[]>(PageFaults.Faint)).ShouldBeEmpty($"{width} {scheme}");
        }
        open.Complaints.ShouldBeEmpty();
        open.Requests.Count.ShouldBe(1, string.Join("\n", open.Requests));
    }

    [Fact]
    public async Task The_first_screen_shows_what_was_run_the_figures_the_findings_the_digest_and_the_picture()
    {
        await using var open = await browser.OpenAsync(pages.HundredPage);
        foreach (var what in (string[])["h1", ".figures", ".notice", ".digest", ".chart.time:nth-of-type(1) svg",
            "figure:has(path.line.loss) svg"])
        {
            var box = await open.Page.Locator(what).First.BoundingBoxAsync();
            (box!.Y + box.Height).ShouldBeLessThanOrEqualTo(800, what);
        }
    }

    [Fact]
    public async Task A_heading_sorts_the_strategies_by_its_column_and_says_so()
    {
        await using var open = await browser.OpenAsync(pages.HundredPage);
        var sharpe = open.Page.Locator("table.strategies thead th", new PageLocatorOptions { HasText = "Sharpe" });
        (await sharpe.GetAttributeAsync("aria-sort")).ShouldBeNull();
        await sharpe.GetByRole(AriaRole.Button).FocusAsync();
        await open.Page.Keyboard.PressAsync("Enter");
        (await sharpe.GetAttributeAsync("aria-sort")).ShouldBe("descending");
        var down = await SortedColumnAsync(open.Page);
        var defined = down.TakeWhile(v => !double.IsNaN(v)).ToList();
        defined.ShouldBe(down.Where(v => !double.IsNaN(v)).OrderByDescending(v => v));
        defined.Count.ShouldBeInRange(80, 99, "some are undefined, and stay below");
        await open.Page.Keyboard.PressAsync("Enter");
        (await sharpe.GetAttributeAsync("aria-sort")).ShouldBe("ascending");
        var up = await SortedColumnAsync(open.Page);
        up.TakeWhile(v => !double.IsNaN(v)).ShouldBe(defined.Order(), "again the undefined ones stay below");
        (await open.Page.Locator("table.strategies th[aria-sort]").CountAsync()).ShouldBe(1);
        await open.Page.Locator("table.strategies thead th", new PageLocatorOptions { HasText = "Symbol" }).GetByRole(AriaRole.Button)
            .ClickAsync();
        (await open.Page.Locator("table.strategies tbody tr:first-child td").First.TextContentAsync()).ShouldBe("BTCUSDT");
    }

    private static async Task<double[]> SortedColumnAsync(IPage page)
    {
        var texts = await page.EvaluateAsync<string[]>("""
            () => {
                const column = document.querySelector('table.strategies th[aria-sort]').cellIndex;
                return [...document.querySelectorAll('table.strategies tbody tr')].map(r => r.cells[column].textContent);
            }
            """);
        return [.. texts.Select(t => double.TryParse(t.Replace('−', '-'), out var v) ? v : double.NaN)];
    }

    [Fact]
    public async Task The_strategies_are_filtered_by_words_lists_and_weight()
    {
        await using var open = await browser.OpenAsync(pages.HundredPage);
        var page = open.Page;
        var rows = page.Locator("table.strategies tbody tr:not([hidden])");
        var count = page.Locator(".filters output");
        (await rows.CountAsync()).ShouldBe(100);
        await page.Locator("input[name=find]").FillAsync("sma fast=5,slow=40");
        var found = _run.Model.Strategies.Count(s => s.Id.Contains("Sma", StringComparison.Ordinal)
            && s.Id.Contains("fast=5,slow=40", StringComparison.Ordinal));
        (await rows.CountAsync()).ShouldBe(found);
        (await count.TextContentAsync()).ShouldBe($"{found} of 100 strategies");
        await page.Locator("input[name=find]").FillAsync("");
        await page.Locator(".filters select").Nth(0).SelectOptionAsync("MacdCross");
        await page.Locator(".filters select").Nth(1).SelectOptionAsync("GLD");
        (await rows.CountAsync()).ShouldBe(_run.Model.Strategies.Count(s => s is { Class: "MacdCross", Symbol: "GLD" }));
        await page.GetByLabel("with weight").CheckAsync();
        (await rows.CountAsync()).ShouldBe(_run.Model.Strategies.Count(s => s is { Class: "MacdCross", Symbol: "GLD", Weight: not 0 }));
    }

    [Fact]
    public async Task A_row_opens_all_figures_of_its_strategy_and_leads_to_its_chart()
    {
        await using var open = await browser.OpenAsync(pages.HundredPage);
        var page = open.Page;
        await page.Locator("table.strategies tbody tr").Nth(0).Locator("th b").FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        var dialog = page.Locator("dialog");
        (await dialog.IsVisibleAsync()).ShouldBeTrue();
        (await dialog.Locator("h2").TextContentAsync()).ShouldBe(await page.Locator("table.strategies tbody tr").Nth(1)
            .GetAttributeAsync("data-id"));
        (await page.Locator("table.strategies [tabindex='0']").CountAsync()).ShouldBe(1, "the tab key passes all rows in one step");
        (await dialog.TextContentAsync())!.ShouldContain("Sortino");
        await page.Keyboard.PressAsync("Escape");
        (await dialog.IsVisibleAsync()).ShouldBeFalse();

        var second = await page.Locator("table.strategies tbody tr").Nth(1).GetAttributeAsync("data-id");
        await page.Locator("input[name=find]").FillAsync(second!);
        await page.Locator("table.strategies tbody tr:not([hidden])").First.ClickAsync();
        await open.PictureOfScreenAsync("dialog");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Entries, exits and equity" }).ClickAsync();
        await page.Locator($".explore[data-strategy=\"{second}\"]").WaitForAsync();
    }

    [Fact]
    public async Task Any_strategy_is_drawn_as_candles_with_its_equity_and_zoomed_to_its_trades()
    {
        await using var open = await browser.OpenAsync(pages.HundredPage);
        var page = open.Page;
        var box = page.Locator(".explore");
        await box.ScrollIntoViewIfNeededAsync();
        await page.Locator(".explore[data-strategy]").WaitForAsync();
        (await box.Locator("select option").CountAsync()).ShouldBe(_run.Model.Strategies.Count(s => s.Stats is not null));
        (await page.Locator(".chosen:visible").CountAsync()).ShouldBe(0, "the drawings that need no script are for paper");
        var traded = _run.Model.Strategies.First(s => s is { Weight: not 0, Stats.Trades: > 5 });
        await box.Locator("select").SelectOptionAsync(traded.Id);
        var seen = box.Locator("output");
        var trades = _run.Trades(traded.Index).ToArray();
        (await seen.TextContentAsync())!.ShouldContain($"{trades.Length} of {trades.Length} trades in view");
        await box.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Zoom in" }).ClickAsync();
        (await seen.TextContentAsync())!.ShouldNotContain($"{trades.Length} of {trades.Length} trades");
        await box.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Zoom to the next trade" }).ClickAsync();
        (await seen.TextContentAsync())!.ShouldContain($"Trade 1 of {trades.Length}: ");
        (await seen.TextContentAsync())!.ShouldContain($"{new DateTime(trades[0].EntryTime):yyyy-MM-dd}");
        await open.PictureOfScreenAsync("candles");
        await box.Locator("canvas").FocusAsync();
        await page.Keyboard.PressAsync("PageDown");
        (await seen.TextContentAsync())!.ShouldContain($"Trade 2 of {trades.Length}: ");
        await page.Keyboard.PressAsync("Home");
        (await seen.TextContentAsync())!.ShouldContain($"{trades.Length} of {trades.Length} trades in view");
        // Something is drawn: the canvas is not of one colour.
        (await page.EvaluateAsync<int>("new Set(new Uint32Array(document.querySelector('.explore canvas').getContext('2d').getImageData(0, "
            + "0, 600, 300).data.buffer)).size")).ShouldBeGreaterThan(4);
    }

    [Fact]
    public async Task Pointer_and_arrow_keys_read_the_curve_off()
    {
        await using var open = await browser.OpenAsync(pages.HundredPage);
        var page = open.Page;
        var plot = page.Locator(".plot").First;
        var box = (await plot.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + box.Width - 1, box.Y + 40);
        var tip = plot.Locator(".tip");
        (await tip.TextContentAsync())!.ShouldContain(_run.Model.Portfolio!.FinalEquity.ToString("#,0"));
        // The drawdown below has its crosshair at the same place.
        (await page.Locator(".plot").Nth(1).Locator(".cross").IsVisibleAsync()).ShouldBeTrue();
        await open.PictureOfScreenAsync("crosshair");
        await page.Mouse.MoveAsync(2, 2);
        (await tip.IsVisibleAsync()).ShouldBeFalse();
        await plot.FocusAsync();
        await page.Keyboard.PressAsync("ArrowLeft");
        (await tip.IsVisibleAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task The_theme_follows_the_system_until_it_is_chosen_and_stays_chosen()
    {
        await using var open = await browser.OpenAsync(pages.HundredPage, dark: true, ownTab: true);
        var page = open.Page;
        const string Paper = "getComputedStyle(document.body).backgroundColor";
        (await page.EvaluateAsync<string>(Paper)).ShouldBe("rgb(19, 23, 28)");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Light theme" }).ClickAsync();
        (await page.EvaluateAsync<string>(Paper)).ShouldBe("rgb(255, 255, 255)");
        await page.ReloadAsync();
        (await page.EvaluateAsync<string>(Paper)).ShouldBe("rgb(255, 255, 255)");
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        (await page.EvaluateAsync<string>(Paper)).ShouldBe("rgb(255, 255, 255)");
    }

    [Fact]
    public async Task Without_scripts_nothing_is_missing()
    {
        await using var open = await browser.OpenAsync(pages.HundredPage, scripts: false);
        (await open.Page.Locator("table.strategies tbody tr:visible").CountAsync()).ShouldBe(100);
        (await open.Page.Locator(".chosen:visible").CountAsync()).ShouldBe(3);
        (await open.Page.Locator(".explore").IsVisibleAsync()).ShouldBeFalse();
        (await open.Page.Locator(".filters").IsVisibleAsync()).ShouldBeFalse("what needs a script is not shown");
        (await open.Page.Locator("#theme").IsVisibleAsync()).ShouldBeFalse();
        (await open.Page.Locator(".plot svg path.line.s1").First.IsVisibleAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task On_paper_the_page_is_light_and_shows_sixty_strategies_as_sorted()
    {
        await using var open = await browser.OpenAsync(pages.HundredPage, dark: true);
        var page = open.Page;
        await page.Locator("table.strategies thead th", new PageLocatorOptions { HasText = "Max DD" }).GetByRole(AriaRole.Button)
            .ClickAsync();
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        (await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor")).ShouldBe("rgb(255, 255, 255)");
        (await page.Locator("table.strategies tbody tr:visible").CountAsync()).ShouldBe(60);
        (await page.Locator("nav, .filters, #theme").Locator("visible=true").CountAsync()).ShouldBe(0);
        var pdf = await page.PdfAsync(new PagePdfOptions { Format = "A4", Path = Path.Combine(browser.Folder, "run.pdf") });
        Encoding.ASCII.GetString(pdf, 0, 5).ShouldBe("%PDF-");
    }
}
