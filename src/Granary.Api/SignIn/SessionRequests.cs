using Granary.Api.Problems;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Granary.Api.SignIn;

/// <summary>
/// Refuses changes that a page of another site makes through a person's session: they need a header that such a page cannot send, and come
/// from a page of this server.
/// </summary>
internal sealed class SessionRequests(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsOptions(request.Method)
            || context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Ticket?.AuthenticationScheme
                != SignInSchemes.Session)
            return next(context);
        if (!request.Headers.ContainsKey(ApiSettings.ProtocolHeader))
            return Refuse(context, $"a change with a session needs the header {ApiSettings.ProtocolHeader}, which the dashboard sends");
        var own = $"{request.Scheme}://{request.Host.Value}";
        if (request.Headers.Origin.Any(o => !string.Equals(o, own, StringComparison.OrdinalIgnoreCase))
            || request.Headers["Sec-Fetch-Site"].Any(value => value is not ("same-origin" or "none")))
            return Refuse(context,
                $"a change with a session must come from a page of {own}; behind a proxy, name it with --trusted-proxies");
        return next(context);
    }

    private static Task Refuse(HttpContext context, string sentence) =>
        Problem.WriteAsync(context, StatusCodes.Status403Forbidden, "Not allowed", sentence);
}
