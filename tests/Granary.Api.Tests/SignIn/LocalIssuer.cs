using System.Buffers.Text;
using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Testing;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;

namespace Granary.Api.Tests.SignIn;

/// <summary>An issuer of OpenID Connect (OpenIddict) on a loopback port. A test sets the person who signs in.</summary>
internal sealed class LocalIssuer : IAsyncDisposable
{
    public const string Client = "dashboard", Secret = "a secret of the tests", Audience = "granary-api";

    private const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    private readonly int _port = FreePorts.Take();
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private readonly HashSet<Uri> _servers = [];
    private readonly List<SigningCredentials> _old = [];
    private RSA _key = RSA.Create(2048);
    private int _generation;
    private WebApplication? _app;

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/"));

    /// <summary>The id of the person who signs in next.</summary>
    public string Subject { get; set; } = null!;

    /// <summary>The person's claims beside the id, in both tokens.</summary>
    public JsonObject Claims { get; set; } = null!;

    /// <summary>Whether refresh tokens are refused, as after an account was closed.</summary>
    public bool Refuses { get; set; }

    /// <summary>Whether a page asks before it signs somebody in.</summary>
    public bool Asks { get; set; }

    /// <summary>The last fault of the issuer itself.</summary>
    public Exception? Failure { get; private set; }

    private LocalIssuer() => ShowAlice();

    private string KeyId => string.Create(CultureInfo.InvariantCulture, $"key-{_generation}");

    public static async Task<LocalIssuer> StartAsync()
    {
        var issuer = new LocalIssuer();
        await issuer.RunAsync();
        return issuer;
    }

    /// <summary>The issuer of before on the same port, as after <see cref="StopAsync"/>.</summary>
    public async Task RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Address.AbsoluteUri);
        builder.Services.AddDbContext<DbContext>(o => o.UseInMemoryDatabase($"issuer-{Address.Port}").UseOpenIddict()
            .ConfigureWarnings(w => w.Ignore(InMemoryEventId.TransactionIgnoredWarning)));
        builder.Services.AddAuthentication();
        builder.Services.AddOpenIddict()
            // The store in memory has no bulk operations.
            .AddCore(o => o.UseEntityFrameworkCore().UseDbContext<DbContext>().DisableBulkOperations())
            .AddServer(o => o.SetIssuer(Address).SetAuthorizationEndpointUris("authorize").SetTokenEndpointUris("token")
                .SetEndSessionEndpointUris("end").AllowAuthorizationCodeFlow().AllowRefreshTokenFlow().AllowClientCredentialsFlow()
                .RequireProofKeyForCodeExchange().RegisterScopes("profile", "api").DisableAccessTokenEncryption()
                .AddEncryptionKey(new SymmetricSecurityKey(_secret)).AddSigningKey(new RsaSecurityKey(_key) { KeyId = KeyId })
                .Configure(s => s.SigningCredentials.AddRange(_old))
                .UseAspNetCore().DisableTransportSecurityRequirement().EnableAuthorizationEndpointPassthrough()
                .EnableTokenEndpointPassthrough().EnableEndSessionEndpointPassthrough());
        _app = builder.Build();
        _app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
            }
            catch (Exception e)
            {
                Failure = e;
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                await context.Response.WriteAsync(e.ToString());
            }
        });
        _app.UseAuthentication();
        _app.MapGet("/authorize", Authorize);
        _app.MapPost("/token", new Func<HttpContext, Task<IResult>>(ExchangeAsync));
        _app.MapGet("/end", () => Results.SignOut(authenticationSchemes: [Scheme]));
        await _app.StartAsync();
        await RegisterAsync();
    }

    public async Task StopAsync()
    {
        if (_app is null) return;
        await _app.StopAsync();
        await _app.DisposeAsync();
        _app = null;
    }

    /// <summary>Signs with a new key from now on.</summary>
    /// <param name="keepOld">Whether the issuer still publishes its key of before and accepts its own tokens with it.</param>
    public async Task RotateAsync(bool keepOld = false)
    {
        await StopAsync();
        if (keepOld) _old.Add(new SigningCredentials(new RsaSecurityKey(_key) { KeyId = KeyId }, SecurityAlgorithms.RsaSha256));
        else _key.Dispose();
        (_key, _generation) = (RSA.Create(2048), _generation + 1);
        await RunAsync();
    }

    /// <summary>Alice, a trader, signs in next, as at the start.</summary>
    public void ShowAlice() => (Subject, Claims) =
        ("4711", new JsonObject { ["preferred_username"] = "alice", ["roles"] = new JsonArray("traders") });

    /// <summary>Lets browsers return to a server.</summary>
    public Task AllowAsync(Uri server)
    {
        _servers.Add(server);
        return RegisterAsync();
    }

    /// <summary>An access token with this issuer's key, with changes.</summary>
    /// <param name="now">The time of issue.</param>
    public string Token(DateTimeOffset now, Action<JsonObject>? change = null, Action<JsonObject>? head = null,
        Func<byte[], byte[]>? sign = null)
    {
        var header = new JsonObject { ["alg"] = "RS256", ["typ"] = "at+jwt", ["kid"] = KeyId };
        var body = new JsonObject
        {
            ["iss"] = Address.AbsoluteUri,
            ["aud"] = Audience,
            ["sub"] = "ci",
            ["client_id"] = "ci",
            ["roles"] = new JsonArray("ops"),
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.AddMinutes(5).ToUnixTimeSeconds(),
        };
        head?.Invoke(header);
        change?.Invoke(body);
        var text = $"{Encoded(header.ToJsonString())}.{Encoded(body.ToJsonString())}";
        var bytes = Encoding.ASCII.GetBytes(text);
        var signature = sign is null ? _key.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) : sign(bytes);
        return $"{text}.{Base64Url.EncodeToString(signature)}";

        static string Encoded(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
    }

    /// <summary>The public key as text and as bytes, which an attacker can use as a secret.</summary>
    public IReadOnlyList<byte[]> PublicKeys() => [Encoding.ASCII.GetBytes(_key.ExportSubjectPublicKeyInfoPem()),
        Encoding.ASCII.GetBytes(_key.ExportRSAPublicKeyPem()), _key.ExportSubjectPublicKeyInfo(), _key.ExportParameters(false).Modulus!];

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _key.Dispose();
    }

    private IResult Authorize(HttpContext context)
    {
        if (Asks && !context.Request.Query.ContainsKey("agreed"))
            return Results.Content($"""
                <!DOCTYPE html><html lang="en"><head><title>Issuer</title></head><body><main><h1>Issuer</h1>
                <p><a href="{context.Request.Path}{context.Request.QueryString}&amp;agreed=true">Continue as alice</a></p>
                </main></body></html>
                """, "text/html");
        return Results.SignIn(Principal(context.GetOpenIddictServerRequest()!.GetScopes()), authenticationScheme: Scheme);
    }

    private async Task<IResult> ExchangeAsync(HttpContext context)
    {
        var request = context.GetOpenIddictServerRequest()!;
        if (request.IsClientCredentialsGrantType())
        {
            var program = Principal(request.GetScopes());
            program.SetClaim("sub", request.ClientId).SetClaim("preferred_username", (string?)null).SetResources(Audience);
            return Results.SignIn(program, authenticationScheme: Scheme);
        }
        var given = await context.AuthenticateAsync(Scheme);
        if (Refuses && request.IsRefreshTokenGrantType())
            return Results.Forbid(new AuthenticationProperties(new Dictionary<string, string?>
            {
                [OpenIddictServerAspNetCoreConstants.Properties.Error] = OpenIddictConstants.Errors.InvalidGrant,
            }), [Scheme]);
        return Results.SignIn(Principal(given.Principal!.GetScopes()), authenticationScheme: Scheme);
    }

    private ClaimsPrincipal Principal(IEnumerable<string> scopes)
    {
        var identity = new ClaimsIdentity("issuer", "name", "role");
        identity.SetClaim("sub", Subject);
        foreach (var (name, value) in Claims)
            if (value is JsonValue text) identity.SetClaim(name, (string?)text);
            else if (value is JsonArray) identity.SetClaims(name, JsonSerializer.SerializeToElement(value));
            else identity.SetClaim(name, JsonSerializer.SerializeToElement(value));
        identity.SetScopes(scopes);
        identity.SetDestinations(static _ => ["access_token", "id_token"]);
        return new ClaimsPrincipal(identity);
    }

    private async Task RegisterAsync()
    {
        await using var scope = _app!.Services.CreateAsyncScope();
        var clients = scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>();
        await SetAsync(clients, Description(Client, "gt:authorization_code", "gt:refresh_token", "ept:authorization",
            "ept:end_session", "rst:code"));
        await SetAsync(clients, Description("ci", "gt:client_credentials"));
    }

    private OpenIddictApplicationDescriptor Description(string id, params string[] permissions)
    {
        var client = new OpenIddictApplicationDescriptor { ClientId = id, ClientSecret = Secret, ClientType = "confidential" };
        client.Permissions.UnionWith([.. permissions, "ept:token", "scp:profile", "scp:api"]);
        client.RedirectUris.UnionWith(_servers.Select(s => new Uri(s, "/sign-in/callback")));
        client.PostLogoutRedirectUris.UnionWith(_servers.Select(s => new Uri(s.AbsoluteUri))); // with the path
        return client;
    }

    private static async Task SetAsync(IOpenIddictApplicationManager clients, OpenIddictApplicationDescriptor wanted)
    {
        if (await clients.FindByClientIdAsync(wanted.ClientId!) is { } known) await clients.UpdateAsync(known, wanted);
        else await clients.CreateAsync(wanted);
    }
}
