using Granary.Api.Access;
using Granary.Api.Jobs;
using Granary.Api.Problems;
using Granary.Api.Routing;
using Granary.Contracts.Schedules;
using Granary.Server.Jobs;
using Granary.Server.Schedules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Schedules;

/// <summary>Jobs at the times of cron expressions or after each trading day, such as trainings at night.</summary>
internal static class ScheduleEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var all = api.MapGroup("/schedules").WithTags("Schedules").ProducesProblem(401).ProducesProblem(403);
        all.MapGet("", async (JobSchedules schedules, CancellationToken stop) =>
                TypedResults.Ok(await schedules.AllAsync(stop).ConfigureAwait(false)))
            .RequireAuthorization(RolePolicies.Viewer).WithName("listSchedules").WithSummary("All schedules, by name.");
        all.MapGet("/{name}", async (string name, JobSchedules schedules, CancellationToken stop) =>
                await schedules.FindAsync(name, stop).ConfigureAwait(false) is { } found ? TypedResults.Ok(found) : Unknown(name))
            .RequireAuthorization(RolePolicies.Viewer).WithName("getSchedule").WithSummary("A schedule, and when it is due next.")
            .Produces<ScheduleDetails>().ProducesProblem(404);
        all.MapGet("/{name}/runs", async (string name, ScheduleBook book, IJobService jobs, CancellationToken stop,
                [AllowedRange(1, ScheduleBook.Kept)] int limit = 20) =>
                book.Find(name) is null ? Unknown(name) : TypedResults.Ok<IReadOnlyList<ScheduledJob>>(
                    await JobSchedules.JobsOfAsync(book.Runs(name, limit), jobs, stop).ConfigureAwait(false)))
            .RequireAuthorization(RolePolicies.Viewer).WithName("listScheduleRuns")
            .WithSummary("The due times of a schedule, the newest first, each with its job or the reason why there was none.")
            .Produces<IReadOnlyList<ScheduledJob>>().ProducesProblem(404);
        all.MapPut("/{name}", PutAsync).RequireAuthorization(RolePolicies.Admin).WithName("setSchedule")
            .WithSummary("Create a schedule, or replace the one of the same name.")
            .WithDescription("'cron' has five fields, in UTC or 'timeZone': minute, hour, day of the month, month, day of "
                + "the week. In its place, 'after' is \"session-day\": the end of each trading day of the job's account, when the last "
                + "of its markets has closed, plus 'delay'. 'job' is the body of "
                + "POST /jobs. 'window', such as \"2h\", is the maintenance window: how long after such a time the job may start, and a "
                + "training promote a version. A time that passed while no server ran is run once if its window still lasts, and "
                + "recorded as missed otherwise. 'file' is the path of the schedule at the client, for messages.")
            .Accepts<object>("application/json", "application/octet-stream").Produces<ScheduleDetails>().Produces<ScheduleDetails>(201)
            .ProducesProblem(400).ProducesProblem(413);
        all.MapDelete("/{name}", (string name, ScheduleBook book) => book.Remove(name) ? TypedResults.NoContent() : Unknown(name))
            .RequireAuthorization(RolePolicies.Admin).WithName("removeSchedule")
            .WithSummary("Remove a schedule; its jobs stay.").Produces(204).ProducesProblem(404);
    }

    private static async Task<IResult> PutAsync(string name, HttpRequest request, ScheduleBook book, JobSchedules schedules,
        ApiSettings settings, CancellationToken cancellationToken, string? file = null)
    {
        if (!ScheduleBook.IsName(name))
            return Problem.Of(400, "The input is wrong",
                $"'{name}' is not a name of a schedule; use 1 to 64 letters, digits, '.', '_' and '-', not '.' first");
        if (await RequestBody.ReadAsync(request, settings.LongestBatch, cancellationToken).ConfigureAwait(false) is not { } body)
            return RequestBody.TooLong(settings.LongestBatch);
        var isNew = book.Find(name) is null;
        var schedule = await schedules.SetAsync(name, body, settings.PlaceOf().KeptFolder, file,
            RolePolicies.NameOf(request.HttpContext.User), cancellationToken).ConfigureAwait(false);
        return isNew ? TypedResults.Created($"{ApiSettings.Prefix}/schedules/{name}", schedule) : TypedResults.Ok(schedule);
    }

    private static IResult Unknown(string name) => Problem.NotFound($"there is no schedule '{name}' here");
}
