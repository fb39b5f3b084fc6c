using System.Security.Claims;
using Granary.Api.Access;
using Granary.Api.Problems;
using Granary.Contracts.Sessions;
using Granary.Trading.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Sessions;

/// <summary>Single strategies of a live session while it runs.</summary>
internal static class SessionStrategyEndpoints
{
    public static void Map(RouteGroupBuilder sessions, ISessionService service)
    {
        sessions.MapGet("/{id}/strategies/{strategy}", async (string id, string strategy, CancellationToken stop) =>
                await service.StrategyAsync(id, StrategyPath.Decoded(strategy), stop).ConfigureAwait(false)
                    is { } found ? TypedResults.Ok(found) : Unknown(id, StrategyPath.Decoded(strategy)))
            .RequireAuthorization(RolePolicies.Viewer).WithName("getSessionStrategy")
            .WithSummary("A strategy of a running session: bars, equity, open position, trades so far, weight, enabled or not.")
            .WithDescription("The id of the strategy is percent-encoded. Bars, equity, position and trades are those of the strategy's "
                + "own, simulated account, as for a batch; /trades has the account's. 503 while the session opens its account or "
                + "recovers after its process or silo was lost.")
            .Produces<SessionStrategy>().ProducesProblem(404).ProducesProblem(503);
        sessions.MapDelete("/{id}/strategies/{strategy}", async (string id, string strategy, string? why, ClaimsPrincipal user,
                CancellationToken stop) => await service.StopStrategyAsync(id, StrategyPath.Decoded(strategy), RolePolicies.NameOf(user),
                    why ?? "", stop).ConfigureAwait(false)
                        is { } found ? TypedResults.Accepted((string?)null, found) : Unknown(id, StrategyPath.Decoded(strategy)))
            .RequireAuthorization(RolePolicies.Admin).WithName("stopSessionStrategy")
            .WithSummary("Stop one strategy of a running session.")
            .WithDescription("As the command 'disable': entries are refused from the next bar on, and open trades go on to their exits. "
                + "The answer comes when the command is in the journal, with 'why', so that it holds after a restart; the command 'enable' "
                + "reverses it. A strategy that is disabled or has failed does not change.")
            .Produces<SessionStrategy>(202).ProducesProblem(404).ProducesProblem(503);
    }

    private static IResult Unknown(string id, string strategy) =>
        Problem.NotFound($"no session of {id} runs, or it has no strategy {strategy}; GET /strategies has the strategies of all accounts");
}
