using System.Text.Json.Nodes;
using Granary.Api.Access;
using Granary.Application.Audit;
using Granary.Application.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Audit;

/// <summary>
/// Puts each successful change of state into the audit log: who, what, before, after. The answer is held back until the entry is on the
/// disk, so that a caller who has it can rely on the entry.
/// </summary>
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
        await CheckAsync(context.RequestAborted).ConfigureAwait(false);
        var who = RolePolicies.NameOf(context.User);
        var before = await states.ReadAsync(path, who, CancellationToken.None).ConfigureAwait(false);
        var answering = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        using var answer = new MemoryStream();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(answer));
        try
        {
            await next(context).ConfigureAwait(false);
            await context.Response.CompleteAsync().ConfigureAwait(false);
        }
        finally
        {
            context.Features.Set(answering);
        }
        if (context.Response.StatusCode < StatusCodes.Status400BadRequest)
            await RecordAsync(context, endpoint, who, path, before).ConfigureAwait(false);
        if (answer.Length == 0) return;
        context.Response.ContentLength = answer.Length;
        answer.Position = 0;
        await answer.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
    }

    // A change that could not be recorded is not made.
    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await log.CheckWritableAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ServiceUnavailableException e)
        {
            throw new ServiceUnavailableException($"nothing is changed: {e.Message}", e);
        }
    }

    private async Task RecordAsync(HttpContext context, Endpoint endpoint, string who, PathString path, JsonNode? before)
    {
        var target = context.Response.Headers.Location.ToString() is { Length: > 0 } location
            && new PathString(location.Split('?')[0]).StartsWithSegments(ApiSettings.Prefix, StringComparison.OrdinalIgnoreCase,
                out var made) ? made : path;
        JsonNode? after = await states.ReadAsync(target, who, CancellationToken.None).ConfigureAwait(false);
        var what = endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? context.Request.Method;
        try
        {
            await log.AppendAsync(who, what, target.Value!, before, after, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ServiceUnavailableException e)
        {
            throw new ServiceUnavailableException($"the change was made, and it is not in the audit log: {e.Message}", e);
        }
    }
}
