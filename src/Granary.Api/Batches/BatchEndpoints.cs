using System.Security.Claims;
using Granary.Api.Access;
using Granary.Api.Jobs;
using Granary.Api.Lists;
using Granary.Api.Routing;
using Granary.Contracts.Jobs;
using Granary.Server.Jobs;
using Granary.Simulation.RunFolders;
using Granary.Storage.Addresses;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Batches;

/// <summary>Batch files: submit, follow, cancel, fetch. A batch is a job of the kind backtest.</summary>
internal static class BatchEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var batches = api.MapGroup("/batches").WithTags("Batches").ProducesProblem(401).ProducesProblem(403);
        batches.MapPost("", ([AsParameters] SubmittedBody body, CancellationToken stop) =>
            body.SubmitAsync("batches", _ => JobCatalogue.Backtest, stop))
            .RequireAuthorization(RolePolicies.Submitter).WithName("submitBatch")
            .WithSummary("Submit a batch file's text.")
            .WithDescription("The body is the unchanged batch file, with its comments. Send Idempotency-Key to make a repeated "
                + "submission give the same batch; a key is known as long as its batch. Relative paths start from ?folder=. Without it, "
                + "or if the server is confined, they start from the server's data folder. With ?check=true a batch whose source or "
                + "symbols do not exist is refused at once.")
            .Accepts<object>("application/json", "text/plain", "application/octet-stream").ProducesSubmission();
        batches.MapPost("/quickstart", async (ClaimsPrincipal user, IJobService service, JobCatalogue kinds, ApiSettings settings,
                CancellationToken stop) =>
            {
                var job = kinds.Read(await Quickstart.PrepareAsync(settings.Samples,
                    settings.Confined ? Confinement.SamplesName : settings.Samples, stop).ConfigureAwait(false));
                var receipt = await service.SubmitAsync(new JobSubmission(job, RolePolicies.NameOf(user), null),
                    stop).ConfigureAwait(false);
                return TypedResults.Accepted($"{ApiSettings.Prefix}/batches/{receipt.Job.Id}", receipt.Job);
            })
            .RequireAuthorization(RolePolicies.Submitter).WithName("submitQuickstart")
            .WithSummary("Submit the sample batch: a thousand strategies on six synthetic markets.").ProducesSubmission();
        batches.MapGet("", async (IJobService service, [AsParameters] Paging paging, CancellationToken stop, [FromQuery] string? state,
                [AllowedRange(1, Paging.Most)] int limit = Paging.Usual) =>
            {
                var page = await JobAnswers.OfBatches(service).ListAsync(paging.Cursor, limit, null, state, stop)
                    .ConfigureAwait(false);
                return paging.Answer(page.Items, page.Next);
            })
            .RequireAuthorization(RolePolicies.Viewer).WithName("listBatches")
            .WithSummary("The newest batches first.").WithDescription(
                "The header Link names the next page.")
            .Produces<IReadOnlyList<JobStatus>>().ProducesProblem(400);
        BatchStrategyEndpoints.Map(batches);
        JobEndpoints.MapOne(batches, "Batch", JobAnswers.OfBatches);
    }
}
