using System.Security.Claims;
using System.Text.Json.Nodes;
using Granary.Api.Problems;
using Granary.Server.Access;
using Granary.Server.Audit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Granary.Api.Access;

/// <summary>
/// Refuses keys with limits at every endpoint that does not declare that it applies them. An endpoint that is added later is refused too.
/// </summary>
internal sealed class LimitedCallers(RequestDelegate next, AuditLog log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (!RolePolicies.HasLimits(context.User) || context.GetEndpoint() is not { } endpoint
            || endpoint.Metadata.GetMetadata<OpenToLimitedCallers>() is not null)
        {
            await next(context).ConfigureAwait(false);
            return;
        }
        var sentence = $"{RolePolicies.Shown(context.User)} has limits of trials or a holdout, which this endpoint does not apply, and is "
            + "for assistants alone: use the tools of /mcp, such as list_data, check_data and run_backtest, or a key without limits";
        await log.AppendAsync(RolePolicies.NameOf(context.User), "refuseLimited", $"{context.Request.Method} {context.Request.Path}", null,
            new JsonObject { ["why"] = sentence }, context.RequestAborted).ConfigureAwait(false);
        await Problem.WriteAsync(context, StatusCodes.Status403Forbidden, "Not allowed", sentence).ConfigureAwait(false);
    }
}

/// <summary>Marks an endpoint that applies the limits of its caller itself, or shows nothing of bars and results.</summary>
internal sealed class OpenToLimitedCallers;

/// <summary>Opens endpoints to keys with limits.</summary>
internal static class LimitedCallersExtensions
{
    /// <summary>
    /// Lets keys with limits call the endpoint. It must take bars, jobs and runs from <see cref="Server.Budgets.BudgetedJobs"/> alone.
    /// </summary>
    public static T AllowLimitedCallers<T>(this T endpoint) where T : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new OpenToLimitedCallers());

    /// <summary>The caller of an authorized request, with its limits.</summary>
    public static Caller ToCaller(this ClaimsPrincipal user) => RolePolicies.CallerOf(user);
}
