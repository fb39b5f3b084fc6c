using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Granary.Browser.Tests.Dashboard;

/// <summary>A tab that is open on the dashboard, and what it complained of.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private readonly List<string> _requests = [];
    private readonly ConcurrentDictionary<IRequest, bool> _open = new();
    private readonly ConcurrentQueue<string> _failed = new();

    private Visit(IPage page) => Page = page;

    public IPage Page { get; }

    /// <summary>Errors and warnings of the console, and of scripts.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>Opens an address of a server with a key.</summary>
    public static async Task<Visit> OpenAsync(Browser browser, GranaryServer server, string path, string? key = null, int width = 1440,
        bool dark = false)
    {
        var context = await browser.ContextAsync(new BrowserNewContextOptions
        {
            BaseURL = server.Address.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
        });
        await context.AddInitScriptAsync($"sessionStorage.setItem('granary.key', '{key ?? server.Admin}')");
        var visit = new Visit(await context.NewPageAsync());
        visit.Page.Console += (_, m) =>
        {
            if (OpenPage.IsOfPage(m)) visit.Complaints.Add($"{m.Text} ({m.Location})");
        };
        visit.Page.PageError += (_, e) => visit.Complaints.Add(e);
        visit.Page.Request += (_, r) =>
        {
            visit._requests.Add(r.Url);
            visit._open.TryAdd(r, true);
        };
        visit.Page.RequestFinished += (_, r) => visit._open.TryRemove(r, out var _);
        visit.Page.RequestFailed += (_, r) =>
        {
            visit._open.TryRemove(r, out var _);
            visit._failed.Enqueue($"{r.Url}: {r.Failure}");
        };
        await visit.GoAsync(path);
        return visit;
    }

    /// <summary>Opens another address of the server.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(path);
        await SettledAsync();
    }

    // Opens an unknown address between two views, so that the view before is not mistaken for the next.
    private const string Follow = """
        async path => {
            const go = p => { history.pushState(null, '', p); dispatchEvent(new PopStateEvent('popstate')); };
            const isNone = () => document.querySelector('main h1')?.textContent === 'There is no such page';
            const until = async isSo => {
                for (const end = Date.now() + 300_000; !isSo(); await new Promise(done => setTimeout(done, 5)))
                    if (Date.now() > end) throw new Error('no view of ' + path + ' came');
            };
            go('/no-such-page');
            await until(isNone);
            go(path);
            await until(() => document.querySelector('main h1') && !isNone());
        }
        """;

    /// <summary>Opens the view of another address as a link of the dashboard does; the scripts stay loaded.</summary>
    public async Task FollowAsync(string path)
    {
        await Page.EvaluateAsync(Follow, path);
        await SettledAsync();
    }

    /// <summary>What the page asked of anybody but its server.</summary>
    public IEnumerable<string> Foreign(Uri server) => _requests.Where(r => !r.StartsWith(server.ToString(), StringComparison.Ordinal)
        && !r.StartsWith("blob:", StringComparison.Ordinal) && !r.StartsWith("data:", StringComparison.Ordinal));

    /// <summary>Waits until the view is there and nothing loads any more.</summary>
    public async Task SettledAsync()
    {
        try
        {
            await Page.Locator("main h1").First.WaitForAsync();
            await Assertions.Expect(Page.Locator(".loading")).ToHaveCountAsync(0);
        }
        catch (Exception e) when (e is TimeoutException or PlaywrightException)
        {
            throw new InvalidOperationException($"{Page.Url} has not settled. Console: {string.Join(" | ", Complaints)}. Without an answer: "
                + $"{string.Join(" | ", _open.Keys.Select(r => r.Url))}. Failed: {string.Join(" | ", _failed)}. Page: "
                + await Page.Locator("body").InnerTextAsync(), e);
        }
    }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public async Task ShowsAsync(string text) =>
        await Assertions.Expect(Page.GetByText(text).First).ToBeVisibleAsync();

    /// <summary>The whole page, for a person to look at; only where GRANARY_SCREENSHOTS names a folder.</summary>
    public async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("GRANARY_SCREENSHOTS") is { Length: > 0 } folder)
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png"), FullPage = true });
    }

    public async ValueTask DisposeAsync() => await Page.Context.CloseAsync();
}
