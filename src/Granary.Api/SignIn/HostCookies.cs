using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace Granary.Api.SignIn;

/// <summary>
/// The session's cookie. Over https its name begins with <c>__Host-</c>, so no other host of the domain can set it. Over http, which
/// is for this machine only, browsers refuse such a name.
/// </summary>
internal sealed class HostCookies : ICookieManager
{
    /// <summary>The name without its prefix.</summary>
    public const string Name = "granary-session";

    private readonly ChunkingCookieManager _cookies = new();

    /// <summary>Whether a request has the cookie.</summary>
    public static bool AreIn(HttpContext context) => context.Request.Cookies.ContainsKey(NameOf(context, Name));

    /// <inheritdoc/>
    /// <remarks>A sign-in ignores the cookie that the browser has, so each sign-in makes a session with a new id.</remarks>
    public string? GetRequestCookie(HttpContext context, string key) => context.Request.Path == SignInHosting.Callback ? null
        : _cookies.GetRequestCookie(context, NameOf(context, key));

    /// <inheritdoc/>
    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) =>
        _cookies.AppendResponseCookie(context, NameOf(context, key), value, options);

    /// <inheritdoc/>
    public void DeleteCookie(HttpContext context, string key, CookieOptions options) =>
        _cookies.DeleteCookie(context, NameOf(context, key), options);

    private static string NameOf(HttpContext context, string key) => context.Request.IsHttps ? "__Host-" + key : key;
}
