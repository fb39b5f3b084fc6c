using System.Security.Claims;
using Granary.Contracts.Operations;
using Granary.Server.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Access;

/// <summary>Endpoint with the caller's name and rights, so the dashboard hides actions that the server would refuse.</summary>
internal static class CallerEndpoints
{
    public static void Map(IEndpointRouteBuilder api) => api
        .MapGet("/caller", (ClaimsPrincipal user, ApiSettings settings, CodeRight code) => TypedResults.Ok(new CallerAnswer(
            RolePolicies.NameOf(user), RolePolicies.RoleNameOf(user)!, settings.Authenticates,
            code.RefusalOf(RolePolicies.CallerOf(user)), RolePolicies.PersonOf(user),
            RolePolicies.CallerOf(user).Limits is { } limits ? new KeyLimits(limits.Trials, limits.Holdout) : null)))
        .WithTags("Access").WithName("getCaller").WithSummary("Name, role and limits of the caller, and whether they may run code.")
        .ProducesProblem(401).ProducesProblem(403).RequireAuthorization(RolePolicies.Viewer).AllowLimitedCallers();
}
