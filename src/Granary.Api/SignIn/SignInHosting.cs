using Granary.Api.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Granary.Api.SignIn;

/// <summary>Registers the ways to show who calls.</summary>
internal static class SignInHosting
{
    /// <summary>The path to which the issuer sends the browser back.</summary>
    public const string Callback = ApiSettings.SignInPath + "/callback";

    // With a public key of the issuer as its secret, anybody could sign with HMAC.
    private static readonly string[] s_algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    public static void Add(IServiceCollection services, ApiSettings settings)
    {
        services.AddAuthorization(RolePolicies.Add);
        // The framework logs each request without a key, which anybody can send.
        services.AddLogging(l => l.AddFilter(typeof(KeyAuthentication).FullName, LogLevel.Warning));
        var schemes = services.AddAuthentication(settings.SignIn is null ? KeyAuthentication.Scheme : SignInSchemes.Caller)
            .AddScheme<AuthenticationSchemeOptions, KeyAuthentication>(KeyAuthentication.Scheme, null);
        if (settings.SignIn is not { } signIn) return;
        services.AddSingleton<Issuer>().AddHostedService(static s => s.GetRequiredService<Issuer>());
        schemes.AddPolicyScheme(SignInSchemes.Caller, null, o => o.ForwardDefaultSelector = c => SignInSchemes.Choose(c, signIn));
        if (signIn.Audience is not null)
        {
            schemes.AddJwtBearer(SignInSchemes.Token, _ => { });
            services.AddOptions<JwtBearerOptions>(SignInSchemes.Token).Configure<Issuer, TimeProvider>((o, issuer, clock) =>
                Configure(o, signIn, issuer, clock));
        }
        if (signIn.ClientId is null) return;
        services.AddDataProtection().SetApplicationName("granary")
            .PersistKeysToFileSystem(new DirectoryInfo(SignInFolder.Create(settings, SignInFolder.Keys)));
        // The keys are not encrypted: like the secret of links, they are in a folder that only the server's user reads.
        services.AddLogging(l => l.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error));
        // It logs texts of a request, with line breaks, that anybody can send. The events of a sign-in log what failed.
        services.AddLogging(l => l.AddFilter(typeof(OpenIdConnectHandler).FullName, LogLevel.None));
        services.AddSingleton<SessionFiles>().AddSingleton<SessionRenewal>();
        schemes.AddCookie(SignInSchemes.Session).AddOpenIdConnect(SignInSchemes.Issuer, _ => { });
        services.AddOptions<CookieAuthenticationOptions>(SignInSchemes.Session).Configure<SessionFiles, SessionRenewal>(
            (o, files, renewal) => Configure(o, signIn, files, renewal));
        services.AddOptions<OpenIdConnectOptions>(SignInSchemes.Issuer).Configure<Issuer, TimeProvider>((o, issuer, clock) =>
            Configure(o, signIn, issuer, clock));
    }

    /// <summary>Before everything that reads scheme, host or address of a request.</summary>
    public static void UseProxies(IApplicationBuilder app, ApiSettings settings)
    {
        if (settings.TrustedProxies.Count == 0) return;
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            ForwardLimit = null, // as many as there are trusted proxies in a row
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in settings.TrustedProxies) options.KnownIPNetworks.Add(network);
        app.UseForwardedHeaders(options);
    }

    /// <summary>Makes the first key before the server takes a request.</summary>
    public static void Prepare(IServiceProvider services, ApiSettings settings)
    {
        if (settings.SignIn?.ClientId is not null)
            SignInFolder.MakeFirstKey(settings, services.GetRequiredService<IKeyManager>(), TimeProvider.System);
    }

    /// <summary>The requirements of both kinds of tokens.</summary>
    internal static TokenValidationParameters Parameters(string audience, TimeProvider clock) => new()
    {
        ValidAudience = audience,
        ValidAlgorithms = s_algorithms,
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        ClockSkew = SignInSettings.ClockSkew,
        NameClaimType = "sub",
        LifetimeValidator = (from, until, _, p) => IsInTime(from, until, p.ClockSkew, clock),
    };

    private static bool IsInTime(DateTime? from, DateTime? until, TimeSpan skew, TimeProvider clock)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        if (until is not { } end) throw new SecurityTokenNoExpirationException("no expiry");
        // A token without nbf can come with the earliest time there is, from which nothing can be subtracted.
        if (from > now + skew) throw new SecurityTokenNotYetValidException($"valid from {from:u}") { NotBefore = from!.Value };
        return end > now - skew ? true : throw new SecurityTokenExpiredException($"expired at {end:u}") { Expires = end };
    }

    private static void Configure(JwtBearerOptions options, SignInSettings settings, Issuer issuer, TimeProvider clock)
    {
        options.ConfigurationManager = issuer.Configuration;
        options.MapInboundClaims = false;
        options.TokenValidationParameters = Parameters(settings.Audience!, clock);
        options.Events = new JwtBearerEvents
        {
            OnMessageReceived = context => issuer.ReadAsync(context.HttpContext.RequestAborted),
            OnTokenValidated = context =>
            {
                if (IssuedClaims.CallerOf(context.Principal!, settings) is not { } caller) context.Fail("the token has no claim sub");
                else
                {
                    var end = context.SecurityToken.ValidTo;
                    CallerStanding.Set(context.HttpContext, () => clock.GetUtcNow().UtcDateTime - SignInSettings.ClockSkew < end);
                    context.Principal = caller;
                }
                return Task.CompletedTask;
            },
            OnChallenge = context =>
            {
                context.HandleResponse();
                return AccessAnswers.UnauthorizedAsync(context.HttpContext, "Bearer error=\"invalid_token\"", "No valid key",
                    $"the access token is refused: {TokenFaults.SentenceOf(context.AuthenticateFailure, settings)}");
            },
            OnForbidden = context => AccessAnswers.ForbiddenAsync(context.HttpContext),
        };
    }

    private static void Configure(CookieAuthenticationOptions options, SignInSettings settings, SessionFiles files, SessionRenewal renewal)
    {
        options.CookieManager = new HostCookies();
        options.SessionStore = files;
        options.ExpireTimeSpan = settings.Idle;
        options.SlidingExpiration = true;
        Set(options.Cookie, "/");
        options.Cookie.Name = HostCookies.Name;
        options.Events = new CookieAuthenticationEvents
        {
            OnValidatePrincipal = renewal.CheckAsync,
            OnRedirectToLogin = context => AccessAnswers.UnauthorizedAsync(context.HttpContext, KeyAuthentication.Scheme, "Session ended",
                $"the session of this browser has ended; open {ApiSettings.SignInPath} to sign in again"),
            OnRedirectToAccessDenied = context => AccessAnswers.ForbiddenAsync(context.HttpContext),
        };
    }

    private static void Configure(OpenIdConnectOptions options, SignInSettings settings, Issuer issuer, TimeProvider clock)
    {
        options.ConfigurationManager = issuer.Configuration;
        options.Backchannel = issuer.Http;
        (options.ClientId, options.ClientSecret) = (settings.ClientId, settings.ClientSecret);
        options.TokenValidationParameters = Parameters(settings.ClientId!, clock);
        options.MapInboundClaims = false;
        options.SignInScheme = SignInSchemes.Session;
        options.ResponseType = OpenIdConnectResponseType.Code;
        // The issuer's form would be a request of another site, to which browsers send no cookies over http.
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.UsePkce = true;
        options.DisableTelemetry = true;
        options.CallbackPath = Callback;
        options.RemoteSignOutPath = default;
        options.SignedOutCallbackPath = ApiSettings.SignInPath + "/ended";
        options.Scope.Clear();
        foreach (var scope in settings.Scopes) options.Scope.Add(scope);
        Set(options.CorrelationCookie, Callback);
        Set(options.NonceCookie, Callback);
        options.Events = new SignInEvents(settings, issuer);
    }

    // Lax: the way back from the issuer is a navigation of another site.
    private static void Set(CookieBuilder cookie, string path)
    {
        cookie.HttpOnly = true;
        cookie.IsEssential = true;
        cookie.SameSite = SameSiteMode.Lax;
        cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.Path = path;
    }
}
