using Granary.Testing;
using Microsoft.Playwright;

namespace Granary.Browser.Tests;

/// <summary>Every kind of page at three widths and in both themes: as axe-core judges it, and as it is laid out.</summary>
/// <remarks>
/// Each width in one theme, so that both themes are seen, and axe-core once, where most has to give way. With
/// <c>GRANARY_TEST_LONG=1</c> each width in both themes, axe-core at each width, and its rule on contrast.
/// </remarks>
public class AccessibilityTests(Browser browser, PageFiles pages)
{
    public static TheoryData<string> Kinds => [.. PageKinds.All];

    [Theory, MemberData(nameof(Kinds))]
    public async Task No_page_has_a_fault_of_layout_or_accessibility_at_any_width_in_any_theme(string kind)
    {
        await using var open = await browser.OpenAsync(pages.Of(kind), 390, 900);
        var faults = new List<string>();
        foreach (var width in (int[])[1440, 820, 390])
            foreach (var dark in (bool[])[false, true])
            {
                // The least width in one theme and the greatest in the other.
                var isUsual = TestEffort.IsLong ? dark == (width == 820) : (width, dark) is (390, false) or (1440, true);
                if (!isUsual && !TestEffort.IsLong) continue;
                await open.Page.SetViewportSizeAsync(width, 900);
                await open.Page.EmulateMediaAsync(new() { ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light });
                var name = $"{kind}-{width}-{(dark ? "dark" : "light")}";
                await open.PictureAsync(name);
                faults.AddRange((await open.Page.EvaluateAsync<string[]>(PageFaults.All)).Select(f => $"{name}: {f}"));
                faults.AddRange((await open.Page.EvaluateAsync<string[]>(PageFaults.Faint)).Select(f => $"{name}: too faint: {f}"));
                if (!isUsual || !TestEffort.IsLong) continue;
                // All rules once, where most has to give way, and those on colours once in the other theme.
                var found = await Axe.ViolationsAsync(open.Page, width == 390 ? [] : Axe.Seen);
                faults.AddRange(found.Select(f => $"{name}: {f}"));
            }
        if (!TestEffort.IsLong) faults.AddRange(await Axe.LastViolationsAsync(open.Page));
        faults.ShouldBeEmpty();
        open.Complaints.ShouldBeEmpty();
        open.Requests.Count.ShouldBe(1, string.Join("\n", open.Requests));
    }

    [Theory]
    [InlineData(PageFaults.Broken, "<p style='width:70px'>from 2024-01-02 to 2024-03-04</p>", "on two lines")]
    [InlineData(PageFaults.TooWide, "<p style='width:2000px'>wide</p>", "too wide")]
    [InlineData(PageFaults.Untitled, "<svg class=frame><title>T</title><g class=ticks><text x=9 y=9>1</text></g></svg>", "has no title")]
    [InlineData(PageFaults.Overlaps, "<svg class=frame><title>T</title><text x=9 y=9>1998</text><text x=12 y=9>2000</text></svg>", "over")]
    [InlineData(PageFaults.Faint, "<p style='color:#aaa'>faint</p>", "faint")]
    public async Task A_fault_of_layout_is_found(string script, string markup, string expected)
    {
        var path = pages.File("fault-" + expected.Replace(' ', '-'), w => w.Write("<!doctype html><title>f</title>" + markup));
        await using var open = await browser.OpenAsync(path, 390, 844);
        (await open.Page.EvaluateAsync<string[]>(script)).ShouldContain(f => f.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_fault_of_accessibility_is_found_in_a_row_that_is_like_no_other()
    {
        const string Row = "<tr><td>1<td><a href='#a'>more</a>";
        const string Start = "<!doctype html><html lang=en><title>f</title><main><h1>F</h1><p>f</p><table>";
        var path = pages.File("fault-of-a-row", w => w.Write(Start + Row + Row + "<tr><td>1<td><a href='#a'></a>" + Row + "</table>"));
        await using var open = await browser.OpenAsync(path);
        (await Axe.LastViolationsAsync(open.Page)).ShouldContain(f => f.StartsWith("link-name", StringComparison.Ordinal));
        (await open.Page.Locator("tr").CountAsync()).ShouldBe(2);
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
