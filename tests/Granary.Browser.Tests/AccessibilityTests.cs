using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;

namespace Granary.Browser.Tests;

/// <summary>Every kind of page at three widths and in both themes, as axe-core judges it.</summary>
public class AccessibilityTests(Browser browser, PageFiles pages) : IClassFixture<Browser>
{
    // Whatever reaches over the page's edge and is not in a box that scrolls by itself.
    private const string TooWide =
        """
        [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && e.getClientRects().length
            && !e.closest('.scroll, pre, .contents, svg, .skip, .tip')).map(e => e.tagName + '.' + e.className + ' ' + e.textContent.slice(0, 40)).slice(0, 8)
        """;

    // Other results than violations come with one element each: their thousands of elements are most of the cost.
    private static readonly AxeRunOptions _options = new() { ResultTypes = [ResultType.Violations] };

    public static TheoryData<string, int, bool> Pages()
    {
        var pages = new TheoryData<string, int, bool>();
        foreach (var kind in PageKinds.All)
            foreach (var width in (int[])[390, 820, 1440])
                foreach (var dark in (bool[])[false, true])
                    pages.Add(kind, width, dark);
        return pages;
    }

    [Theory, MemberData(nameof(Pages))]
    public async Task Axe_finds_no_violation_on_any_page(string kind, int width, bool dark)
    {
        await using var open = await browser.OpenAsync(pages.Of(kind), width, 900, dark);
        await open.PictureAsync($"{kind}-{width}-{(dark ? "dark" : "light")}");
        var found = await open.Page.RunAxe(_options);
        found.Violations.Select(v => $"{v.Id}: {string.Join("; ", v.Nodes.Take(3).Select(n => n.Html))}").ShouldBeEmpty();
        found.Passes.Length.ShouldBeGreaterThan(20, "axe has looked at the page");
    }

    [Theory]
    [InlineData("backtest"), InlineData("walk-forward"), InlineData("live"), InlineData("compare"), InlineData("analyze"),
        InlineData("track")]
    public async Task Nothing_reaches_over_the_edge_of_a_telephone(string kind)
    {
        await using var open = await browser.OpenAsync(pages.Of(kind), 390, 844);
        (await open.Page.EvaluateAsync<string[]>(TooWide)).ShouldBeEmpty();
        (await open.Page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(390);
        open.Complaints.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task A_table_that_scrolls_sideways_shows_a_shadow_at_its_cut_edge(bool dark)
    {
        await using var open = await browser.OpenAsync(pages.Of("backtest"), 390, 844, dark);
        const string Layers =
            """
            [...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth + 1)
                .map(e => getComputedStyle(e))
                .map(s => s.backgroundAttachment + ' ' + (s.backgroundImage.split('linear-gradient').length - 1))
            """;
        var layers = await open.Page.EvaluateAsync<string[]>(Layers);
        layers.ShouldNotBeEmpty();
        layers.ShouldAllBe(l => l == "local, local, scroll, scroll 4");
    }

    [Fact]
    public async Task A_long_heading_of_figures_wraps_before_its_table_has_to_scroll()
    {
        await using var open = await browser.OpenAsync(pages.Of("backtest"), 390, 844);
        const string Headings =
            """
            [...document.querySelectorAll('#groups thead th.n')].filter(e => e.textContent === 'Median return')
                .map(e => e.offsetWidth)
            """;
        var widths = await open.Page.EvaluateAsync<int[]>(Headings);
        widths.ShouldNotBeEmpty();
        widths.ShouldAllBe(w => w < 80);
    }
}
