using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Granary.Cluster.Tests.Fixtures;
using Granary.Server.Access;
using Granary.Testing;

namespace Granary.Cluster.Tests.Silos;

/// <summary>The dashboard of Orleans on a real silo.</summary>
[Collection<OneSilo>]
public class OrleansDashboardTests(OneSilo.Running without)
{
    private static readonly string[] s_data = ["/orleans/DashboardCounters", "/orleans/ClusterStats", "/orleans/GrainTypes"];

    [Fact]
    public async Task Its_page_needs_no_key_and_its_data_the_role_admin()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "keys.json");
        var admin = await ApiKeys.AddAsync(file, "operator", Role.Admin, TimeProvider.System);
        var viewer = await ApiKeys.AddAsync(file, "reader", Role.Viewer, TimeProvider.System);
        await using var silo = await StartAsync("--keys", file, "--orleans-dashboard");
        async Task<HttpResponseMessage> GetAsync(string path, string? key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            return await silo.Client.SendAsync(request);
        }
        foreach (var path in s_data)
        {
            (await GetAsync(path, null)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
            (await GetAsync(path, viewer)).StatusCode.ShouldBe(HttpStatusCode.Forbidden, path);
            (await GetAsync(path, admin)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }
        // The dashboard's grain asks for the hosts after it has begun.
        await Eventually.IsAsync(async () => JsonNode.Parse(await (await GetAsync(s_data[0], admin)).Content.ReadAsStringAsync())!,
            counters => counters["hosts"]!.AsArray().Count == 1);
        (await GetAsync("/orleans/Trace", admin)).StatusCode.ShouldBe(HttpStatusCode.Forbidden, "the stream of logs is off");

        using var page = await GetAsync("/orleans/", null);
        var html = await page.Content.ReadAsStringAsync();
        html.ShouldContain("<head><script src=\"/orleans/key.js\"></script>");
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("connect-src 'self'");
        foreach (var asset in (string[])["/orleans/key.js", "/orleans/index.min.js", "/orleans/index.css"])
            (await GetAsync(asset, null)).StatusCode.ShouldBe(HttpStatusCode.OK, asset);
    }

    [Fact]
    public async Task A_silo_without_the_option_has_no_such_page()
    {
        foreach (var path in (string[])["/orleans", "/orleans/", "/orleans/key.js", .. s_data])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Accept.ParseAdd("text/html");
            (await without.Silo.Client.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
        }
    }

    private static async Task<SiloProcess> StartAsync(params string[] more)
    {
        var ports = FreePorts.Take(3);
        var silo = SiloProcess.Start(["--urls", $"http://127.0.0.1:{ports[0]}", "--silo-port", $"{ports[1]}", "--gateway-port",
            $"{ports[2]}", .. more], httpPort: ports[0]);
        await silo.ReadyAsync();
        return silo;
    }

    private sealed class TempFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("granary-orleans-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
