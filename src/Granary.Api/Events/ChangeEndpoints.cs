using Granary.Api.Access;
using Granary.Api.Limits;
using Granary.Api.Problems;
using Granary.Contracts.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Events;

/// <summary>The changes of all collections as one stream.</summary>
internal static class ChangeEndpoints
{
    public static void Map(IEndpointRouteBuilder api) => api.MapGroup("/events").WithTags("Events").ProducesProblem(401)
        .ProducesProblem(403).MapGet("", Watch).RequireAuthorization(RolePolicies.Viewer).RequireRateLimiting(
            CallerLimits.Streams).WithName("watchChanges")
        .WithSummary("Changes of jobs, runs, weights, sessions and deployments, as server-sent events.")
        .WithDescription("The first event, 'revision', has the revision as its id. Begin the stream, then read the collections; each event "
            + "says what to read again. 'since', or Last-Event-ID after a broken connection, continues from a revision; 410: read the "
            + "collections again, and watch without 'since'. Progress of one job is under /jobs/{id}/events.")
        .Produces<ChangeEvent>(200, "text/event-stream").ProducesProblem(410);

    private static IResult Watch(ChangeLog changes, ApiSettings settings, [FromQuery] string? since,
        [FromHeader(Name = "Last-Event-ID")] string? last)
    {
        var revision = last ?? since;
        var after = revision is null ? null : changes.NumberOf(revision);
        return revision is not null && after is null
            ? Problem.Of(StatusCodes.Status410Gone, "Too old",
                $"since={revision}: the server no longer has the changes after this revision; read "
                + "the collections again, and watch without 'since'")
            : new EventStream(stop => changes.WatchAsync(after, stop), settings.EventHeartbeat);
    }
}
