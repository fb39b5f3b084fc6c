using Granary.Testing;
using Microsoft.Playwright;

namespace Granary.Browser.Tests.Documentation;

/// <summary>A tab with the documentation site as a plain file server serves it: a file for an address, and nothing else.</summary>
internal sealed class DocumentationTab : IAsyncDisposable
{
    private const string Origin = "http://site.test";
    private const string Base = "/docs/";

    private DocumentationTab(IPage page)
    {
        Page = page;
        page.Console += (_, message) => { if (OpenPage.IsOfPage(message)) Complaints.Add(message.Text); };
        page.PageError += (_, error) => Complaints.Add(error);
        page.Request += (_, request) => Requests.Add(request.Url);
    }

    public IPage Page { get; }

    public List<string> Complaints { get; } = [];

    public List<string> Requests { get; } = [];

    /// <summary>Those that go to another server.</summary>
    public IEnumerable<string> Outside => Requests.Where(r => !r.StartsWith(Origin + Base, StringComparison.Ordinal)
        && !r.StartsWith("data:", StringComparison.Ordinal));

    private static string Folder => Path.Combine(SharedData.RepositoryRoot, "site", "dist");

    /// <summary>A page of each kind of the site; those that are missing here have not been written.</summary>
    public static IReadOnlyList<string> Kinds => Directory.Exists(Folder)
        ? [.. ((string?[])["index.html", FirstIn("tutorials"), "batch-file.html", "architecture.html", "http/batches.html", "api/engine-market.html"])
            .OfType<string>().Where(p => File.Exists(Path.Combine(Folder, p)))]
        : ["index.html"];

    public static async Task<DocumentationTab> OpenAsync(Browser browser, string path, int width, bool dark)
    {
        if (!File.Exists(Path.Combine(Folder, "index.html")))
            Assert.Skip("the documentation site was not built: run infra/site.sh, which needs Node.js 20.19 or newer");
        var context = await browser.ContextAsync(new BrowserNewContextOptions
        {
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
        });
        await context.RouteAsync("**/*", AnswerAsync);
        var tab = new DocumentationTab(await context.NewPageAsync());
        await tab.Page.GotoAsync(Origin + Base + path);
        return tab;
    }

    public async ValueTask DisposeAsync() => await Page.Context.CloseAsync();

    private static string? FirstIn(string section) => Directory.Exists(Path.Combine(Folder, section))
        ? Directory.EnumerateFiles(Path.Combine(Folder, section), "*.html").Select(f => Path.GetFileName(f)).Where(f => f != "index.html")
            .Order(StringComparer.Ordinal).Select(f => $"{section}/{f}").FirstOrDefault()
        : null;

    private static Task AnswerAsync(IRoute route)
    {
        var address = new Uri(route.Request.Url);
        var path = Uri.UnescapeDataString(address.AbsolutePath);
        if (address.GetLeftPart(UriPartial.Authority) != Origin || !path.StartsWith(Base, StringComparison.Ordinal))
            return route.AbortAsync();
        var file = Path.Combine(Folder, path[Base.Length..] + (path.EndsWith('/') ? "index.html" : ""));
        return File.Exists(file) ? route.FulfillAsync(new RouteFulfillOptions { Path = file })
            : route.FulfillAsync(new RouteFulfillOptions { Status = 404, Body = "no such file" });
    }
}
