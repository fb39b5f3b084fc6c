using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using Granary.Api.Access;
using Granary.Api.Limits;
using Granary.Api.Lists;
using Granary.Api.Routing;
using Granary.Contracts.Jobs;
using Granary.Server.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Jobs;

/// <summary>Long work of any kind: submit, follow, cancel, fetch.</summary>
internal static class JobEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var jobs = api.MapGroup("/jobs").WithTags("Jobs").ProducesProblem(401).ProducesProblem(403);
        jobs.MapPost("", ([AsParameters] SubmittedBody body, CancellationToken stop) =>
            body.SubmitAsync("jobs", root => root.Need("kind").String(), stop))
            .RequireAuthorization(RolePolicies.Submitter).WithName("submitJob")
            .WithSummary("Submit a job.")
            .WithDescription("The body is an object with the kind of job and the keys of this kind, such as { \"kind\": \"walkforward\", "
                + "\"batch\": {} }. GET /catalogue/jobs lists the kinds with the JSON Schema of each. With ?check=true a job whose files, "
                + "source or symbols do not exist is refused at once; without it the job fails. Send "
                + "Idempotency-Key to make a repeated submission give the same job; a key is known as long as its job.")
            .Accepts<object>("application/json").ProducesSubmission();
        jobs.MapGet("", async (IJobService service, [AsParameters] Paging paging, CancellationToken stop, [FromQuery] string? state,
                [FromQuery] string? kind, [AllowedRange(1, Paging.Most)] int limit = Paging.Usual) =>
            {
                var page = await JobAnswers.OfJobs(service).ListAsync(paging.Cursor, limit, kind, state, stop).ConfigureAwait(false);
                return paging.Answer(page, page.Next);
            })
            .RequireAuthorization(RolePolicies.Viewer).WithName("listJobs")
            .WithSummary("Jobs of all kinds, backtests among them, the newest first.")
            .WithDescription("'next' is the cursor of the next page; null on the last page.").Produces<JobPage>().ProducesProblem(
                400);
        MapOne(jobs, "Job", JobAnswers.OfJobs);
        api.MapPost("/automl", ([AsParameters] SubmittedBody body, CancellationToken stop,
                [FromQuery(Name = "num_strategies"), Display(Name = "num_strategies"), AllowedRange(1, int.MaxValue)] int? strategies) =>
            body.SubmitAsync("jobs", _ => "experiment", stop, batch => Experiment(batch, strategies)))
            .RequireAuthorization(RolePolicies.Submitter).WithTags("Jobs").WithName("submitExperiment")
            .WithSummary("Compare trainers and labels on a batch file, which is the body: a job of the kind experiment.")
            .Accepts<object>("application/json", "text/plain", "application/octet-stream").ProducesSubmission().ProducesProblem(401)
            .ProducesProblem(403);
    }

    /// <summary>The endpoints below the path of one job.</summary>
    /// <param name="noun">The noun in the names of the operations.</param>
    public static void MapOne(IEndpointRouteBuilder jobs, string noun, Func<IJobService, JobAnswers> answers)
    {
        var one = noun.ToLowerInvariant();
        jobs.MapGet("/{id}", (string id, IJobService service, CancellationToken stop) => answers(service).GetAsync(id, stop))
            .RequireAuthorization(RolePolicies.Viewer).WithName($"get{noun}").WithSummary($"The status of a {one}.").Produces<JobStatus>()
            .ProducesProblem(404);
        jobs.MapGet("/{id}/events", (string id, IJobService service, ApiSettings settings, CancellationToken stop) =>
                answers(service).EventsAsync(id, settings, stop))
            .RequireAuthorization(RolePolicies.Viewer).RequireRateLimiting(CallerLimits.Streams).WithName($"watch{noun}")
            .WithSummary($"The status of a {one} at each change, as server-sent events.")
            .WithDescription("Events 'progress' and at last 'done', 'failed' or 'cancelled', each with the whole status as data and its "
                + "revision as id. The first comes at once; after a broken connection just connect again.")
            .Produces<JobStatus>(200, "text/event-stream").ProducesProblem(404);
        jobs.MapDelete("/{id}", (string id, IJobService service, CancellationToken stop) => answers(service).CancelAsync(id, stop))
            .RequireAuthorization(RolePolicies.Submitter).WithName($"cancel{noun}")
            .WithSummary($"Cancel a {one}; one that has ended stays as it is.").Produces<JobStatus>().Produces<JobStatus>(202)
            .ProducesProblem(404);
        jobs.MapPost("/{id}/resume", (string id, IJobService service, CancellationToken stop) => answers(service).ResumeAsync(id, stop))
            .RequireAuthorization(RolePolicies.Submitter).WithName($"resume{noun}")
            .WithSummary($"Queue a cancelled {one} again; it continues from the strategies that had finished.")
            .Produces<JobStatus>(202).ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(429);
        jobs.MapGet("/{id}/files/{name}", (string id, string name, IJobService service, CancellationToken stop) =>
                answers(service).FileAsync(id, name, stop))
            .RequireAuthorization(RolePolicies.Viewer).WithName($"get{noun}File")
            .WithSummary($"A file of a {one}, once it is done.").Produces(200, null, "application/octet-stream")
            .ProducesProblem(404).ProducesProblem(409);
    }

    /// <summary>The answers of a submission.</summary>
    public static RouteHandlerBuilder ProducesSubmission(this RouteHandlerBuilder endpoint) =>
        endpoint.Produces<JobStatus>(StatusCodes.Status202Accepted).ProducesProblem(400).ProducesProblem(413).ProducesProblem(422)
            .ProducesProblem(429);

    // The batch keeps its lines; a comment at its end must not hide the brace.
    private static byte[] Experiment(byte[] batch, int? strategies)
    {
        var first = strategies is { } n ? n.ToString(CultureInfo.InvariantCulture) : "\"all\"";
        var start = batch.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        return [.. Encoding.UTF8.GetBytes($$"""{"kind":"experiment","strategies":{{first}},"batch":"""), .. batch.AsSpan(start),
            .. "\n}"u8];
    }
}
