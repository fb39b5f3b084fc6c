using System.Text.Json.Nodes;
using Granary.Api.Access;
using Granary.Application.Audit;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Audit;

/// <summary>Puts each successful change of state into the audit log: who, what, before, after.</summary>
internal sealed class AuditMiddleware(RequestDelegate next, AuditLog log, AuditStates states)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method)
            || !request.Path.StartsWithSegments(ApiSettings.Prefix, StringComparison.OrdinalIgnoreCase, out var path)
            || context.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<ChangesNothing>() is not null)
        {
            await next(context).ConfigureAwait(false);
            return;
        }
        // A change that could not be recorded is not made.
        await log.CheckWritableAsync(context.RequestAborted).ConfigureAwait(false);
        var who = RolePolicies.NameOf(context.User);
        var before = await states.ReadAsync(path, who, CancellationToken.None).ConfigureAwait(false);
        await next(context).ConfigureAwait(false);
        if (context.Response.StatusCode >= StatusCodes.Status400BadRequest) return;
        var target = context.Response.Headers.Location.ToString() is { Length: > 0 } location
            && new PathString(location.Split('?')[0]).StartsWithSegments(ApiSettings.Prefix, StringComparison.OrdinalIgnoreCase,
                out var made) ? made : path;
        JsonNode? after = await states.ReadAsync(target, who, CancellationToken.None).ConfigureAwait(false);
        await log.AppendAsync(who, endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName
            ?? request.Method, target.Value!, before, after, CancellationToken.None).ConfigureAwait(false);
    }
}
