using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Granary.Server.Access;

namespace Granary.Api.Tests;

/// <summary>The documentation site, as a browser gets it. Where it was not built, there is only the sentence at <c>/docs</c>.</summary>
public class DocumentationTests(SharedServers servers)
{
    private async Task<ApiServer> ServerAsync()
    {
        var server = await servers.PlainAsync;
        using var answer = await server.Client.GetAsync("/docs/");
        if (answer.StatusCode == HttpStatusCode.OK) return server;
        (await answer.Content.ReadAsStringAsync()).ShouldContain("infra/site.sh");
        Assert.Skip("the documentation site was not built: run infra/site.sh, which needs Node.js 20.19 or newer, and build again");
        return null!;
    }

    [Fact]
    public async Task Without_a_key_each_page_is_found_by_its_address_and_its_folder()
    {
        await ServerAsync(); // skips where there is no site
        var folder = Directory.CreateTempSubdirectory("granary-keys-").FullName;
        await ApiKeys.AddAsync(Path.Combine(folder, "keys.json"), "reader", Role.Viewer, TimeProvider.System);
        await using var server = await ApiServer.StartAsync(ApiKeys.Open(Path.Combine(folder, "keys.json")));
        foreach (var path in (string[])["/docs", "/docs/", "/docs/index.html", "/docs/batch-file.html", "/docs/batch-file", "/docs/reference"])
        {
            using var answer = await server.Client.GetAsync(path);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        }
        (await server.Client.GetStringAsync("/docs/batch-file.md")).ShouldStartWith("# The batch file");
        (await server.Client.GetStringAsync("/docs/llms.txt")).ShouldContain("/docs/batch-file.md");
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("/docs/no-such-page.html")]
    [InlineData("/docs/../appsettings.json")]
    [InlineData("/docs/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/docs/batch-file.html.gz")]
    public async Task An_unknown_address_has_a_page_of_its_own(string path)
    {
        var server = await ServerAsync();
        using var answer = await server.Client.GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Scripts_within_pages_are_allowed_by_hash_and_files_are_loaded_once()
    {
        var server = await ServerAsync();
        using var page = await server.Client.GetAsync("/docs/");
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Regex.Match(policy, "script-src ([^;]*);").Groups[1].Value.ShouldMatch("^'self'( 'sha256-[^']+')+$");
        page.Headers.CacheControl!.NoCache.ShouldBeTrue();
        var asset = Regex.Match(await page.Content.ReadAsStringAsync(), "/docs/assets/[^\"]+").Value;
        using var file = await server.Client.GetAsync(asset);
        file.Headers.CacheControl!.ToString().ShouldBe("public, max-age=31536000, immutable");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/docs/");
        again.Headers.IfNoneMatch.Add(page.Headers.ETag!);
        using var unchanged = await server.Client.SendAsync(again);
        unchanged.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        // A browser takes the headers of this answer in the place of those that it had.
        unchanged.Headers.GetValues("Content-Security-Policy").Single().ShouldBe(policy);
        unchanged.Headers.CacheControl!.NoCache.ShouldBeTrue();
    }

    [Fact]
    public async Task A_page_comes_compressed_where_the_browser_takes_it()
    {
        var server = await ServerAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/docs/");
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        using var compressed = await server.Client.SendAsync(request);
        compressed.Content.Headers.ContentEncoding.ShouldContain("gzip");
        using var unzipped = new StreamReader(new GZipStream(await compressed.Content.ReadAsStreamAsync(), CompressionMode.Decompress));
        (await unzipped.ReadToEndAsync()).ShouldBe(await server.Client.GetStringAsync("/docs/"));
    }
}
