using System.Globalization;
using System.Net;
using System.Security.Claims;
using Granary.Api.Access;
using Granary.Simulation.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Granary.Api.SignIn;

/// <summary>
/// Asks the issuer every few minutes, with the refresh token of a session, whether the person still may, and with which role. A session
/// without such a token keeps its role until it ends. While the issuer does not answer, the role stays too.
/// </summary>
internal sealed partial class SessionRenewal(ApiSettings settings, Issuer issuer, SessionFiles files, TimeProvider clock,
    ILogger<SessionRenewal> logger)
{
    private const string AskAt = "ask_at";

    /// <summary>Time between two questions.</summary>
    public static TimeSpan Every { get; } = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan s_again = TimeSpan.FromMinutes(1);

    private readonly SignInSettings _settings = settings.SignIn!;

    /// <summary>Keeps the tokens that a session needs: to sign out at the issuer, and to ask whether the person still may.</summary>
    /// <param name="askAt">When to ask next.</param>
    public static void Keep(AuthenticationProperties session, OpenIdConnectMessage tokens, DateTimeOffset askAt)
    {
        var kept = new[] { OpenIdConnectParameterNames.IdToken, OpenIdConnectParameterNames.RefreshToken }.Select(name =>
            new AuthenticationToken { Name = name, Value = tokens.GetParameter(name) ?? session.GetTokenValue(name) ?? "" });
        session.StoreTokens([.. kept.Where(t => t.Value.Length > 0)]);
        Note(session, askAt);
    }

    public async Task CheckAsync(CookieValidatePrincipalContext context)
    {
        var key = SessionFiles.KeyOf(context.HttpContext);
        if (key is null || !IsDue(context.Properties)) return;
        using var turn = await files.LockAsync(key).ConfigureAwait(false);
        // Another request may have asked meanwhile: a refresh token is good for one use.
        var session = await files.RetrieveAsync(key).ConfigureAwait(false);
        if (session is not null && IsDue(session.Properties))
        {
            session = await AskAsync(session).ConfigureAwait(false);
            if (session is null) files.Remove(key);
            else await files.ReplaceAsync(key, session).ConfigureAwait(false);
        }
        if (session is null) context.RejectPrincipal();
        else context.ReplacePrincipal(session.Principal);
    }

    /// <returns>The session from now on; null if it has ended.</returns>
    private async Task<AuthenticationTicket?> AskAsync(AuthenticationTicket session)
    {
        try
        {
            using var answer = await SendAsync(session.Properties.GetTokenValue(OpenIdConnectParameterNames.RefreshToken)!)
                .ConfigureAwait(false);
            var tokens = new OpenIdConnectMessage(await answer.Content.ReadAsStringAsync().ConfigureAwait(false));
            if (answer.IsSuccessStatusCode) return await RenewedAsync(session, tokens).ConfigureAwait(false);
            if (answer.StatusCode == HttpStatusCode.BadRequest && tokens.Error == "invalid_grant")
            {
                Ended(RolePolicies.NameOf(session.Principal), "the issuer refused the refresh token");
                return null;
            }
            Unanswered(RolePolicies.NameOf(session.Principal), tokens.Error ?? answer.StatusCode.ToString());
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or ServiceUnavailableException or ArgumentException)
        {
            Unanswered(RolePolicies.NameOf(session.Principal), e.Message);
        }
        Note(session.Properties, clock.GetUtcNow() + s_again);
        return session;
    }

    private async Task<HttpResponseMessage> SendAsync(string token)
    {
        var configuration = await issuer.ReadAsync(CancellationToken.None).ConfigureAwait(false);
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = OpenIdConnectGrantTypes.RefreshToken,
            ["refresh_token"] = token,
            ["client_id"] = _settings.ClientId!,
        };
        if (_settings.ClientSecret is { } secret) form["client_secret"] = secret;
        using var content = new FormUrlEncodedContent(form);
        return await issuer.Http.PostAsync(new Uri(configuration.TokenEndpoint), content).ConfigureAwait(false);
    }

    // An issuer may leave out the identity token; the role stays then.
    private async Task<AuthenticationTicket?> RenewedAsync(AuthenticationTicket session, OpenIdConnectMessage tokens)
    {
        var (principal, name) = (session.Principal, RolePolicies.NameOf(session.Principal));
        if (!string.IsNullOrEmpty(tokens.IdToken))
        {
            var parameters = SignInHosting.Parameters(_settings.ClientId!, clock);
            parameters.ConfigurationManager = issuer.Configuration;
            var result = await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(tokens.IdToken, parameters)
                .ConfigureAwait(false);
            if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
            {
                // The issuer has a new key, which is read now. The old refresh token may be used up.
                issuer.Configuration.RequestRefresh();
                tokens.IdToken = null;
                Keep(session.Properties, tokens, clock.GetUtcNow() + s_again);
                return session;
            }
            var before = new JsonWebToken(session.Properties.GetTokenValue(OpenIdConnectParameterNames.IdToken)).Subject;
            var token = result.IsValid ? new ClaimsPrincipal(result.ClaimsIdentity) : null;
            if (token?.FindFirstValue("sub") != before || IssuedClaims.CallerOf(token!, _settings) is not { } caller
                || RolePolicies.RoleNameOf(caller) is null)
            {
                Ended(name, token is null ? $"the issuer's new token is not valid: {result.Exception.Message}"
                    : "the person has no role any more");
                return null;
            }
            principal = caller;
        }
        Keep(session.Properties, tokens, clock.GetUtcNow() + Every);
        return new AuthenticationTicket(principal, session.Properties, session.AuthenticationScheme);
    }

    private bool IsDue(AuthenticationProperties session) => session.GetTokenValue(OpenIdConnectParameterNames.RefreshToken) is not null
        && session.Items.TryGetValue(AskAt, out var text)
        && DateTimeOffset.Parse(text!, CultureInfo.InvariantCulture) <= clock.GetUtcNow();

    private static void Note(AuthenticationProperties session, DateTimeOffset at) =>
        session.Items[AskAt] = at.ToString("O", CultureInfo.InvariantCulture);

    [LoggerMessage(1, LogLevel.Information, "The session of {Person} has ended: {Reason}")]
    private partial void Ended(string person, string reason);

    [LoggerMessage(2, LogLevel.Warning, "The issuer did not answer whether {Person} still may; the role stays: {Reason}")]
    private partial void Unanswered(string person, string reason);
}
