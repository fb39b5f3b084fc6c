using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Web;
using Granary.Server.Access;
using Granary.Testing;

namespace Granary.Api.Tests.SignIn;

/// <summary>People sign in to the dashboard with a browser, at an issuer.</summary>
public sealed class SessionTests : IClassFixture<SharedIssuer>, IDisposable
{
    private readonly string _shared = Directory.CreateTempSubdirectory("granary-sessions-").FullName;
    private readonly SharedIssuer _issued;

    public SessionTests(SharedIssuer issued)
    {
        _issued = issued;
        issued.Issuer.ShowAlice();
    }

    public void Dispose() => Directory.Delete(_shared, recursive: true);

    private async Task<SignedInServer> StartAsync(LocalIssuer issuer, Func<SignInKeys, SignInKeys>? options = null,
        Func<ApiSettings, ApiSettings>? settings = null, ApiKeys? keys = null)
    {
        var server = await SignedInServer.StartAsync(issuer, keys, _shared, options, settings);
        await issuer.AllowAsync(server.Address);
        return server;
    }

    [Fact]
    public async Task A_person_signs_in_submits_under_their_name_and_signs_out_on_every_silo_also_for_a_stolen_cookie()
    {
        var issuer = _issued.Issuer;
        await using var first = await StartAsync(issuer);
        await using var second = await StartAsync(issuer);
        var cookies = new CookieContainer();
        using var browser = first.Browser(cookies);
        using var signedIn = await SignedInServer.SignInAsync(browser, "?return=/runs/1%3Ftab%3Dtrades");
        (signedIn.StatusCode, signedIn.Headers.Location?.OriginalString).ShouldBe((HttpStatusCode.Redirect, "/runs/1?tab=trades"));
        var set = signedIn.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("granary-session=", StringComparison.Ordinal));
        set.ShouldSatisfyAllConditions(c => c.ShouldContain("path=/"), c => c.ShouldContain("samesite=lax"),
            c => c.ShouldContain("httponly"), c => c.ShouldNotContain("domain"), c => c.Length.ShouldBeLessThan(1000));
        var caller = (await SignedInServer.CallerAsync(browser))!;
        ((string)caller["name"]!, (string)caller["person"]!, (string)caller["role"]!).ShouldBe(("alice (oidc 4711)", "alice", "submitter"));
        // The issuer sends the browser to a silo that did not begin the sign-in.
        var others = new CookieContainer();
        using (var begin = await first.Browser(others).GetAsync("/sign-in"))
        using (var issued = await first.Browser(others).GetAsync(begin.Headers.Location))
        using (var done = await second.Browser(others).GetAsync(issued.Headers.Location!.PathAndQuery))
            done.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await SignedInServer.CallerAsync(first.Browser(others))).ShouldNotBeNull();
        using var elsewhere = second.Browser(cookies);
        (await SignedInServer.CallerAsync(elsewhere)).ShouldNotBeNull();

        using var change = ApiServer.Submission();
        change.Headers.Add(ApiSettings.ProtocolHeader, "1");
        (await browser.SendAsync(change)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        File.ReadLines(Path.Combine(_shared, ".audit", "audit.jsonl")).Last().ShouldContain("\"who\":\"alice (oidc 4711)\"");

        var stolen = new CookieContainer();
        stolen.SetCookies(first.Address, cookies.GetCookieHeader(first.Address));
        using var thief = first.Browser(stolen);
        (await SignedInServer.CallerAsync(thief)).ShouldNotBeNull();
        using var ended = await elsewhere.SendAsync(SignedInServer.SignOut());
        var url = new Uri((string)(await ended.ReadAsync<JsonObject>())["url"]!);
        url.GetLeftPart(UriPartial.Path).ShouldBe(issuer.Address + "end");
        HttpUtility.ParseQueryString(url.Query)["post_logout_redirect_uri"].ShouldBe(second.Address.AbsoluteUri);
        using var atIssuer = await elsewhere.GetAsync(url);
        (atIssuer.StatusCode, atIssuer.Headers.Location).ShouldBe((HttpStatusCode.Redirect, second.Address),
            await atIssuer.Content.ReadAsStringAsync());
        using var refused = await thief.GetAsync("/api/v1/caller");
        (await refused.ProblemAsync(401)).ShouldContain("session of this browser has ended");
        (await SignedInServer.CallerAsync(browser)).ShouldBeNull();
        first.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_restart_keeps_the_session_and_its_files_are_for_the_server_only()
    {
        var issuer = _issued.Issuer;
        var cookies = new CookieContainer();
        await using (var server = await StartAsync(issuer))
        {
            using var browser = server.Browser(cookies);
            using var _ = await SignedInServer.SignInAsync(browser);
        }
        await using var next = await StartAsync(issuer);
        using var again = next.Browser(cookies);
        (await SignedInServer.CallerAsync(again)).ShouldNotBeNull();
        // The session has the role that the options of its sign-in gave.
        await using (var changed = await StartAsync(issuer, o => o with { OidcRoles = "traders=viewer" }))
            (await SignedInServer.CallerAsync(changed.Browser(cookies))).ShouldBeNull();
        var files = Directory.GetFiles(Path.Combine(_shared, ".sign-in"), "*", SearchOption.AllDirectories);
        files.Count(f => f.EndsWith(".xml", StringComparison.Ordinal)).ShouldBe(1);
        var session = Directory.GetFiles(Path.Combine(_shared, ".sign-in", "sessions")).Single(f => Path.GetExtension(f).Length == 0);
        (await File.ReadAllTextAsync(session)).ShouldNotContain("alice");
        if (OperatingSystem.IsWindows()) return;
        foreach (var folder in Directory.GetDirectories(_shared, ".sign-in*"))
            File.GetUnixFileMode(folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in files.Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
    }

    [Fact]
    public async Task A_page_of_another_origin_changes_nothing_through_a_session()
    {
        var server = await _issued.ServerAsync();
        using var browser = server.Browser();
        using var _ = await SignedInServer.SignInAsync(browser);
        foreach (var (header, origin, fetched) in new (bool, string?, string?)[]
            { (false, null, null), (false, server.Address.GetLeftPart(UriPartial.Authority), "same-origin"),
                (true, "https://evil.example", null), (true, "null", null), (true, null, "cross-site"), (true, null, "same-site") })
        {
            using var change = ApiServer.Submission();
            if (header) change.Headers.Add(ApiSettings.ProtocolHeader, "1");
            if (origin is not null) change.Headers.Add("Origin", origin);
            if (fetched is not null) change.Headers.Add("Sec-Fetch-Site", fetched);
            using var answer = await browser.SendAsync(change);
            (await answer.ProblemAsync(403)).ShouldContain("a change with a session");
        }
        using var own = ApiServer.Submission();
        own.Headers.Add(ApiSettings.ProtocolHeader, "1");
        own.Headers.Add("Origin", server.Address.GetLeftPart(UriPartial.Authority));
        (await browser.SendAsync(own)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task An_answer_of_the_issuer_is_good_once_and_for_the_browser_that_began()
    {
        var server = await _issued.ServerAsync();
        using var browser = server.Browser();
        async Task<Uri> CodeAsync(HttpClient of)
        {
            using var begin = await of.GetAsync("/sign-in");
            using var issued = await of.GetAsync(begin.Headers.Location);
            return issued.Headers.Location!;
        }
        async Task RefusedAsync(HttpClient of, string address)
        {
            using var answer = await of.GetAsync(address);
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
            (await answer.Content.ReadAsStringAsync()).ShouldContain("Sign-in failed");
            (await SignedInServer.CallerAsync(of)).ShouldBeNull();
        }

        var first = await CodeAsync(browser);
        using var other = server.Browser();
        await RefusedAsync(other, first.AbsoluteUri); // the state of another browser
        await RefusedAsync(browser, first.AbsoluteUri.Replace("&state=", "&state=x", StringComparison.Ordinal));
        var second = await CodeAsync(browser);
        (await browser.GetAsync(second)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        using var after = server.Browser();
        await RefusedAsync(after, second.AbsoluteUri); // replayed as it is
        var third = HttpUtility.ParseQueryString((await CodeAsync(after)).Query);
        third["code"] = HttpUtility.ParseQueryString(second.Query)["code"];
        await RefusedAsync(after, "/sign-in/callback?" + third); // a used code with a fresh state
        await RefusedAsync(after, "/sign-in/callback");
        await RefusedAsync(after, "/sign-in/callback?code=x&state=y");
    }

    [Fact]
    public async Task A_sign_in_whose_nonce_was_changed_is_refused()
    {
        var (issuer, server) = (_issued.Issuer, await _issued.ServerAsync());
        using var browser = server.Browser();
        using var begin = await browser.GetAsync("/sign-in");
        var query = HttpUtility.ParseQueryString(begin.Headers.Location!.Query);
        query["nonce"] = "another";
        using var issued = await browser.GetAsync(new Uri(issuer.Address, "authorize?" + query));
        using var answer = await browser.GetAsync(issued.Headers.Location);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await SignedInServer.CallerAsync(browser)).ShouldBeNull();
    }

    [Fact]
    public async Task Each_sign_in_makes_a_new_session_and_tabs_that_sign_in_at_once_do_not_disturb_each_other()
    {
        var issuer = _issued.Issuer;
        await using var server = await StartAsync(issuer);
        var cookies = new CookieContainer();
        using var browser = server.Browser(cookies);
        string? Session() => cookies.GetCookies(server.Address)["granary-session"]?.Value;
        // A cookie that somebody else has set is not taken over.
        cookies.Add(server.Address, new Cookie("granary-session", "chosen"));
        var answers = new List<Uri>();
        foreach (var _ in (int[])[1, 2])
        {
            using var begin = await browser.GetAsync("/sign-in");
            using var issued = await browser.GetAsync(begin.Headers.Location);
            answers.Add(issued.Headers.Location!);
        }
        var sessions = new List<string?> { "chosen" };
        foreach (var answer in answers)
        {
            using var done = await browser.GetAsync(answer);
            done.StatusCode.ShouldBe(HttpStatusCode.Redirect);
            (await SignedInServer.CallerAsync(browser)).ShouldNotBeNull();
            sessions.Add(Session());
        }
        sessions.Distinct().Count().ShouldBe(3);
        Directory.GetFiles(Path.Combine(_shared, ".sign-in", "sessions")).Count(f => Path.GetExtension(f).Length == 0).ShouldBe(2);
    }

    [Theory]
    [InlineData("access_denied", HttpStatusCode.Forbidden, "Sign-in was refused")]
    [InlineData("server_error", HttpStatusCode.BadRequest, "Sign-in failed")]
    [InlineData("login_required", HttpStatusCode.BadRequest, "Sign-in failed")]
    public async Task An_error_of_the_issuer_is_a_page_without_its_text(string error, HttpStatusCode status, string title)
    {
        var server = await _issued.ServerAsync();
        using var browser = server.Browser();
        using var begin = await browser.GetAsync("/sign-in");
        var state = HttpUtility.ParseQueryString(begin.Headers.Location!.Query)["state"];
        using var answer = await browser.GetAsync($"/sign-in/callback?error={error}&error_description=%3Cscript%3E%0Aforged&state={state}");
        answer.StatusCode.ShouldBe(status);
        var page = await answer.Content.ReadAsStringAsync();
        page.ShouldContain(title);
        page.ShouldNotContain("forged");
        (await SignedInServer.CallerAsync(browser)).ShouldBeNull();
        server.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_person_without_a_role_gets_a_page_that_says_so_and_no_session()
    {
        var (issuer, server) = (_issued.Issuer, await _issued.ServerAsync());
        issuer.Claims = new JsonObject { ["preferred_username"] = "<b>bob</b>", ["roles"] = new JsonArray("guests") };
        using var browser = server.Browser();
        using var answer = await SignedInServer.SignInAsync(browser);
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var page = await answer.Content.ReadAsStringAsync();
        page.ShouldContain("the claim roles has guests, and none of them has a role here");
        page.ShouldNotContain("<b>bob");
        (await SignedInServer.CallerAsync(browser)).ShouldBeNull();
        // Somebody else can sign in: the issuer asks again.
        using var again = await browser.GetAsync("/sign-in?again=true");
        again.Headers.Location!.Query.ShouldContain("prompt=login");
    }

    [Theory]
    [InlineData("/jobs?state=done#x", "/jobs?state=done#x")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("\\\\evil.example", "/")]
    [InlineData("/\t/evil.example", "/")]
    [InlineData("/\n/evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("https:evil.example", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("~/runs", "/")]
    [InlineData(" /runs", "/")]
    [InlineData("runs", "/")]
    [InlineData("", "/")]
    [InlineData(null, "/")]
    [InlineData("/sign-in", "/")]
    [InlineData("/sign-in?return=/x", "/")]
    [InlineData("/%2F/evil.example", "/%2F/evil.example")] // a path of this server, which browsers do not decode
    [InlineData("/%5Cevil.example", "/%5Cevil.example")]
    public void A_sign_in_returns_to_a_path_of_this_server_only(string? wanted, string path) =>
        Api.SignIn.SignInEndpoints.LocalPath(wanted).ShouldBe(path);

    [Fact]
    public async Task A_session_ends_after_its_idle_time_and_after_its_lifetime()
    {
        var issuer = _issued.Issuer;
        await using var server = await StartAsync(issuer, o => o with { OidcIdleMinutes = 60, OidcSessionHours = 3 });
        using var browser = server.Browser();
        using (await SignedInServer.SignInAsync(browser)) { }
        // Requests within the idle time keep it, and not beyond the lifetime.
        for (var minutes = 40; minutes < 180; minutes += 40)
        {
            server.Clock.Shift = TimeSpan.FromMinutes(minutes);
            (await SignedInServer.CallerAsync(browser)).ShouldNotBeNull($"after {minutes} minutes");
        }
        server.Clock.Shift = TimeSpan.FromMinutes(181);
        (await SignedInServer.CallerAsync(browser)).ShouldBeNull();
        server.Clock.Shift = TimeSpan.Zero; // the issuer has the system's clock
        using (await SignedInServer.SignInAsync(browser)) { }
        (await SignedInServer.CallerAsync(browser)).ShouldNotBeNull();
        server.Clock.Shift = TimeSpan.FromMinutes(61);
        (await SignedInServer.CallerAsync(browser)).ShouldBeNull();
    }

    [Fact]
    public async Task The_issuer_is_asked_again_and_its_answer_changes_the_role_or_ends_the_session()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        await using var server = await StartAsync(issuer, o => o with { OidcScopes = "openid profile offline_access" });
        using var browser = server.Browser();
        using (await SignedInServer.SignInAsync(browser)) { }
        async Task<string?> RoleAsync(int minutes)
        {
            server.Clock.Shift += TimeSpan.FromMinutes(minutes);
            // Requests that arrive together use the refresh token once.
            var callers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SignedInServer.CallerAsync(browser)));
            return callers.Select(c => (string?)c?["role"]).Distinct().ShouldHaveSingleItem();
        }

        (await RoleAsync(0)).ShouldBe("submitter");
        issuer.Claims = new JsonObject { ["preferred_username"] = "alice", ["roles"] = new JsonArray("readers") };
        (await RoleAsync(1)).ShouldBe("submitter");
        (await RoleAsync(5)).ShouldBe("viewer");
        await issuer.StopAsync();
        (await RoleAsync(6)).ShouldBe("viewer");
        await issuer.RunAsync();
        (await RoleAsync(2)).ShouldBe("viewer");
        issuer.Refuses = true;
        (await RoleAsync(6)).ShouldBeNull();
    }

    [Fact]
    public async Task A_new_signing_key_of_the_issuer_ends_no_session_and_people_sign_in_with_it()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        await using var server = await StartAsync(issuer, o => o with { OidcScopes = "openid profile offline_access" });
        using var browser = server.Browser();
        using (await SignedInServer.SignInAsync(browser)) { }
        await issuer.RotateAsync(keepOld: true);
        issuer.Claims["roles"] = "readers";
        server.Clock.Shift = TimeSpan.FromMinutes(6);
        ((string?)(await SignedInServer.CallerAsync(browser))?["role"]).ShouldBe("submitter");
        // The next question, with the key that the server has read meanwhile.
        await Eventually.IsAsync(async () =>
        {
            server.Clock.Shift += TimeSpan.FromMinutes(2);
            return (string)(await SignedInServer.CallerAsync(browser))!["role"]!;
        }, r => r == "viewer");
        await issuer.RotateAsync(keepOld: true);
        using var other = server.Browser();
        using var early = await SignedInServer.SignInAsync(other);
        if (early.StatusCode != HttpStatusCode.Redirect)
            (await early.Content.ReadAsStringAsync()).ShouldContain("has a new signing key");
        await Eventually.IsAsync(async () => (await SignedInServer.SignInAsync(other)).StatusCode, s => s == HttpStatusCode.Redirect);
        (await SignedInServer.CallerAsync(other)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_stream_of_events_ends_when_its_caller_signs_out_and_when_its_token_has_expired()
    {
        var issuer = _issued.Issuer;
        await using var server = await StartAsync(issuer);
        await using var other = await StartAsync(issuer);
        var cookies = new CookieContainer();
        using var browser = server.Browser(cookies);
        using (await SignedInServer.SignInAsync(browser)) { }
        using var events = await browser.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead);
        events.StatusCode.ShouldBe(HttpStatusCode.OK);
        var reading = events.Content.ReadAsStringAsync();
        (await other.Browser(cookies).SendAsync(SignedInServer.SignOut())).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await reading).ShouldContain("event: revision");

        var issued = server.Clock.GetUtcNow();
        using var program = server.Bearer(issuer.Token(issued));
        using var stream = await program.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead);
        stream.StatusCode.ShouldBe(HttpStatusCode.OK);
        var following = stream.Content.ReadAsStringAsync();
        server.Clock.Fixed = issued.AddMinutes(5.5);
        await Task.Delay(TimeSpan.FromSeconds(0.3));
        following.IsCompleted.ShouldBeFalse(); // within the minute by which clocks may differ
        server.Clock.Fixed = issued.AddMinutes(6.1);
        (await following).ShouldContain("event: revision");
    }

    [Fact]
    public async Task Redirections_and_cookies_follow_a_trusted_proxy_and_no_other()
    {
        var issuer = _issued.Issuer;
        var proxies = SignInSettings.ReadProxies("127.0.0.1", true, []);
        await using var behind = await StartAsync(issuer, settings: s => s with { TrustedProxies = proxies });
        var open = await _issued.ServerAsync();
        using var request = Forwarded();
        using var answer = await behind.Browser().SendAsync(request);
        HttpUtility.ParseQueryString(answer.Headers.Location!.Query)["redirect_uri"].ShouldBe(
            "https://granary.example/sign-in/callback");
        answer.Headers.GetValues("Set-Cookie").ShouldAllBe(c => c.Contains("secure", StringComparison.Ordinal));
        using var untrusted = Forwarded();
        using var ignored = await open.Browser().SendAsync(untrusted);
        HttpUtility.ParseQueryString(ignored.Headers.Location!.Query)["redirect_uri"].ShouldStartWith("http://127.0.0.1");
        // What a caller of the proxy wrote before the proxy did is not read.
        using var smuggled = new HttpRequestMessage(HttpMethod.Get, "/sign-in");
        smuggled.Headers.Add("X-Forwarded-For", "127.0.0.1, 192.0.2.7");
        smuggled.Headers.Add("X-Forwarded-Proto", "http, https");
        smuggled.Headers.Add("X-Forwarded-Host", "evil.example, granary.example");
        using var read = await behind.Browser().SendAsync(smuggled);
        HttpUtility.ParseQueryString(read.Headers.Location!.Query)["redirect_uri"].ShouldBe("https://granary.example/sign-in/callback");
        using var plain = new HttpRequestMessage(HttpMethod.Get, "/sign-in");
        plain.Headers.Host = "granary.example";
        using var refused = await open.Browser().SendAsync(plain);
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("Sign-in needs https");

        // The whole way behind the proxy.
        await issuer.AllowAsync(new Uri("https://granary.example/"));
        var cookies = string.Join("; ", answer.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0]));
        using var atIssuer = await open.Browser().GetAsync(answer.Headers.Location);
        using var back = Forwarded(atIssuer.Headers.Location!.PathAndQuery);
        back.Headers.Add("Cookie", cookies);
        using var done = await behind.Browser().SendAsync(back);
        done.StatusCode.ShouldBe(HttpStatusCode.Redirect, await done.Content.ReadAsStringAsync());
        done.Headers.GetValues("Set-Cookie").ShouldContain(c => c.StartsWith("__Host-granary-session=", StringComparison.Ordinal)
            && c.Contains("secure", StringComparison.Ordinal));

        static HttpRequestMessage Forwarded(string path = "/sign-in")
        {
            var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("X-Forwarded-Proto", "https");
            request.Headers.Add("X-Forwarded-Host", "granary.example");
            return request;
        }
    }

    [Fact]
    public async Task Each_person_and_each_key_has_limits_of_their_own_and_a_header_comes_before_a_cookie()
    {
        var issuer = _issued.Issuer;
        var file = Path.Combine(_shared, "keys.json");
        var key = await ApiKeys.AddAsync(file, "machine", Role.Viewer, TimeProvider.System);
        await using var server = await StartAsync(issuer, settings: s => s with { RequestsPerSecond = 10 }, keys: ApiKeys.Open(file));
        using var browser = server.Browser();
        using (await SignedInServer.SignInAsync(browser)) { }
        using var other = server.Browser();
        issuer.Subject = "4712";
        using (var _ = await SignedInServer.SignInAsync(other)) { }
        // A bucket of twenty requests that fills by ten a second.
        await Eventually.IsAsync(() => Task.WhenAll(Enumerable.Range(0, 40).Select(async _ =>
            (await browser.GetAsync("/api/v1/caller")).StatusCode)), s => s.Contains(HttpStatusCode.TooManyRequests));
        (await SignedInServer.CallerAsync(other))!["name"]!.ToString().ShouldBe("alice (oidc 4712)");
        using var both = new HttpRequestMessage(HttpMethod.Get, "/api/v1/caller");
        both.Headers.Authorization = new("Bearer", key);
        ((string)(await (await other.SendAsync(both)).ReadAsync<JsonObject>())["name"]!).ShouldBe("machine");
        using var wrong = new HttpRequestMessage(HttpMethod.Get, "/api/v1/caller");
        wrong.Headers.Authorization = new("Bearer", "granary_00000000_" + new string('0', 64));
        await (await other.SendAsync(wrong)).ProblemAsync(401);
    }

    [Fact]
    public async Task The_server_says_how_to_sign_in_and_refuses_without_a_redirection()
    {
        var (issuer, server) = (_issued.Issuer, await _issued.ServerAsync());
        using var browser = server.Browser();
        var ways = (await browser.GetFromJsonAsync<JsonObject>("/api/v1/sign-in"))!;
        ((string?)ways["page"], (bool)ways["keys"]!).ShouldBe(("/sign-in", false));
        using var refused = await browser.GetAsync("/api/v1/runs");
        (await refused.ProblemAsync(401)).ShouldContain("open /sign-in in a browser");
        using var key = server.Bearer(issuer.Token(server.Clock.GetUtcNow()));
        (await (await key.SendAsync(SignedInServer.SignOut())).ProblemAsync(400)).ShouldContain("no session");
        await using var without = await ApiServer.StartAsync();
        ((string?)(await without.Client.GetFromJsonAsync<JsonObject>("/api/v1/sign-in"))!["page"]).ShouldBeNull();
    }
}
