using Granary.Api.Access;
using Granary.Api.Problems;
using Granary.Contracts.Runs;
using Granary.Server.Operations;
using Granary.Simulation.RunFolders;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Runs;

/// <summary>Endpoints that rename and delete a run.</summary>
internal static class RunChangeEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var runs = api.MapGroup("/runs").WithTags("Runs").ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
        runs.MapPatch("/{id}", (string id, RunChange change, RunLibrary library) =>
                library.Find(id) is null ? Unknown(id) : TypedResults.Ok(library.Rename(id, change.Name)))
            .RequireAuthorization(RolePolicies.Submitter).WithName("renameRun")
            .WithSummary("Change the shown name of a run; its id and its files do not change.").Produces<RunSummary>().ProducesProblem(400);
        runs.MapDelete("/{id}", async (string id, RunLibrary library, IRunUses uses, CancellationToken stop) =>
            {
                if (library.Find(id) is null) return Unknown(id);
                if (await uses.FindAsync(id, stop).ConfigureAwait(false) is { } use) return Problem.Of(409, "In use", use);
                library.Delete(id);
                return TypedResults.NoContent();
            })
            .RequireAuthorization(RolePolicies.Admin).WithName("deleteRun")
            .WithSummary("Delete the files of a run; its job stays in the list of jobs.")
            .WithDescription("Refused with 409 while a deployment, a session, a valid link or an unfinished job needs the run.")
            .Produces(204).ProducesProblem(409);
    }

    private static IResult Unknown(string id) => Problem.NotFound($"there is no run {id} here");
}
