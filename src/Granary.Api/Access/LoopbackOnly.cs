using System.Net;
using Microsoft.AspNetCore.Http;

namespace Granary.Api.Access;

/// <summary>
/// Without configured keys, lets only programs of this machine pass. It also checks Host and Origin, so a web page of another site
/// cannot call the server through the user's browser.
/// </summary>
internal sealed class LoopbackOnly(RequestDelegate next, ApiSettings settings)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (settings.Authenticates) return next(context);
        var peer = context.Connection.RemoteIpAddress; // null on a Unix socket, whose file permissions guard it
        if (peer is not null && !IPAddress.IsLoopback(peer)) return Refuse(context, "calls from other machines");
        if (!ListenAddresses.IsLoopback(context.Request.Host.Host)) return Refuse(context, $"calls by the host name '{context.Request.Host.Host}'");
        foreach (var origin in context.Request.Headers.Origin)
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || !ListenAddresses.IsLoopback(uri.Host)
                || uri.Port != PortOf(context.Request))
                return Refuse(context, "pages of other sites");
        if (ComesFromAnotherPage(context.Request)) return Refuse(context, "pages of other sites");
        return IsFormOfPage(context.Request) ? Problems.Problem.WriteAsync(context, StatusCodes.Status415UnsupportedMediaType,
            "Unsupported Media Type", "send Content-Type: application/json; forms and plain text, which any page can send, need the header "
                + ApiSettings.ProtocolHeader) : next(context);
    }

    // Browsers send this header even where they leave out Origin. A link on another page may open one of this server.
    private static bool ComesFromAnotherPage(HttpRequest request) => !HttpMethods.IsGet(request.Method)
        && !HttpMethods.IsHead(request.Method) && request.Headers["Sec-Fetch-Site"].Any(value => value is not ("same-origin" or "none"));

    // Content types that a browser sends to another origin without a preflight request.
    private static bool IsFormOfPage(HttpRequest request) => !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)
        && request.Headers.Authorization.Count == 0 && !request.Headers.ContainsKey(ApiSettings.ProtocolHeader)
        && request.ContentType?.Split(';')[0].Trim().ToLowerInvariant()
            is "text/plain" or "multipart/form-data" or "application/x-www-form-urlencoded";

    // Another port is another origin, since another program of this machine may serve its pages.
    private static int PortOf(HttpRequest request) => request.Host.Port ?? (request.IsHttps ? 443 : 80);

    private static Task Refuse(HttpContext context, string what) =>
        Problems.Problem.WriteAsync(context, StatusCodes.Status403Forbidden, "Only this machine may call",
            $"no keys are configured, so {what} are refused; make keys with 'granary keys add' and start the server with them");
}
