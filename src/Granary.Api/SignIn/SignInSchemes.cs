using Granary.Api.Access;
using Microsoft.AspNetCore.Http;

namespace Granary.Api.SignIn;

/// <summary>The ways to show who calls: a key, an access token of the issuer, or the session of a browser.</summary>
internal static class SignInSchemes
{
    /// <summary>Chooses one of the others for each request.</summary>
    public const string Caller = nameof(Caller);

    /// <summary><c>Authorization: Bearer TOKEN</c> with an access token.</summary>
    public const string Token = nameof(Token);

    /// <summary>The cookie of a person who signed in.</summary>
    public const string Session = nameof(Session);

    /// <summary>The redirections to the issuer and back.</summary>
    public const string Issuer = nameof(Issuer);

    private const string KeyPrefix = "granary_";

    /// <summary>
    /// A request with the header <c>Authorization</c> never falls back to a cookie. Keys begin with a prefix that no token has.
    /// </summary>
    public static string Choose(HttpContext context, SignInSettings settings)
    {
        if (context.Request.Headers.Authorization.Count > 0)
            return settings.Audience is not null && KeyAuthentication.TextOf(context.Request) is { } text
                && !text.StartsWith(KeyPrefix, StringComparison.Ordinal) ? Token : KeyAuthentication.Scheme;
        return settings.ClientId is not null && HostCookies.AreIn(context) ? Session : KeyAuthentication.Scheme;
    }
}
