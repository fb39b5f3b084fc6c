using Granary.Testing;
using Microsoft.Playwright;

namespace Granary.Browser.Tests.Dashboard;

/// <summary>Each view of the dashboard at two widths or three, in both themes: as axe-core judges it, and as it is laid out.</summary>
/// <remarks>
/// The least width in one theme and the greatest in the other; axe-core looks at all rules but that on contrast at the least width, and a
/// script of our own at the contrast in both themes. <c>GRANARY_TEST_LONG=1</c> has three widths in both themes and all rules at each. The
/// first view of each list is loaded, and the others follow as from a link; the server answers with the dashboard at the address of each.
/// </remarks>
public sealed class ViewTests(DashboardTab tab, TradedServer traded) : IClassFixture<DashboardTab>
{
    [Theory]
    [InlineData("/nothing-here", "/", "/editor", "/batches/new", "/batches/new?as=train", "/jobs", "/jobs/new?kind=combine&runs=RUN,GRID",
        "/jobs/new?kind=track", "/jobs/new?kind=verify&run=RUN", "/jobs/RUN", "/jobs/SEARCHED", "/runs", "/runs/RUN",
        "/runs/GRID?tab=strategies",
        "/runs/GRID?strategy=STRATEGY")]
    [InlineData("/runs/GRID?tab=analysis", "/runs/GRID?tab=paths", "/runs/GRID?tab=parameters", "/runs/GRID?tab=conditions",
        "/runs/GRID?tab=files",
        "/runs/WATCHED?tab=models", "/runs/WATCHED?tab=analysis", "/compare?runs=RUN,GRID")]
    [InlineData("/live", "/live/start?deployment=1", "/live/paper", "/live/paper?tab=limits",
        "/live/ended", "/live/ended?tab=promised", "/live/paper?tab=configuration", "/alerts",
        "/monitor?columns=2&panels=price:paper:m,equity:ended:s,trades:paper:l,strategies:paper:mw",
        "/monitor?columns=1&panels=events:paper:s,limits:paper:s,figures:ended:s")]
    [InlineData("/portfolio", "/portfolio/paper", "/portfolio/paper?tab=history", "/portfolio/another", "/deployments", "/deployments/1",
        "/signals/RUN", "/why?run=GRID&strategy=STRATEGY&signal=1")]
    [InlineData("/schedules", "/costs?account=paper", "/runs/GRID?tab=trades&trades-side=long&trades-cols=entryTime,side,pnlNet", "/models",
        "/models/MODEL", "/reinforcement", "/reinforcement?run=LEARNED")]
    [InlineData("/data", "/data/market?store=other&symbol=COINUSDT&timeframe=1h", "/data/import",
        "/data/compare?a=bars&b=other&symbol=COINUSDT&timeframe=1h")]
    public async Task No_view_has_a_fault_of_accessibility_or_layout_at_any_width_in_any_theme(params string[] views)
    {
        var server = await traded.ServerAsync();
        var faults = new List<string>();
        var dashboard = await server.PageAsync("/");
        var visit = await tab.LoadAsync(views[0]);
        foreach (var view in views)
        {
            var address = traded.AddressOf(view);
            if (view != views[0])
            {
                (await server.PageAsync(address)).ShouldBe(dashboard);
                await visit.FollowAsync(address);
            }
            foreach (var width in (int[])[390, 820, 1440])
                foreach (var dark in (bool[])[false, true])
                {
                    if (!TestEffort.IsLong && (width, dark) is not ((390, false) or (1440, true))) continue;
                    var name = $"{view} {width} {(dark ? "dark" : "light")}";
                    faults.AddRange((await FaultsAsync(visit, name, width, dark)).Select(f => $"{name}: {f}"));
                }
        }
        faults.ShouldBeEmpty();
        visit.Complaints.ShouldBeEmpty();
        visit.Foreign(server.Address).ShouldBeEmpty();
    }

    // Charts take their new width in a frame after that of the window: a fault is what is still there sixty frames later.
    private const string Layout = $$"""
        async () => {
            const faults = () => [...{{PageFaults.TooWide}}, ...{{PageFaults.Broken}}];
            let found = faults();
            for (let i = 0; i < 60 && found.length > 0; i++) {
                await new Promise(requestAnimationFrame);
                found = faults();
            }
            return found;
        }
        """;

    // A theme changes colours only, so that contrast is looked at in both, and all else in one.
    private static async Task<IEnumerable<string>> FaultsAsync(Visit visit, string name, int width, bool dark)
    {
        await visit.Page.SetViewportSizeAsync(width, 900);
        await visit.Page.EmulateMediaAsync(new() { ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light });
        await visit.SettledAsync();
        await visit.PictureAsync(string.Concat(name.Skip(1).Select(c => char.IsLetterOrDigit(c) ? c : '-')));
        var faults = await visit.Page.EvaluateAsync<string[]>(Layout);
        if (TestEffort.IsLong) return [.. faults, .. await Axe.ViolationsAsync(visit.Page, dark ? Axe.Seen : [])];
        faults = [.. faults, .. await visit.Page.EvaluateAsync<string[]>(PageFaults.Faint)];
        return width == 390 ? [.. faults, .. await Axe.ViolationsAsync(visit.Page, "all but", Axe.Contrast)] : faults;
    }
}
