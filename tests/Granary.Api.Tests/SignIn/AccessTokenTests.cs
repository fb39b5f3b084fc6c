using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Granary.Server.Access;
using Granary.Testing;

namespace Granary.Api.Tests.SignIn;

/// <summary>Programs call the API with access tokens of the issuer, beside keys.</summary>
public sealed class AccessTokenTests(SharedIssuer shared) : IClassFixture<SharedIssuer>
{
    private static async Task<string> RefusedAsync(SignedInServer server, string token)
    {
        using var client = server.Bearer(token);
        using var answer = await client.GetAsync("/api/v1/caller");
        answer.Headers.WwwAuthenticate.ToString().ShouldStartWith("Bearer");
        return await answer.ProblemAsync(401);
    }

    [Fact]
    public async Task Only_a_token_of_the_issuer_for_this_api_passes_while_it_is_valid()
    {
        var (issuer, server) = (shared.Issuer, await shared.ServerAsync());
        var now = server.Clock.GetUtcNow();
        using var client = server.Bearer(issuer.Token(now));
        var caller = (await SignedInServer.CallerAsync(client))!;
        ((string)caller["name"]!, (string)caller["role"]!).ShouldBe(("(oidc ci)", "admin"));

        using var other = RSA.Create(2048);
        byte[] ByOther(byte[] text) => other.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        (await RefusedAsync(server, issuer.Token(now, sign: ByOther))).ShouldContain("signature");
        (await RefusedAsync(server, issuer.Token(now, head: h => h["kid"] = "unknown", sign: ByOther)))
            .ShouldContain("no key of the issuer");
        (await RefusedAsync(server, issuer.Token(now, b => b.Remove("nbf"), h => h["kid"] = "unknown", ByOther)))
            .ShouldContain("no key of the issuer");
        (await SignedInServer.CallerAsync(server.Bearer(issuer.Token(now, b => b.Remove("nbf"))))).ShouldNotBeNull();
        (await SignedInServer.CallerAsync(server.Bearer(issuer.Token(now, b => b["exp"] = 253402300799)))).ShouldNotBeNull();
        (await RefusedAsync(server, issuer.Token(now, head: h => h["alg"] = "none", sign: _ => []))).ShouldContain("refused");
        (await RefusedAsync(server, issuer.Token(now, b => b["iss"] = "http://127.0.0.1:1/"))).ShouldContain("not of the issuer");
        (await RefusedAsync(server, issuer.Token(now, b => b["aud"] = "other-api"))).ShouldContain("audience granary-api");
        (await RefusedAsync(server, issuer.Token(now, b => b["aud"] = LocalIssuer.Client))).ShouldContain("audience");
        (await RefusedAsync(server, issuer.Token(now, b => b.Remove("exp")))).ShouldContain("no expiry");
        (await RefusedAsync(server, issuer.Token(now, b => b.Remove("sub")))).ShouldContain("refused");
        (await RefusedAsync(server, issuer.Token(now)[..^4] + "AAAA")).ShouldContain("signature");
        (await RefusedAsync(server, "eyJ.not.token")).ShouldContain("neither a key of this server nor a token");
        (await RefusedAsync(server, "x")).ShouldContain("neither");
        foreach (var secret in issuer.PublicKeys())
            (await RefusedAsync(server, issuer.Token(now, head: h => h["alg"] = "HS256", sign: t => HMACSHA256.HashData(secret, t))))
                .ShouldContain("refused");
        server.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Clocks_may_differ_by_a_minute_and_not_by_more()
    {
        var issuer = shared.Issuer;
        await using var server = await SignedInServer.StartAsync(issuer);
        var now = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
        // The clock of the server runs on by at most a few seconds while the calls are under way.
        server.Clock.Shift = now - DateTimeOffset.UtcNow;
        string Token(int from, int until) => issuer.Token(now, b =>
        {
            b["nbf"] = now.AddSeconds(from).ToUnixTimeSeconds();
            b["exp"] = now.AddSeconds(until).ToUnixTimeSeconds();
        });
        (await SignedInServer.CallerAsync(server.Bearer(Token(-600, 0)))).ShouldNotBeNull();
        (await SignedInServer.CallerAsync(server.Bearer(Token(55, 600)))).ShouldNotBeNull();
        (await RefusedAsync(server, Token(-600, -61))).ShouldContain("has expired");
        (await RefusedAsync(server, Token(400, 600))).ShouldContain("not valid yet");
    }

    [Fact]
    public async Task A_new_signing_key_is_accepted_without_a_restart_and_the_old_one_no_longer()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        await using var server = await SignedInServer.StartAsync(issuer);
        var old = issuer.Token(server.Clock.GetUtcNow());
        (await SignedInServer.CallerAsync(server.Bearer(old))).ShouldNotBeNull();
        await issuer.RotateAsync();
        var current = issuer.Token(server.Clock.GetUtcNow());
        // The first request with an unknown key has the server read the keys again.
        await Eventually.IsAsync(() => SignedInServer.CallerAsync(server.Bearer(current)), c => c is not null);
        (await RefusedAsync(server, old)).ShouldContain("no key of the issuer");
    }

    [Fact]
    public async Task While_the_issuer_is_down_keys_work_and_tokens_get_503()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("granary-signin-").FullName, "keys.json");
        var key = await ApiKeys.AddAsync(file, "machine", Role.Viewer, TimeProvider.System);
        await using var issuer = await LocalIssuer.StartAsync();
        await issuer.StopAsync();
        await using var server = await SignedInServer.StartAsync(issuer, ApiKeys.Open(file));
        (await SignedInServer.CallerAsync(server.Bearer(key)))!["name"]!.ToString().ShouldBe("machine");
        using var token = server.Bearer(issuer.Token(server.Clock.GetUtcNow()));
        using var answer = await token.GetAsync("/api/v1/caller");
        (await answer.ProblemAsync(503)).ShouldContain("does not answer");
        answer.Headers.RetryAfter.ShouldNotBeNull();
        using var browser = server.Browser();
        using var page = await browser.GetAsync("/sign-in");
        page.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await page.Content.ReadAsStringAsync()).ShouldContain("Sign-in is not available now");

        await issuer.RunAsync();
        await issuer.AllowAsync(server.Address);
        await Eventually.IsAsync(() => SignedInServer.CallerAsync(token), c => c is not null);
        (await SignedInServer.SignInAsync(browser)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        // What was read before is used while the issuer is away again.
        await issuer.StopAsync();
        (await SignedInServer.CallerAsync(token)).ShouldNotBeNull();
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Theory]
    [InlineData("roles", """{ "roles": "ops" }""", "admin")]
    [InlineData("roles", """{ "roles": ["x", "readers"] }""", "viewer")]
    [InlineData("roles", """{ "roles": ["readers", "traders"] }""", "submitter")]
    [InlineData("realm_access.roles", """{ "realm_access": { "roles": ["offline_access", "traders"] } }""", "submitter")]
    [InlineData("resource_access.granary.roles", """{ "resource_access": { "granary": { "roles": ["ops"] } } }""", "admin")]
    [InlineData("groups", """{ "groups": ["readers"] }""", "viewer")]
    [InlineData("https://granary.example/roles", """{ "https://granary.example/roles": ["traders"] }""", "submitter")]
    [InlineData("roles", """{ "roles": ["Ops", "administrators", "admin"] }""", null)]
    [InlineData("roles", """{ "roles": { "ops": true } }""", null)]
    [InlineData("roles", """{ "roles": [] }""", null)]
    [InlineData("roles", """{ "groups": ["ops"] }""", null)]
    [InlineData("roles", """{ "roles": ["coders"] }""", null)]
    [InlineData("realm_access.roles", """{ "realm_access": "ops" }""", null)]
    public async Task The_role_is_the_highest_that_a_value_of_the_configured_claim_gives(string claim, string claims, string? role)
    {
        var (issuer, server) = (shared.Issuer, await shared.ServerAsync(claim));
        using var client = server.Bearer(issuer.Token(server.Clock.GetUtcNow(), b =>
        {
            b.Remove("roles");
            foreach (var (name, value) in JsonNode.Parse(claims)!.AsObject()) b[name] = value!.DeepClone();
        }));
        using var answer = await client.GetAsync("/api/v1/caller");
        if (role is null) (await answer.ProblemAsync(403)).ShouldContain("(oidc ci) does not have the role");
        else ((string)(await answer.ReadAsync<JsonObject>())["role"]!).ShouldBe(role);
    }

    [Fact]
    public async Task The_right_code_comes_with_a_value_and_only_beside_a_role_that_submits()
    {
        var (issuer, server) = (shared.Issuer, await shared.ServerAsync());
        foreach (var (roles, mayRun) in new[] { ("traders", false), ("coders traders", true), ("coders readers", false), ("ops", true) })
        {
            using var client = server.Bearer(issuer.Token(server.Clock.GetUtcNow(), b =>
                b["roles"] = new JsonArray([.. roles.Split(' ').Select(r => (JsonNode)r)])));
            ((await SignedInServer.CallerAsync(client))!["noCode"] is null).ShouldBe(mayRun, roles);
        }
    }

    [Fact]
    public async Task A_program_gets_a_token_by_client_credentials_and_submits_with_it()
    {
        var (issuer, server) = (shared.Issuer, await shared.ServerAsync());
        using var http = new HttpClient();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = "ci",
            ["client_secret"] = LocalIssuer.Secret,
            ["scope"] = "api",
        });
        using var tokens = await http.PostAsync(new Uri(issuer.Address, "token"), form);
        tokens.StatusCode.ShouldBe(HttpStatusCode.OK, $"{issuer.Failure}");
        var token = (string)(await tokens.Content.ReadFromJsonAsync<JsonObject>())!["access_token"]!;
        using var client = server.Bearer(token);
        using var submitted = await client.SendAsync(ApiServer.Submission());
        submitted.StatusCode.ShouldBe(HttpStatusCode.Accepted, await submitted.Content.ReadAsStringAsync());
        ((string)(await submitted.ReadAsync<JsonObject>())["submittedBy"]!).ShouldBe("(oidc ci)");
    }
}
