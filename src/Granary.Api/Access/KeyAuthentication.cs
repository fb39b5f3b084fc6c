using System.Text.Encodings.Web;
using Granary.Server.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granary.Api.Access;

/// <summary>
/// Authenticates <c>Authorization: Bearer KEY</c>. With neither keys nor sign-in, every caller that passes <see cref="LoopbackOnly"/> is
/// the local user with all permissions.
/// </summary>
internal sealed class KeyAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder,
    ApiSettings settings)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "Bearer";

    private const string Prefix = Scheme + " ";

    private static readonly Caller Local = new("local", Role.Admin);

    /// <summary>The key or token that a request carries; null if it has none.</summary>
    public static string? TextOf(HttpRequest request) => request.Headers.Authorization.ToString() is var header
        && header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? header[Prefix.Length..].Trim() : null;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!settings.Authenticates) return Succeed(Local);
        if (Request.Headers.Authorization.ToString().Length == 0) return Task.FromResult(AuthenticateResult.NoResult());
        if (TextOf(Request) is not { } key) return Task.FromResult(AuthenticateResult.Fail("the server accepts only bearer keys"));
        if (settings.Keys?.Find(key) is not { } caller)
            return Task.FromResult(AuthenticateResult.Fail("the key is not one of this server's"));
        CallerStanding.Set(Context, () => settings.Keys.Find(key) is not null);
        return Succeed(caller);
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var (key, signIn) = (settings.Keys is not null, settings.SignIn);
        string?[] ways = [
            key ? "send 'Authorization: Bearer KEY' with a key of this server; 'granary keys add' on the server makes one" : null,
            signIn?.Audience is { } audience
                ? $"send 'Authorization: Bearer TOKEN' with an access token of {signIn.Authority} for the audience {audience}" : null,
            signIn?.ClientId is not null ? $"open {ApiSettings.SignInPath} in a browser" : null];
        return AccessAnswers.UnauthorizedAsync(Context, Scheme, "No valid key", string.Join(", or ", ways.OfType<string>()));
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => AccessAnswers.ForbiddenAsync(Context);

    private static Task<AuthenticateResult> Succeed(Caller caller) =>
        Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(RolePolicies.PrincipalOf(caller), Scheme)));
}
