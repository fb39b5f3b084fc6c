using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Granary.Api.Access;
using Granary.Engine;
using Granary.Server.Access;

namespace Granary.Api.Tests;

public sealed class KeysAndRolesTests(SharedServers servers) : IDisposable
{
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("granary-keys-").FullName, "keys.json");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    private Task<string> Add(string name, Role role) => ApiKeys.AddAsync(_file, name, role, TimeProvider.System);

    [Fact]
    public async Task Each_role_may_what_the_contract_gives_it_and_nothing_above()
    {
        var viewer = await Add("dashboard", Role.Viewer);
        var submitter = await Add("research", Role.Submitter);
        var admin = await Add("office", Role.Admin);
        await using var server = await ApiServer.StartAsync(ApiKeys.Open(_file), parts: ServerParts.Sessions);
        foreach (var (key, submit, weigh, trade) in new[] { (viewer, 403, 403, 403), (submitter, 202, 403, 403), (admin, 202, 201, 400) })
        {
            using var client = server.As(key);
            ((int)(await client.GetAsync("/api/v1/batches")).StatusCode).ShouldBe(200);
            ((int)(await client.SendAsync(ApiServer.Submission())).StatusCode).ShouldBe(submit);
            var put = new HttpRequestMessage(HttpMethod.Put,
                "/api/v1/portfolios/main/weights")
            {
                Content =
                    JsonContent.Create(new { weights = new Dictionary<string, double> { ["a"] = 1 } })
            };
            put.Headers.IfNoneMatch.ParseAdd("*");
            ((int)(await client.SendAsync(put)).StatusCode).ShouldBe(weigh);
            ((int)(await client.GetAsync("/api/v1/sessions")).StatusCode).ShouldBe(200);
            // With the role, the answer says what is missing.
            ((int)(await client.PostAsJsonAsync("/api/v1/sessions", new { })).StatusCode).ShouldBe(trade);
            ((int)(await client.PostAsJsonAsync("/api/v1/sessions/main/commands", new { command = "stop" })).StatusCode)
                .ShouldBe(trade == 400 ? 404 : 403);
            ((int)(await client.GetAsync("/api/v1/notifications")).StatusCode).ShouldBe(200);
            // With the role, the answer says that this server has no webhooks.
            ((int)(await client.PutAsJsonAsync("/api/v1/notifications/rules", new { rules = Array.Empty<object>() })).StatusCode)
                .ShouldBe(trade == 400 ? 409 : 403);
            ((int)(await client.DeleteAsync("/api/v1/notifications/rules")).StatusCode).ShouldBe(trade == 400 ? 409 : 403);
            ((int)(await client.PostAsJsonAsync("/api/v1/notifications/test", new { })).StatusCode).ShouldBe(trade == 400 ? 409 : 403);
        }
        using var forbidden = await server.As(viewer).SendAsync(ApiServer.Submission());
        (await forbidden.ProblemAsync(403)).ShouldContain("dashboard");
    }

    [Fact]
    public async Task A_key_is_revoked_in_a_mounted_secret_whose_files_are_links()
    {
        var mount = Directory.CreateTempSubdirectory("granary-secret-").FullName;
        var (path, data) = (Path.Combine(mount, "keys.json"), Path.Combine(mount, "..data"));
        try
        {
            foreach (var version in (string[])["one", "two"]) Directory.CreateDirectory(Path.Combine(mount, version));
            var stays = await ApiKeys.AddAsync(Path.Combine(mount, "one", "keys.json"), "stays", Role.Viewer, TimeProvider.System);
            var revoked = await ApiKeys.AddAsync(Path.Combine(mount, "one", "keys.json"), "revoked", Role.Admin, TimeProvider.System);
            Directory.CreateSymbolicLink(data, "one");
            File.CreateSymbolicLink(path, "..data/keys.json");
            var keys = ApiKeys.Open(path);
            keys.Find(revoked).ShouldNotBeNull();

            var next = Path.Combine(mount, "two", "keys.json");
            // With its audit log and the head of that.
            foreach (var file in Directory.GetFiles(Path.Combine(mount, "one"), "keys.json*"))
                File.Copy(file, Path.Combine(mount, "two", Path.GetFileName(file)));
            await ApiKeys.RevokeAsync(next, "revoked", TimeProvider.System);
            File.SetLastWriteTimeUtc(next, DateTime.UtcNow.AddSeconds(1));
            Directory.Delete(data);
            Directory.CreateSymbolicLink(data, "two");
            (keys.Find(revoked), keys.Find(stays)?.Name).ShouldBe((null, "stays"));
        }
        finally
        {
            Directory.Delete(mount, recursive: true);
        }
    }

    [Fact]
    public async Task A_key_is_rotated_expires_and_is_revoked_without_a_restart()
    {
        var clock = new SetClock();
        var first = await ApiKeys.AddAsync(_file, "client", Role.Viewer, clock, TimeSpan.FromDays(30));
        var keys = ApiKeys.Open(_file, clock);
        keys.Find(first)!.Name.ShouldBe("client");
        var second = await ApiKeys.RotateAsync(_file, "client", TimeSpan.FromHours(24), clock);
        Touch();
        (keys.Find(first)?.Name, keys.Find(second)?.Name, keys.Find(second)?.Role).ShouldBe(("client", "client", Role.Viewer));
        clock.Now += TimeSpan.FromHours(24);
        (keys.Find(first), keys.Find(second)?.Name).ShouldBe((null, "client"));
        ApiKeys.List(_file, clock).Select(k => (k.Name, k.HasExpired)).ShouldBe([("client", true), ("client", false)]);
        clock.Now += TimeSpan.FromDays(30);
        keys.Find(second).ShouldBeNull();

        var third = await Add("other", Role.Admin);
        Touch();
        keys.Find(third).ShouldNotBeNull();
        await ApiKeys.RevokeAsync(_file, "other", clock);
        Touch();
        keys.Find(third).ShouldBeNull();
        (await Should.ThrowAsync<InputException>(() => ApiKeys.RevokeAsync(_file, "unknown", clock))).Message.ShouldContain(
            "has no key named unknown");

        // Two writes within the resolution of the file system's clock have the same time.
        void Touch() => File.SetLastWriteTimeUtc(_file, File.GetLastWriteTimeUtc(_file).AddSeconds(_touched++));
    }

    private int _touched = 1;

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }

    // Operations that change nothing and take a body: a viewer may call them.
    private static readonly string[] s_readsByPost = ["/predict", "/preview", "/report-link", "/sign-out"];

    [Fact]
    public async Task Every_operation_of_the_document_refuses_no_key_a_wrong_an_expired_and_a_weaker_one()
    {
        var clock = new SetClock();
        var expired = await ApiKeys.AddAsync(_file, "old", Role.Admin, clock, TimeSpan.FromDays(1));
        var (viewer, admin) = (await Add("viewer", Role.Viewer), await Add("admin", Role.Admin));
        await using var server = await ApiServer.StartAsync(ApiKeys.Open(_file), parts: ServerParts.Sessions);
        using var document = JsonDocument.Parse(await server.As(admin).GetStringAsync("/openapi/v1.json"));
        var refused = 0;
        foreach (var path in document.RootElement.GetProperty("paths").EnumerateObject())
            foreach (var verb in path.Value.EnumerateObject().Select(v => v.Name))
            {
                if (path.Name.Contains("/health/", StringComparison.Ordinal) || path.Name.Contains("/shared/", StringComparison.Ordinal)
                    || path.Name.EndsWith("/sign-in", StringComparison.Ordinal))
                    continue;
                HttpRequestMessage Request() => new(new HttpMethod(verb.ToUpperInvariant()),
                    path.Name.Replace("{id}", "x").Replace("{name}", "x").Replace("{number}", "1").Replace("{version}",
                        "1").Replace("{symbol}", "x"))
                { Content = JsonContent.Create(new { }) };
                foreach (var key in new[] { "granary_00000000_" + new string('0', 64), expired })
                    await (await server.As(key).SendAsync(Request())).ProblemAsync(401);
                await (await server.Client.SendAsync(Request())).ProblemAsync(401);
                using var weaker = await server.As(viewer).SendAsync(Request(), HttpCompletionOption.ResponseHeadersRead);
                var needsMore = path.Name.EndsWith("/audit", StringComparison.Ordinal)
                    || path.Name.Contains("/code/", StringComparison.Ordinal)
                    || verb != "get" && !s_readsByPost.Any(end => path.Name.EndsWith(end, StringComparison.Ordinal));
                ((int)weaker.StatusCode == 403).ShouldBe(needsMore, $"{verb} {path.Name}");
                if (needsMore) refused++;
            }
        refused.ShouldBeGreaterThan(8);
    }

    [Fact]
    public async Task Without_a_valid_key_only_the_health_probes_answer()
    {
        var key = await Add("office", Role.Admin);
        await using var server = await ApiServer.StartAsync(ApiKeys.Open(_file));
        using var none = await server.Client.GetAsync("/api/v1/batches");
        await none.ProblemAsync(401);
        none.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
        foreach (var wrong in new[] { "x", key[..^1] + (key[^1] == '0' ? '1' : '0'), key + "0", "granary_00000000_" + new string('0', 64) })
            await (await server.As(wrong).GetAsync("/api/v1/batches")).ProblemAsync(401);
        await (await server.Client.GetAsync("/openapi/v1.json")).ProblemAsync(401);
        (await server.Client.GetAsync("/api/v1/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await server.Client.GetAsync("/api/v1/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_key_is_stored_only_as_a_salted_hash_and_in_a_file_for_its_owner()
    {
        var first = await Add("a", Role.Viewer);
        await Add("b", Role.Viewer);
        var text = await File.ReadAllTextAsync(_file);
        text.ShouldNotContain(first.Split('_')[2]);
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(_file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        ApiKeys.Open(_file).Find(first).ShouldBe(new Caller("a", Role.Viewer));
        (await Should.ThrowAsync<InputException>(() => Add("a", Role.Admin))).Message.ShouldContain("named a already");
    }

    [Fact]
    public async Task A_key_taken_out_of_the_file_is_refused_from_the_next_request_on()
    {
        var key = await Add("a", Role.Viewer);
        var other = await Add("b", Role.Viewer);
        var keys = ApiKeys.Open(_file);
        keys.Find(key).ShouldNotBeNull();
        var json = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(_file))!;
        json["keys"]!.AsArray().RemoveAt(0);
        await File.WriteAllTextAsync(_file, json.ToJsonString());
        File.SetLastWriteTimeUtc(_file, DateTime.UtcNow.AddSeconds(1));
        keys.Find(key).ShouldBeNull();
        keys.Find(other).ShouldNotBeNull();
        File.Delete(_file);
        keys.Find(other).ShouldBeNull();
    }

    [Theory]
    [InlineData("""{ "keys": [ { "id": "x" } ] }""", "not a file of keys")]
    [InlineData("{ \"keys\": [\n unquoted", "line 2: not a file of keys")]
    [InlineData("""{ "keys": [] }""", "not a file of keys")]
    public void A_broken_file_of_keys_is_said_to_be_one(string content, string sentence)
    {
        File.WriteAllText(_file, content);
        Should.Throw<InputException>(() => ApiKeys.Open(_file)).Message.ShouldContain(sentence);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080", true)]
    [InlineData("http://localhost:8080;http://[::1]:8080", true)]
    [InlineData("http://unix:/tmp/granary.sock", true)]
    [InlineData("http://0.0.0.0:8080", false)]
    [InlineData("http://*:8080", false)]
    [InlineData("http://127.0.0.1:1;http://10.0.0.1:8080", false)]
    [InlineData("http://localhost.example.com:80", false)]
    public void Without_keys_a_server_listens_on_loopback_only(string urls, bool allowed)
    {
        ListenAddresses.Check(urls, authenticates: true);
        if (allowed) ListenAddresses.Check(urls, authenticates: false);
        else Should.Throw<InputException>(() => ListenAddresses.Check(urls, authenticates: false)).Message.ShouldContain("needs keys");
    }

    [Theory]
    [InlineData("http://127.0.0.1:99999", "has the port 99999; use 1 to 65535")]
    [InlineData("http://localhost:-1", "has the port -1")]
    [InlineData("http://127.0.0.1:8080/api", "write http://127.0.0.1:8080")]
    [InlineData("", "--urls is empty")]
    [InlineData(" ; ", "--urls is empty")]
    public void An_address_on_which_no_server_can_listen_is_refused_with_the_reason(string urls, string sentence) =>
        Should.Throw<InputException>(() => ListenAddresses.Check(urls, authenticates: true)).Message.ShouldContain(sentence);

    [Fact]
    public void A_port_that_another_program_has_is_named_before_the_server_starts()
    {
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        var url = $"http://127.0.0.1:{((System.Net.IPEndPoint)other.LocalEndpoint).Port}";
        Should.Throw<InputException>(() => ListenAddresses.CheckFree(url)).Message
            .ShouldBe($"--urls: '{url}': another program listens there already; stop it or choose another port");
        Should.Throw<InputException>(() => ListenAddresses.CheckFree(url.Replace("127.0.0.1", "localhost")));
        Should.Throw<InputException>(() => ListenAddresses.CheckFree(url.Replace("127.0.0.1", "203.0.113.9"))).Message
            .ShouldContain("this machine does not have the address");
        other.Stop();
        ListenAddresses.CheckFree(url);
    }

    [Theory]
    [InlineData("unquoted")]
    [InlineData("http://127.0.0.1:")]
    [InlineData("http://127.0.0.1:abc")]
    [InlineData("http://127.0.0.1:8080?x=1")]
    [InlineData("http://me@127.0.0.1:8080")]
    [InlineData("ftp://127.0.0.1:21")]
    public void What_is_no_address_is_said_to_be_none(string urls) =>
        Should.Throw<InputException>(() => ListenAddresses.Check(urls, authenticates: true)).Message.ShouldContain("http://127.0.0.1:8080");

    [Fact]
    public async Task Without_keys_a_web_page_of_another_origin_cannot_call_through_the_users_browser()
    {
        var server = await servers.PlainAsync;
        var crossOrigin = ApiServer.Submission();
        crossOrigin.Headers.Add("Origin", "https://evil.example");
        (await (await server.Client.SendAsync(crossOrigin)).ProblemAsync(403)).ShouldContain("other sites");
        var rebound = ApiServer.Submission();
        rebound.Headers.Host = "evil.example";
        (await (await server.Client.SendAsync(rebound)).ProblemAsync(403)).ShouldContain(
            "no keys are configured, so calls by the host name 'evil.example' are refused; make keys with 'granary keys add' and start the "
            + "server with them");
        var own = ApiServer.Submission();
        own.Headers.Add("Origin", server.Address.GetLeftPart(UriPartial.Authority));
        (await server.Client.SendAsync(own)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task No_operation_of_the_document_acts_for_a_page_of_another_origin()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        using var document = JsonDocument.Parse(await server.Client.GetStringAsync("/openapi/v1.json"));
        var asked = 0;
        foreach (var path in document.RootElement.GetProperty("paths").EnumerateObject())
            foreach (var verb in path.Value.EnumerateObject().Select(v => v.Name))
            {
                HttpRequestMessage Request() => new(new HttpMethod(verb.ToUpperInvariant()), At(path.Name))
                {
                    Content = verb == "get" ? null : JsonContent.Create(new { }),
                };
                foreach (var origin in new[] { "https://evil.example", "null", "http://localhost:1", "http://127.0.0.1.evil.example" })
                {
                    var page = Request();
                    page.Headers.TryAddWithoutValidation("Origin", origin);
                    await (await server.Client.SendAsync(page)).ProblemAsync(403);
                }
                var rebound = Request();
                rebound.Headers.Host = "evil.example";
                await (await server.Client.SendAsync(rebound)).ProblemAsync(403);
                if (verb == "get") continue;
                foreach (var type in new[] { "text/plain", "application/x-www-form-urlencoded", "multipart/form-data" })
                {
                    var form = Request();
                    form.Content = new StringContent("{}", System.Text.Encoding.UTF8, type);
                    await (await server.Client.SendAsync(form)).ProblemAsync(415);
                }
                asked++;
            }
        asked.ShouldBeGreaterThan(15);
        (await server.Client.GetStringAsync("/api/v1/batches")).ShouldBe("[]");
    }

    private static string At(string path) => path.Replace("{id}", "x").Replace("{name}", "x").Replace("{number}", "1")
        .Replace("{version}", "1").Replace("{symbol}", "x").Replace("{token}", "x");
}
