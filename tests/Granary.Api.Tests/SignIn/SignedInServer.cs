using System.Net;
using System.Text.Json.Nodes;
using Granary.Server.Access;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Api.Tests.SignIn;

/// <summary>A server with sign-in at a local issuer, and browsers that use it.</summary>
internal sealed class SignedInServer : IAsyncDisposable
{
    public const string Roles = "readers=viewer;traders=submitter;ops=admin;coders=code";

    private readonly ApiServer _server;

    private SignedInServer(ApiServer server, ShiftedClock clock) => (_server, Clock) = (server, clock);

    public Uri Address => _server.Address;

    public string Failures => _server.Failures;

    public ShiftedClock Clock { get; }

    /// <param name="shared">The folder of runs, which the silos of a cluster share; null for the server's own.</param>
    public static async Task<SignedInServer> StartAsync(LocalIssuer issuer, ApiKeys? keys = null, string? shared = null,
        Func<SignInKeys, SignInKeys>? options = null, Func<ApiSettings, ApiSettings>? settings = null)
    {
        var given = new SignInKeys
        {
            OidcAuthority = issuer.Address.AbsoluteUri,
            OidcClientId = LocalIssuer.Client,
            OidcAudience = LocalIssuer.Audience,
            OidcRoles = Roles,
        };
        var faults = new List<string>();
        var signIn = SignInSettings.Read(options?.Invoke(given) ?? given, faults);
        faults.ShouldBeEmpty();
        var clock = new ShiftedClock();
        var server = await ApiServer.StartAsync(keys,
            settings: s => (settings ?? (x => x))(s with
            {
                SignIn = signIn! with { ClientSecret = LocalIssuer.Secret },
                Runs = shared ?? s.Runs,
                EventHeartbeat = TimeSpan.FromMilliseconds(50),
            }),
            add: s => s.AddSingleton<TimeProvider>(clock));
        return new SignedInServer(server, clock);
    }

    /// <summary>A browser without cookies, which follows no redirection by itself.</summary>
    public HttpClient Browser(CookieContainer? cookies = null)
    {
        var client = new HttpClient(
            new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies ?? new CookieContainer() })
        {
            BaseAddress = Address,
        };
        client.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        return client;
    }

    /// <summary>Follows the sign-in to the answer of the server to the issuer's code.</summary>
    public static async Task<HttpResponseMessage> SignInAsync(HttpClient browser, string query = "")
    {
        using var begin = await browser.GetAsync("/sign-in" + query);
        begin.StatusCode.ShouldBe(HttpStatusCode.Redirect, await begin.Content.ReadAsStringAsync());
        using var issued = await browser.GetAsync(begin.Headers.Location);
        issued.StatusCode.ShouldBe(HttpStatusCode.Redirect, await issued.Content.ReadAsStringAsync());
        return await browser.GetAsync(issued.Headers.Location);
    }

    /// <summary>The caller as the server sees it; null if it is refused.</summary>
    public static async Task<JsonObject?> CallerAsync(HttpClient browser)
    {
        using var answer = await browser.GetAsync("/api/v1/caller");
        return answer.IsSuccessStatusCode ? await answer.ReadAsync<JsonObject>() : null;
    }

    public static HttpRequestMessage SignOut()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/sign-out");
        request.Headers.Add(ApiSettings.ProtocolHeader, ApiSettings.ProtocolVersion);
        return request;
    }

    public HttpClient Bearer(string token) => _server.As(token);

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
