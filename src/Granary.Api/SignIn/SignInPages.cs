using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Granary.Api.SignIn;

/// <summary>The pages that a person sees when a sign-in fails.</summary>
internal static class SignInPages
{
    private const string Style = "body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:10vh auto;padding:0 1rem;"
        + "color-scheme:light dark}h1{font-size:1.4rem}a{color:LinkText;margin-right:1.5rem}";

    private static readonly string s_policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src "
        + $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'";

    /// <param name="sentence">What is wrong and what to do; the page escapes it.</param>
    /// <param name="again">Whether another person could try.</param>
    public static Task WriteAsync(HttpContext context, int status, string title, string sentence, bool again = true)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.ContentSecurityPolicy = s_policy;
        var text = WebUtility.HtmlEncode(char.ToUpperInvariant(sentence[0]) + sentence[1..]);
        var other = again ? $"<a href=\"{ApiSettings.SignInPath}?again=true\">Sign in as somebody else</a>" : "";
        return context.Response.WriteAsync($"""
            <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>{WebUtility.HtmlEncode(title)} · Granary</title><style>{Style}</style></head>
            <body><main><h1>{WebUtility.HtmlEncode(title)}</h1><p>{text}.</p><p>{other}<a href="/">Dashboard</a></p></main></body></html>
            """);
    }
}
