using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Granary.Server.Access;

namespace Granary.Api.Tests;

/// <summary>
/// The dashboard's page and files, as a browser gets them. Where the build had no Node.js there is only the sentence at <c>/</c>.
/// </summary>
public class DashboardTests(SharedServers servers)
{
    private static async Task<HttpResponseMessage> OpenAsync(ApiServer server, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        return await server.Client.SendAsync(request);
    }

    private static async Task<string> PageAsync(ApiServer server)
    {
        using var answer = await OpenAsync(server, "/");
        var text = await answer.Content.ReadAsStringAsync();
        if (answer.Content.Headers.ContentType?.MediaType == "text/html") return text;
        text.ShouldContain("npm");
        Assert.Skip("the dashboard was not built: Node.js 20.19 or newer is missing, or 'npm ci' failed in src/Granary.Web");
        return "";
    }

    [Fact]
    public async Task The_page_comes_with_a_policy_without_inline_scripts_and_is_asked_for_each_time()
    {
        var server = await servers.PlainAsync;
        await PageAsync(server);
        using var answer = await OpenAsync(server, "/");
        answer.Headers.CacheControl!.NoCache.ShouldBeTrue();
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("default-src 'none'");
        policy.ShouldContain("script-src 'self';");
        policy.ShouldNotContain("unsafe");
        answer.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
    }

    [Fact]
    public async Task Files_have_their_hash_in_the_name_and_are_kept_for_a_year_plain_or_compressed()
    {
        var server = await servers.PlainAsync;
        var page = await PageAsync(server);
        var files = Regex.Matches(page, "(?:src|href)=\"(/assets/[^\"]+)\"", RegexOptions.None,
            TimeSpan.FromSeconds(1)).Select(m => m.Value.Split('"')[1]).ToList();
        files.Count.ShouldBeGreaterThan(1);
        foreach (var file in files)
        {
            file.ShouldMatch(@"-[\w-]{8}\.\w+$");
            using var request = new HttpRequestMessage(HttpMethod.Get, file);
            request.Headers.AcceptEncoding.ParseAdd("gzip");
            using var compressed = await server.Client.SendAsync(request);
            compressed.Content.Headers.ContentEncoding.ShouldContain("gzip");
            using var plain = await server.Client.GetAsync(file);
            plain.StatusCode.ShouldBe(HttpStatusCode.OK);
            plain.Headers.CacheControl!.ToString().ShouldBe("public, max-age=31536000, immutable");
            using var unzipped = new System.IO.Compression.GZipStream(await compressed.Content.ReadAsStreamAsync(),
                System.IO.Compression.CompressionMode.Decompress);
            using var content = new MemoryStream();
            await unzipped.CopyToAsync(content);
            content.ToArray().ShouldBe(await plain.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public async Task A_browser_gets_the_page_at_the_address_of_a_view_and_a_program_gets_a_problem()
    {
        var server = await servers.PlainAsync;
        var page = await PageAsync(server);
        using var view = await OpenAsync(server, "/runs/some-run?strategy=SmaCross(fast%3D1.5)");
        (await view.Content.ReadAsStringAsync()).ShouldBe(page);
        await (await server.Client.GetAsync("/runs/some-run")).ProblemAsync(404);
        (await OpenAsync(server, "/api/v1/unknown")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await OpenAsync(server, "/assets/unknown.js")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_caller_learns_its_name_and_role()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("granary-keys-").FullName, "keys.json");
        var key = await ApiKeys.AddAsync(file, "reader", Role.Viewer, TimeProvider.System);
        await using var server = await ApiServer.StartAsync(ApiKeys.Open(file));
        var caller = JsonNode.Parse(await server.As(key).GetStringAsync("/api/v1/caller"))!;
        ((string?)caller["name"], (string?)caller["role"], (bool?)caller["keys"]).ShouldBe(("reader", "viewer", true));
        ((string?)caller["noCode"]).ShouldNotBeNull().ShouldStartWith("the key 'reader' does not have the right code");
        await (await server.Client.GetAsync("/api/v1/caller")).ProblemAsync(401);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }
}
