using System.Security.Claims;
using Granary.Api.Access;
using Granary.Api.Events;
using Granary.Api.Jobs;
using Granary.Api.Limits;
using Granary.Api.Problems;
using Granary.Contracts.Sessions;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Trading.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Sessions;

/// <summary>Live sessions: start, status, commands, files.</summary>
internal static class SessionEndpoints
{
    public static void Map(IEndpointRouteBuilder api, ISessionService service)
    {
        var sessions = api.MapGroup("/sessions").WithTags("Sessions").ProducesProblem(401).ProducesProblem(403);
        sessions.MapPost("", (HttpRequest request, ClaimsPrincipal user, SessionStartReader reader, ApiSettings settings,
                CancellationToken stop) => StartAsync(request, user, service, reader, settings, stop))
            .RequireAuthorization(RolePolicies.Admin).WithName("startSession").WithSummary("Trade a production configuration.")
            .WithDescription("If the account has a journal, the session continues from it. 409: another session "
                + "trades the account. Or send prod.json as the body, and the options in the query.")
            .Accepts<SessionBody>("application/json", "text/plain", "application/octet-stream")
            .Produces<SessionView>(StatusCodes.Status202Accepted).ProducesProblem(400).ProducesProblem(409).ProducesProblem(413)
            .ProducesProblem(503);
        sessions.MapGet("", async (CancellationToken stop) => SessionJson.Of(await service.ListAsync(stop).ConfigureAwait(false)))
            .RequireAuthorization(RolePolicies.Viewer).WithName("listSessions").WithSummary("All sessions, the newest first.")
            .Produces<IReadOnlyList<SessionView>>();
        sessions.MapGet("/{id}", async (string id, CancellationToken stop) => await service.FindAsync(id, stop)
            .ConfigureAwait(false) is { } view ? SessionJson.Of(view) : NoSession(id))
            .RequireAuthorization(RolePolicies.Viewer).WithName("getSession").WithSummary(
                "The status of a session.").Produces<SessionView>().ProducesProblem(404);
        sessions.MapGet("/{id}/events",
            async (string id, ApiSettings settings, TimeProvider clock, CancellationToken cancellationToken) =>
                await service.FindAsync(id, cancellationToken).ConfigureAwait(false) is null ? NoSession(id)
                    : new EventStream(stop => SessionEvents.WatchAsync(service, id, clock, stop), settings.EventHeartbeat))
            .RequireAuthorization(RolePolicies.Viewer).RequireRateLimiting(CallerLimits.Streams).WithName("watchSession")
            .WithSummary("The status of a session at each change, as server-sent events.")
            .WithDescription("Events 'status' and at last 'done' or 'failed', each with the whole session as data.")
            .Produces<SessionView>(200, "text/event-stream").ProducesProblem(404);
        sessions.MapPost("/{id}/commands", async (string id, NewCommand order, HttpContext context, CancellationToken stop) =>
            {
                if (order.Preview) ReadOnlyOperation.Mark(context);
                var view = await service.CommandAsync(id, Read(order, RolePolicies.NameOf(context.User)), stop).ConfigureAwait(false);
                return view is null ? NoSession(id) : SessionJson.Of(view);
            })
            .RequireAuthorization(RolePolicies.Admin).WithName("commandSession").WithSummary("Command a session.")
            .WithDescription("pause (no entries), resume, flatten (close everything, and pause), reload (look for new weights now), stop; "
                + "enable and disable with 'strategy' or 'symbol'. By hand: close with 'trade', and 'quantity' for a part; protect with "
                + "'trade', 'stop' and 'target'; reverse with 'trade'; enter with 'symbol', 'side' and 'size', with 'price' as a limit "
                + "order. With 'preview' nothing is ordered, and 'status.preview' says what would be. 'status.commandFault' says why a "
                + "command had no effect. The answer comes when the command is in the journal; it is in force from the next bar on.")
            .Produces<SessionView>().ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
        SessionStrategyEndpoints.Map(sessions, service);
        SessionHistoryEndpoints.Map(sessions);
        sessions.MapGet("/{id}/files/{name}",
            async (string id, string name, CancellationToken stop) => await service.OpenFileAsync(id, name, stop)
                .ConfigureAwait(false) is { } file
                ? JobAnswers.OfFile(name, file)
                : Problem.NotFound($"the session of {id} has no file '{name}'; it has files once it is done"))
            .RequireAuthorization(RolePolicies.Viewer).WithName("getSessionFile").WithSummary(
                "A file of the session's run, once it is done.")
            .Produces(200, null, "application/octet-stream").ProducesProblem(404);
    }

    private static IResult NoSession(string id) => Problem.NotFound($"the account {id} never had a session here");

    private static IssuedCommand Read(NewCommand order, string who)
    {
        var command = SessionWords.Parse(order.Command ?? "");
        if (command is SessionCommand.Enable or SessionCommand.Disable && string.IsNullOrEmpty(order.Strategy)
            && string.IsNullOrEmpty(order.Symbol))
            throw new InputException($"{order.Command} needs a strategy or a symbol; send 'strategy' or 'symbol'");
        if (command is SessionCommand.Close or SessionCommand.Protect or SessionCommand.Reverse && string.IsNullOrEmpty(order.Trade))
            throw new InputException($"{order.Command} needs a trade; send 'trade' with the 'entry' of a trade in the status");
        return new IssuedCommand(command, who, order.Why ?? "", order.Strategy ?? "", order.Symbol ?? "", order.Trade ?? "")
        {
            Hand = HandKeys.Read(command, order),
        };
    }

    private static async Task<IResult> StartAsync(HttpRequest request, ClaimsPrincipal user, ISessionService sessions,
        SessionStartReader reader, ApiSettings settings, CancellationToken cancellationToken)
    {
        if (await RequestBody.ReadAsync(request, settings.LongestBatch, cancellationToken).ConfigureAwait(false) is not { } body)
            return RequestBody.TooLong(settings.LongestBatch);
        var start = reader.Read(request.Query, body) with { StartedBy = RolePolicies.NameOf(user) };
        var view = await sessions.StartAsync(start, cancellationToken).ConfigureAwait(false);
        request.HttpContext.Response.Headers.Location = $"{ApiSettings.Prefix}/sessions/{view.Id}";
        return SessionJson.Of(view, StatusCodes.Status202Accepted);
    }
}
