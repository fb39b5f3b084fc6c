using System.Security.Claims;
using Granary.Api.Access;
using Granary.Api.Problems;
using Granary.Contracts.Batches;
using Granary.Server.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Batches;

/// <summary>Single strategies and the portfolio of a batch while it runs.</summary>
internal static class BatchStrategyEndpoints
{
    public static void Map(RouteGroupBuilder batches)
    {
        batches.MapGet("/{id}/strategies/{strategy}", async (string id, string strategy, IRunningBatches strategies,
                CancellationToken stop) => await strategies.FindAsync(id, StrategyPath.Decoded(strategy), stop).ConfigureAwait(false)
                    is { } found ? TypedResults.Ok(found) : Unknown(id, StrategyPath.Decoded(strategy)))
            .RequireAuthorization(RolePolicies.Viewer).WithName("getBatchStrategy")
            .WithSummary("A strategy of a running batch: bars, equity, open position and trades so far.")
            .WithDescription("The id of the strategy is percent-encoded. Strategies of an ended batch are in its results "
                + "(/runs/{id}/strategies).")
            .Produces<BatchStrategy>().ProducesProblem(404).ProducesProblem(503);
        batches.MapDelete("/{id}/strategies/{strategy}", async (string id, string strategy, ClaimsPrincipal user,
                IRunningBatches strategies, CancellationToken stop) =>
                    await strategies.StopAsync(id, StrategyPath.Decoded(strategy), RolePolicies.NameOf(user), stop).ConfigureAwait(false)
                        is { } found ? TypedResults.Accepted((string?)null, found) : Unknown(id, StrategyPath.Decoded(strategy)))
            .RequireAuthorization(RolePolicies.Submitter).WithName("stopBatchStrategy")
            .WithSummary("Stop one strategy of a running batch.")
            .WithDescription("The strategy fails before its next block, with the caller's name as its error; the others go on. One that "
                + "has ended stays as it is. The answer has the strategy's state before the stop.")
            .Produces<BatchStrategy>(202).ProducesProblem(404).ProducesProblem(503);
        batches.MapGet("/{id}/portfolio", async (string id, IRunningBatches strategies, CancellationToken stop) =>
                await strategies.PortfolioAsync(id, stop).ConfigureAwait(false) is { } found ? TypedResults.Ok(found)
                    : Problem.NotFound($"the batch {id} does not run, or its portfolio has not begun: it begins when all strategies have "
                        + "finished; GET /runs/{id} has the results of an ended batch"))
            .RequireAuthorization(RolePolicies.Viewer).WithName("getBatchPortfolio")
            .WithSummary("The portfolio of a running batch: equity, cash, exposure and trades at its last row so far.")
            .WithDescription("The portfolio begins when all strategies have finished. That of an ended batch is in its results "
                + "(/runs/{id}).")
            .Produces<BatchPortfolio>().ProducesProblem(404).ProducesProblem(503);
    }

    private static IResult Unknown(string id, string strategy) =>
        Problem.NotFound($"the batch {id} does not run, or has no strategy {strategy}; GET /runs/{id}/strategies has the results of an "
            + "ended batch");
}
