using Granary.Browser.Tests.Dashboard;
using Granary.Testing;
using Microsoft.Playwright;

namespace Granary.Browser.Tests.Documentation;

/// <summary>The documentation site in a browser: from a plain file server, and from <c>granary serve</c> under its policy.</summary>
public sealed class DocumentationPagesTests(Browser browser, TradedServer traded)
{
    private const string Width = "document.documentElement.scrollWidth - innerWidth";

    public static TheoryData<string> Kinds => [.. DocumentationTab.Kinds];

    /// <remarks>Each width in one theme; with <c>GRANARY_TEST_LONG=1</c> each in both.</remarks>
    [Theory, MemberData(nameof(Kinds))]
    public async Task A_page_has_no_fault_of_accessibility_fits_its_width_and_loads_nothing_from_elsewhere(string path)
    {
        foreach (var (width, dark) in ((int, bool)[])[(390, true), (1440, false), (390, false), (1440, true)])
        {
            if (dark != (width == 390) && !TestEffort.IsLong) continue;
            await using var tab = await DocumentationTab.OpenAsync(browser, path, width, dark);
            await tab.Page.Locator("h1").First.WaitForAsync();
            if (Environment.GetEnvironmentVariable("GRANARY_SCREENSHOTS") is { Length: > 0 } folder)
                await tab.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"site-{path.Replace('/', '-')}-{width}-{dark}.png") });
            (await Axe.ViolationsAsync(tab.Page)).ShouldBeEmpty($"{path}, {width} pixels, {(dark ? "dark" : "light")}");
            (await tab.Page.EvaluateAsync<int>(Width)).ShouldBeLessThanOrEqualTo(0, $"{path} is wider than {width} pixels");
            tab.Complaints.ShouldBeEmpty();
            tab.Outside.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task The_search_finds_a_key_of_a_batch_file_and_opens_its_page_without_another_server()
    {
        await using var tab = await DocumentationTab.OpenAsync(browser, "index.html", 1440, dark: false);
        await SearchAsync(tab.Page, "marginTiers", "perpetuals.html");
        tab.Complaints.ShouldBeEmpty();
        tab.Outside.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_link_opens_the_page_without_a_new_load_and_an_unknown_page_says_so()
    {
        await using var tab = await DocumentationTab.OpenAsync(browser, "reference/index.html", 1440, dark: false);
        await tab.Page.EvaluateAsync("window.mark = 1");
        await tab.Page.Locator("main a", new() { HasText = "The batch file" }).First.ClickAsync();
        await tab.Page.WaitForURLAsync("**/batch-file.html");
        (await tab.Page.EvaluateAsync<int>("window.mark")).ShouldBe(1);
        await tab.Page.GotoAsync(new Uri(new Uri(tab.Page.Url), "404.html").AbsoluteUri);
        await Assertions.Expect(tab.Page.GetByText("PAGE NOT FOUND")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Granary_serve_shows_the_pages_and_their_search_under_a_policy_without_inline_scripts()
    {
        var server = await traded.ServerAsync();
        using var answer = await server.Client.GetAsync("/docs/");
        if (!answer.IsSuccessStatusCode) Assert.Skip("this build has no documentation site: run infra/site.sh, and build again");
        var context = await browser.ContextAsync(new BrowserNewContextOptions { ColorScheme = ColorScheme.Dark });
        var page = await context.NewPageAsync();
        var complaints = new List<string>();
        page.Console += (_, message) => { if (OpenPage.IsOfPage(message)) complaints.Add(message.Text); };
        page.PageError += (_, error) => complaints.Add(error);
        await page.GotoAsync(new Uri(server.Address, "/docs/").AbsoluteUri);
        (await page.EvaluateAsync<bool>("document.documentElement.classList.contains('dark')")).ShouldBeTrue();
        await SearchAsync(page, "marginTiers", "perpetuals.html");
        complaints.ShouldBeEmpty();
        await context.CloseAsync();
    }

    private static async Task SearchAsync(IPage page, string words, string found)
    {
        await page.Locator("#local-search button").First.ClickAsync();
        await page.Locator("#localsearch-input").FillAsync(words);
        await page.Locator($".results a[href*='{found}']").First.ClickAsync();
        await page.WaitForURLAsync($"**/{found}*");
        await page.Locator("h1").First.WaitForAsync();
    }
}
