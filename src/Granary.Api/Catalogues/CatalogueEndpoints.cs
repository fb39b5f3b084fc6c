using Granary.Api.Access;
using Granary.Api.Description;
using Granary.Api.Lists;
using Granary.Api.Problems;
using Granary.Contracts.Catalogues;
using Granary.Contracts.Runs;
using Granary.Server.Catalogues;
using Granary.Server.Jobs;
using Granary.Server.Schedules;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Keys;
using Granary.Simulation.RunFolders;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Catalogues;

/// <summary>Endpoints with the data of input forms: classes with parameters and ranges, kinds of jobs, and the schema of batch
/// files.</summary>
internal static class CatalogueEndpoints
{
    /// <summary>The file docs/batch.schema.json, as it is in this assembly.</summary>
    private const string Schema = "batch.schema.json";

    public static void Map(IEndpointRouteBuilder api)
    {
        var catalogue = api.MapGroup("/catalogue").WithTags("Catalogue").ProducesProblem(401).ProducesProblem(403)
            .RequireAuthorization(RolePolicies.Viewer);
        catalogue.MapGet("/strategies", (GranaryCatalogues known) => TypedResults.Ok(CatalogueItems.Strategies(known)))
            .WithName("listStrategyClasses").WithSummary("The strategy classes.").Produces<IReadOnlyList<CatalogueItem>>();
        catalogue.MapGet("/factors", (GranaryCatalogues known) => TypedResults.Ok(CatalogueItems.Factors(known)))
            .WithName("listFactors").WithSummary("The factors.").Produces<IReadOnlyList<CatalogueItem>>();
        catalogue.MapGet("/trainers", (GranaryCatalogues known) => TypedResults.Ok(CatalogueItems.Trainers(known)))
            .WithName("listTrainers").WithSummary("The trainers of models.").Produces<IReadOnlyList<CatalogueItem>>();
        catalogue.MapGet("/brokers", (GranaryCatalogues known) => TypedResults.Ok(CatalogueItems.Brokers(known)))
            .WithName("listBrokers").WithSummary("The brokers, with their options.").Produces<IReadOnlyList<CatalogueItem>>();
        catalogue.MapGet("/objectives", (GranaryCatalogues known) => TypedResults.Ok(CatalogueItems.Objectives(known)))
            .WithName("listObjectives").WithSummary("The statistics that a search or a walk-forward can have as its objective.")
            .Produces<IReadOnlyList<CatalogueObjective>>();
        catalogue.MapGet("/jobs", (JobCatalogue kinds) => Items(kinds.Kinds.Select(k =>
                new CatalogueItem(k.Name, k.Summary, [], Schema: SchemaLimits.In(RecordKeys.Schema(k.Keys))))))
            .WithName("listJobKinds").WithSummary("The kinds of jobs, each with the JSON Schema of its request.")
            .Produces<IReadOnlyList<CatalogueItem>>();
        catalogue.MapGet("/jobs/{kind}/runs", (string kind, string key, string? chosen, JobCatalogue kinds,
                [FromServices] RunLibrary? library) => kinds.Find(kind) is { } known && library is not null
                    ? Choices(known, key, chosen?.Split(',') ?? [], kinds, library) : Problem.NotFound($"there is no kind of job '{kind}'"))
            .WithName("listRunsForJob").WithSummary("The newest thousand runs, each with the reason why a kind of job cannot take it.")
            .WithDescription("'key' is the key of the job's request that names a run, or 'batch'. 'chosen' are the ids of the runs that "
                + "the key has already, with commas between.")
            .Produces<IReadOnlyList<RunChoice>>().ProducesProblem(404);
        catalogue.MapGet("/cron", (string cron, JobSchedules schedules, string? timeZone = null) =>
                TypedResults.Ok(schedules.TimesOf(cron, timeZone)))
            .WithName("getCronTimes").WithSummary("The next three times of a cron expression, UTC.")
            .Produces<IReadOnlyList<DateTimeOffset>>().ProducesProblem(400);
        catalogue.MapGet("/schemas/batch", () => TypedResults.Stream(
                typeof(CatalogueEndpoints).Assembly.GetManifestResourceStream(Schema)!, "application/schema+json"))
            .WithName("getBatchSchema").WithSummary("The JSON schema of batch files.").Produces<object>(200, "application/schema+json");
    }

    private static IResult Choices(JobKind kind, string key, string[] chosen, JobCatalogue kinds, RunLibrary library)
    {
        List<string> known = [.. chosen.Where(c => library.Find(c) is not null)];
        return TypedResults.Ok<IReadOnlyList<RunChoice>>([.. library.List(new RunQuery(Paging.Most)).Items
            .Select(r => new RunChoice(r.Id, r.Name, r.Created, Refusal(r)))]);

        string? Refusal(RunSummary run) => kinds.RefusalOf(kind, key, run, [.. known.Where(c => c != run.Id)]);
    }

    private static IResult Items(IEnumerable<CatalogueItem> items) => TypedResults.Ok<IReadOnlyList<CatalogueItem>>([.. items]);
}
