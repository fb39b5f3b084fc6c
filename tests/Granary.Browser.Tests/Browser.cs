using System.Collections.Concurrent;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Granary.Browser.Tests.Browser))]

namespace Granary.Browser.Tests;

/// <summary>The machine's own Chromium, started once for all tests; they skip, with the reason, where there is none.</summary>
public sealed class Browser : IAsyncLifetime
{
    private const string Executable = "/usr/bin/chromium";

    /// <summary>How long a page may take, in milliseconds: long, since a busy machine must fail no test.</summary>
    private const int SlowMachine = 300_000;

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    // Tabs that no test uses now.
    private readonly ConcurrentBag<IPage> _tabs = [];

    /// <summary>Where pages and screenshots are left: GRANARY_SCREENSHOTS, or a folder that is removed.</summary>
    public string Folder { get; } = Environment.GetEnvironmentVariable("GRANARY_SCREENSHOTS") is { Length: > 0 } kept
        ? Directory.CreateDirectory(kept).FullName
        : Directory.CreateTempSubdirectory("granary-browser-").FullName;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Executable)) return;
        Assertions.SetDefaultExpectTimeout(SlowMachine);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Executable,
            Args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
                // A page lives for a second: threads that collect its garbage and compile its scripts beside it cost more than they gain.
                "--js-flags=--single-threaded"],
        });
    }

    /// <summary>A page of a file, opened at a size and in a theme; its requests are recorded; the network is refused.</summary>
    /// <remarks>Tests open their pages one after the other in the same tabs, since a tab of its own costs as much as most tests.</remarks>
    /// <param name="ownTab">For a page that stores something, which no other test may find.</param>
    public async Task<OpenPage> OpenAsync(string path, int width = 1280, int height = 800, bool dark = false, bool scripts = true,
        bool ownTab = false)
    {
        ownTab |= !scripts;
        var page = !ownTab && _tabs.TryTake(out var tab) ? tab : await TabAsync(scripts);
        await page.SetViewportSizeAsync(width, height);
        await page.EmulateMediaAsync(new() { ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light, Media = Media.Screen });
        var open = new OpenPage(page, ownTab ? null : _tabs);
        await page.GotoAsync(new Uri(path).AbsoluteUri);
        return open;
    }

    private async Task<IPage> TabAsync(bool scripts)
    {
        var context = await ContextAsync(new BrowserNewContextOptions
        {
            JavaScriptEnabled = scripts,
            Offline = true,
            ReducedMotion = ReducedMotion.Reduce,
        });
        return await context.NewPageAsync();
    }

    /// <summary>A context of its own, with cookies and storage of its own; the test is skipped where there is no browser.</summary>
    public async Task<IBrowserContext> ContextAsync(BrowserNewContextOptions options)
    {
        if (_browser is null) Assert.Skip($"needs {Executable}, which this machine does not have (apt-get install chromium)");
        var context = await _browser.NewContextAsync(options);
        context.SetDefaultTimeout(SlowMachine);
        return context;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (Environment.GetEnvironmentVariable("GRANARY_SCREENSHOTS") is null or "") Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>A page, and what it complained of and asked for.</summary>
public sealed class OpenPage : IAsyncDisposable
{
    private readonly ConcurrentBag<IPage>? _tabs;

    /// <param name="page">The tab.</param>
    /// <param name="tabs">Where the tab is left for another test; without it the tab is closed.</param>
    internal OpenPage(IPage page, ConcurrentBag<IPage>? tabs)
    {
        (Page, _tabs) = (page, tabs);
        page.Console += AddMessage;
        page.PageError += AddError;
        page.Request += AddRequest;
    }

    public IPage Page { get; }

    public List<string> Complaints { get; } = [];

    public List<string> Requests { get; } = [];

    /// <summary>
    /// The whole page as pictures of at most 1,600 pixels' height, for a person to look at; only where GRANARY_SCREENSHOTS names a folder.
    /// </summary>
    public async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("GRANARY_SCREENSHOTS") is not { Length: > 0 } folder) return;
        var before = Page.ViewportSize!;
        await Page.SetViewportSizeAsync(before.Width, 1600);
        var height = await Page.EvaluateAsync<int>("document.documentElement.scrollHeight");
        for (var top = 0; top < height; top += 1600)
        {
            await Page.EvaluateAsync("top => scrollTo(0, top)", top);
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}-{top / 1600:00}.png") });
        }
        await Page.SetViewportSizeAsync(before.Width, before.Height);
    }

    /// <summary>What is on the screen, likewise.</summary>
    public async Task PictureOfScreenAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("GRANARY_SCREENSHOTS") is { Length: > 0 } folder)
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png") });
    }

    public async ValueTask DisposeAsync()
    {
        Page.Console -= AddMessage;
        Page.PageError -= AddError;
        Page.Request -= AddRequest;
        if (_tabs is null)
        {
            await Page.Context.CloseAsync();
            return;
        }
        await Page.Mouse.MoveAsync(0, 0);
        _tabs.Add(Page);
    }

    private void AddMessage(object? sender, IConsoleMessage message)
    {
        if (IsOfPage(message)) Complaints.Add(message.Text);
    }

    /// <summary>
    /// Whether a message complains about the page. A load fails too when a network interface of the machine comes or goes; if the page
    /// needs it, the test finds that what it shows is missing.
    /// </summary>
    internal static bool IsOfPage(IConsoleMessage message) => message.Type is "error" or "warning"
        && !message.Text.Contains("ERR_NETWORK_CHANGED", StringComparison.Ordinal);

    private void AddError(object? sender, string error) => Complaints.Add(error);

    private void AddRequest(object? sender, IRequest request) => Requests.Add(request.Url);
}
