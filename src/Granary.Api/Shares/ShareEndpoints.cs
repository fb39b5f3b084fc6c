using Granary.Api.Access;
using Granary.Api.Jobs;
using Granary.Api.Problems;
using Granary.Contracts.Runs;
using Granary.Engine;
using Granary.Simulation.RunFolders;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Shares;

/// <summary>Links that open one run without a key.</summary>
internal static class ShareEndpoints
{
    private const string Report = "report.html";
    private const int MostDays = 365, ReportMinutes = 1;

    public static void Map(IEndpointRouteBuilder api)
    {
        var shares = api.MapGroup("").WithTags("Shares");
        shares.MapPost("/runs/{id}/shares", ShareRun).RequireAuthorization(RolePolicies.Submitter).WithName("shareRun")
            .WithSummary("Make a link that opens the report and the files of a run without a key, and nothing else.")
            .Produces<Share>(201).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
        shares.MapPost("/runs/{id}/report-link", (string id, ShareSigner signer, RunLibrary runs, TimeProvider clock) =>
                runs.Find(id) is null ? Unknown(id)
                    : Link(signer.Sign(id, clock.GetUtcNow().AddMinutes(ReportMinutes), opensFiles: false),
                        clock.GetUtcNow().AddMinutes(ReportMinutes)))
            .RequireAuthorization(RolePolicies.Viewer).WithName("linkReport")
            .WithSummary("Make a link that opens the report of a run for one minute, because a browser sends no key when it opens a new tab.")
            .Produces<Share>(201).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
        shares.MapPost("/shares/rotate", async (ShareSigner signer, CancellationToken stop) =>
            {
                await signer.RotateAsync(stop).ConfigureAwait(false);
                return Results.NoContent();
            })
            .RequireAuthorization(RolePolicies.Admin).WithName("revokeShares").WithSummary("End all links that were made so far.")
            .Produces(204).ProducesProblem(401).ProducesProblem(403);
        shares.MapGet("/shared/{link}", (string link, ShareSigner signer, RunLibrary runs) => Open(signer, runs, link, Report))
            .AllowAnonymous().WithName("openShare").WithSummary("The report of a shared run.").Produces<string>(200, "text/html")
            .ProducesProblem(404);
        shares.MapGet("/shared/{link}/{name}", (string link, string name, ShareSigner signer, RunLibrary runs) =>
                Open(signer, runs, link, name))
            .AllowAnonymous().WithName("openSharedFile").WithSummary("A file of a shared run.")
            .Produces(200, null, "application/octet-stream").ProducesProblem(404);
    }

    private static IResult ShareRun(string id, NewShare body, ShareSigner signer, ShareLinks links, RunLibrary runs, TimeProvider clock)
    {
        if (runs.Find(id) is null) return Unknown(id);
        var days = body.Days ?? 7;
        if (days is < 1 or > MostDays) throw new InputException($"days: {days} is not 1 to {MostDays}");
        var expiresAt = clock.GetUtcNow().AddDays(days);
        var link = signer.Sign(id, expiresAt, opensFiles: true);
        links.Add(id, link);
        return Link(link, expiresAt);
    }

    private static IResult Link(string link, DateTimeOffset expiresAt)
    {
        var url = $"{ApiSettings.Prefix}/shared/{link}";
        return TypedResults.Created(url, new Share(url, expiresAt));
    }

    private static IResult Unknown(string id) => Problem.NotFound($"there is no run {id} here");

    private static IResult Open(ShareSigner signer, RunLibrary runs, string link, string name)
    {
        if (signer.RunOf(link) is not (var run, var opensFiles) || runs.Find(run) is null)
            return Problem.NotFound("this link is not valid, or has expired");
        if (!opensFiles && name != Report) return Problem.NotFound("this link opens only the report; share the run to give access to its files");
        // Files of the run's own folder; those that begin with a dot belong to the server.
        var isFile = name.Length > 0 && name[0] != '.' && Path.GetFileName(name) == name;
        return isFile && RunFile.Open(runs.PathOf(run), name) is { } file ? JobAnswers.OfFile(name, file)
            : Problem.NotFound($"the run has no file '{name}'");
    }
}
