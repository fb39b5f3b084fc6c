using System.Globalization;
using System.Security.Claims;
using Granary.Api.Access;
using Granary.Api.Batches;
using Granary.Api.Events;
using Granary.Api.Problems;
using Granary.Application.Json;
using Granary.Application.Live;
using Granary.Engine.Brokerage;
using Granary.Storage.Addresses;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Sessions;

/// <summary>Live sessions: start, look at, command, fetch.</summary>
internal static class SessionEndpoints
{
    /// <param name="Command">pause, resume, flatten, reload, stop, enable, disable.</param>
    /// <param name="Why">Kept in the journal beside the key's name.</param>
    /// <param name="Strategy">The strategy to enable or disable.</param>
    /// <param name="Symbol">Or all strategies of a symbol.</param>
    public sealed record Order(string? Command, string? Why, string? Strategy, string? Symbol);

    public static void Map(IEndpointRouteBuilder api, ISessionService service)
    {
        var sessions = api.MapGroup("/sessions").WithTags("Sessions").ProducesProblem(401).ProducesProblem(403);
        sessions.MapPost("", StartAsync).RequireAuthorization(RolePolicies.Admin)
            .WithSummary("Trade a production configuration.")
            .WithDescription("The body is prod.json as it stands. The query has what 'granary live' has as options; 'feed' is needed. "
                + "Started again on an account that has a journal, the session goes on from it. 409 where another session trades the "
                + "account.")
            .Accepts<object>("application/json", "text/plain", "application/octet-stream")
            .Produces<SessionView>(StatusCodes.Status202Accepted).ProducesProblem(400).ProducesProblem(409).ProducesProblem(413)
            .ProducesProblem(503);
        sessions.MapGet("", async (CancellationToken stop) => Shown(await service.ListAsync(stop).ConfigureAwait(false)))
            .RequireAuthorization(RolePolicies.Viewer).WithSummary("All sessions, the newest first.")
            .Produces<IReadOnlyList<SessionView>>();
        sessions.MapGet("/{id}", async (string id, CancellationToken stop) => await service.FindAsync(id, stop)
            .ConfigureAwait(false) is { } view ? Shown(view) : NoSession(id))
            .RequireAuthorization(RolePolicies.Viewer).WithSummary("How a session stands.").Produces<SessionView>().ProducesProblem(404);
        sessions.MapGet("/{id}/events",
            async (string id, ApiSettings settings, TimeProvider clock, CancellationToken cancellationToken) =>
                await service.FindAsync(id, cancellationToken).ConfigureAwait(false) is null ? NoSession(id)
                    : new EventStream(stop => SessionEvents.WatchAsync(service, id, clock, stop), settings.EventHeartbeat))
            .RequireAuthorization(RolePolicies.Viewer)
            .WithSummary("How a session stands, each time that it changes, as server-sent events.")
            .WithDescription("Events 'status' and at last 'done' or 'failed', each with the whole session as data.")
            .Produces(200, null, "text/event-stream").ProducesProblem(404);
        sessions.MapPost("/{id}/commands", async (string id, Order order, ClaimsPrincipal user, CancellationToken stop) =>
                await service.CommandAsync(id, Read(order, RolePolicies.NameOf(user)), stop).ConfigureAwait(false) is { } view ? Shown(view)
                    : NoSession(id))
            .RequireAuthorization(RolePolicies.Admin).WithSummary("Command a session.")
            .WithDescription("pause (no entries), resume, flatten (close everything, and pause), reload (look for new weights now), stop; "
                + "enable and disable with 'strategy' or 'symbol'. Answered when the command stands in the journal; it is in force from "
                + "the next bar on.")
            .Produces<SessionView>().ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
        sessions.MapGet("/{id}/files/{name}",
            async (string id, string name, CancellationToken stop) => await service.OpenFileAsync(id, name, stop)
                .ConfigureAwait(false) is { } file
                ? TypedResults.Stream(file.Content, BatchEndpoints.ContentTypeOf(name), enableRangeProcessing: file.Content.CanSeek)
                : Problem.NotFound($"the session of {id} has no file '{name}'; it has files once it is done"))
            .RequireAuthorization(RolePolicies.Viewer).WithSummary("A file of the session's run, once it is done.")
            .Produces(200, null, "application/octet-stream").ProducesProblem(404);
    }

    private static IResult Shown<T>(T value) => TypedResults.Json(value, SessionControl.Json);

    private static IResult NoSession(string id) => Problem.NotFound($"the account {id} never had a session here");

    private static SessionOrder Read(Order order, string who)
    {
        var command = SessionWords.Parse(order.Command ?? "");
        if (command is SessionCommand.Enable or SessionCommand.Disable && string.IsNullOrEmpty(order.Strategy)
            && string.IsNullOrEmpty(order.Symbol))
            throw new InputException($"{order.Command} needs the strategy or the symbol that it is about; send 'strategy' or 'symbol'");
        return new SessionOrder(command, who, order.Why ?? "", order.Strategy ?? "", order.Symbol ?? "");
    }

    private static async Task<IResult> StartAsync(
        HttpRequest request, ClaimsPrincipal user, ISessionService sessions, ApiSettings settings, [FromQuery] string? feed,
        [FromQuery] string? account, [FromQuery] string? broker, [FromQuery] string? brokerOptions, [FromQuery] string? paper,
        [FromQuery(Name = "pace")] string? speed, [FromQuery] string? maxGap, [FromQuery] string? warmUp, [FromQuery] string? from,
        [FromQuery] string? to, [FromQuery] bool? withoutEvidence,
        [FromQuery] string? folder, [FromQuery] string? file, CancellationToken cancellationToken)
    {
        if (request.ContentLength > settings.LongestBatch) return BatchEndpoints.TooLong(settings);
        var text = await BatchEndpoints.ReadAsync(request.Body, settings.LongestBatch, cancellationToken).ConfigureAwait(false);
        if (text is null) return BatchEndpoints.TooLong(settings);
        if (string.IsNullOrWhiteSpace(feed))
            throw new InputException("'feed' is missing: say which bars the session trades on, as ?feed=store:DIR, csv:DIR, kafka://… or "
                + "ws:…");
        // a confined server knows one folder, wherever the client's files lie
        var start = Path.GetFullPath(settings.Confined ? settings.DataFolder : Path.Combine(settings.DataFolder, folder ?? "."));
        var view = await sessions.StartAsync(new SessionStart
        {
            Text = text,
            File = string.IsNullOrWhiteSpace(file) ? "prod.json" : file,
            Folder = start,
            Feed = Placed(feed, "feed", start, settings)!,
            Broker = broker ?? "paper",
            BrokerOptions = brokerOptions,
            Paper = paper,
            Pace = speed ?? "asap",
            MaxGap = maxGap,
            Account = account,
            WarmUp = Placed(warmUp, "warmUp", start, settings),
            From = Instant("from", from),
            To = Instant("to", to),
            WithoutEvidence = withoutEvidence ?? false,
            StartedBy = RolePolicies.NameOf(user),
        }, cancellationToken).ConfigureAwait(false);
        request.HttpContext.Response.Headers.Location = $"{ApiSettings.Prefix}/sessions/{view.Id}";
        return TypedResults.Json(view, SessionControl.Json, statusCode: StatusCodes.Status202Accepted);
    }

    // Files are named from where the configuration lies.
    private static string? Placed(string? source, string option, string start, ApiSettings settings)
    {
        if (source is null) return null;
        if (settings.Confined
            && (!BatchEndpoints.IsInside(settings.DataFolder, source, start) || source.Contains("keep=", StringComparison.Ordinal)))
            throw new InputException($"{option} '{source}' leads out of the server's data folder, to which this server confines sessions");
        return Address.Parse(source).PlacedIn(start).ToString();
    }

    private static long? Instant(string option, string? text) => text is null ? null
        : DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal,
            out var time) ? time.Ticks
        : throw new InputException($"{option} {text} is no date; write it as 2024-01-31 or 2024-01-31T14:30:00Z");
}
