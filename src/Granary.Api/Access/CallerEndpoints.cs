using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Access;

/// <summary>Tells callers who they are, so that the dashboard shows no action that the server would refuse.</summary>
internal static class CallerEndpoints
{
    /// <param name="Name">Of the key; "local" where no keys are configured.</param>
    /// <param name="Role">viewer, submitter or admin.</param>
    /// <param name="Keys">Whether the server asks for keys.</param>
    private sealed record CallerAnswer(string Name, string Role, bool Keys);

    public static void Map(IEndpointRouteBuilder api) => api
        .MapGet("/caller", (ClaimsPrincipal user, ApiSettings settings) => TypedResults.Ok(new CallerAnswer(RolePolicies.NameOf(user),
            user.FindFirstValue(ClaimTypes.Role)!.ToLowerInvariant(), settings.Keys is not null)))
        .WithTags("Access").WithName("getCaller").WithSummary("Name and role of the caller's key.")
        .ProducesProblem(401).ProducesProblem(403).RequireAuthorization(RolePolicies.Viewer);
}
