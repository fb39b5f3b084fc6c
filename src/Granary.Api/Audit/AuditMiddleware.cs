using System.Text.Json.Nodes;
using Granary.Api.Access;
using Granary.Server.Audit;
using Granary.Simulation.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Audit;

/// <summary>
/// Writes each successful change of state to the audit log, with the state before and after. It records the operation before it begins, so
/// that a crash hides no change. It sends the answer only when the entry is on the disk.
/// </summary>
internal sealed class AuditMiddleware(RequestDelegate next, AuditLog log, AuditStates states)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method)
            || !request.Path.StartsWithSegments(ApiSettings.Prefix, StringComparison.OrdinalIgnoreCase, out var path)
            || context.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<ReadOnlyOperation>() is not null)
        {
            await next(context).ConfigureAwait(false);
            return;
        }
        var who = RolePolicies.NameOf(context.User);
        var before = await states.ReadAsync(path, who, CancellationToken.None).ConfigureAwait(false);
        var what = endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? request.Method;
        var intent = await BeginAsync(who, what, path, before, context.RequestAborted).ConfigureAwait(false);
        var answering = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        using var answer = new MemoryStream();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(answer));
        var changed = false;
        try
        {
            await next(context).ConfigureAwait(false);
            await context.Response.CompleteAsync().ConfigureAwait(false);
            changed = context.Response.StatusCode < StatusCodes.Status400BadRequest && !ReadOnlyOperation.IsMarked(context);
        }
        finally
        {
            context.Features.Set(answering);
            if (!changed) log.Withdraw(intent);
        }
        if (changed) await CompleteAsync(context, intent, path).ConfigureAwait(false);
        if (answer.Length == 0) return;
        context.Response.ContentLength = answer.Length;
        answer.Position = 0;
        await answer.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
    }

    // Do not make a change that cannot be recorded.
    private async Task<AuditIntent> BeginAsync(string who, string what, PathString path, JsonNode? before,
        CancellationToken cancellationToken)
    {
        try
        {
            return await log.BeginAsync(who, what, path.Value!, before, cancellationToken).ConfigureAwait(false);
        }
        catch (ServiceUnavailableException e)
        {
            throw new ServiceUnavailableException($"nothing is changed: {e.Message}", e);
        }
    }

    private async Task CompleteAsync(HttpContext context, AuditIntent intent, PathString path)
    {
        var target = context.Response.Headers.Location.ToString() is { Length: > 0 } location
            && new PathString(location.Split('?')[0]).StartsWithSegments(ApiSettings.Prefix, StringComparison.OrdinalIgnoreCase,
                out var made) ? made : path;
        JsonNode? after = await states.ReadAsync(target, intent.Who, CancellationToken.None).ConfigureAwait(false);
        try
        {
            await log.CompleteAsync(intent, target.Value!, after).ConfigureAwait(false);
        }
        catch (ServiceUnavailableException e)
        {
            throw new ServiceUnavailableException($"the change was made, and it is not in the audit log: {e.Message}", e);
        }
    }
}
