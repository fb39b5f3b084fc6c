using Granary.Api.Access;
using Granary.Api.Problems;
using Granary.Contracts.Operations;
using Granary.Server.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Api.Operations;

/// <summary>The status of the silos of a cluster, and commands to drain and retire them.</summary>
internal static class ClusterEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var cluster = api.MapGroup("/cluster").WithTags("Cluster").ProducesProblem(401).ProducesProblem(403).ProducesProblem(404)
            .ProducesProblem(503);
        cluster.MapGet("", async (IServiceProvider services, CancellationToken stop) =>
                services.GetService<IClusterOperations>() is { } operations
                    ? TypedResults.Ok(await operations.StateAsync(stop).ConfigureAwait(false)) : NoCluster())
            .RequireAuthorization(RolePolicies.Viewer).WithName("getCluster")
            .WithSummary("The silos with their versions, activations and work; queued and running batches; sessions.")
            .Produces<ClusterState>();
        MapCommand(cluster, SiloCommand.Drain, "Let a silo finish its strategy groups and take no new ones.");
        MapCommand(cluster, SiloCommand.Resume, "Let a draining silo take work again.");
        MapCommand(cluster, SiloCommand.Retire,
            "End a silo: it drains for at most its drain time-out, others take its sessions, and its process exits with 0.");
    }

    private static void MapCommand(RouteGroupBuilder cluster, SiloCommand command, string summary) =>
        cluster.MapPost("/silos/{name}/" + command.ToString().ToLowerInvariant(), async (string name, IServiceProvider services,
                CancellationToken stop) =>
            {
                if (services.GetService<IClusterOperations>() is not { } operations) return NoCluster();
                return await operations.CommandSiloAsync(name, command, stop).ConfigureAwait(false) is { } silo
                    ? TypedResults.Accepted((string?)null, silo)
                    : Problem.NotFound($"the cluster has no active silo '{name}'; GET /cluster lists them");
            })
            .RequireAuthorization(RolePolicies.Admin).WithName(command.ToString().ToLowerInvariant() + "Silo").WithSummary(summary)
            .Produces<SiloState>(202);

    private static IResult NoCluster() => Problem.NotFound("this server is a single process, not a cluster");
}
