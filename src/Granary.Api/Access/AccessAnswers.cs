using Granary.Api.Problems;
using Microsoft.AspNetCore.Http;

namespace Granary.Api.Access;

/// <summary>The answers to callers who may not: never a redirection, which a program could not follow.</summary>
internal static class AccessAnswers
{
    /// <param name="scheme">The value of the header <c>WWW-Authenticate</c>.</param>
    public static Task UnauthorizedAsync(HttpContext context, string scheme, string title, string sentence)
    {
        context.Response.Headers.WWWAuthenticate = scheme;
        return Problem.WriteAsync(context, StatusCodes.Status401Unauthorized, title, sentence);
    }

    public static Task ForbiddenAsync(HttpContext context) => Problem.WriteAsync(context, StatusCodes.Status403Forbidden, "Not allowed",
        $"{RolePolicies.Shown(context.User)} does not have the role that this call needs");
}
