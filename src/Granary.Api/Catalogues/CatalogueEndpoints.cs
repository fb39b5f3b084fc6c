using Granary.Api.Access;
using Granary.Application.Catalogues;
using Granary.Application.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Catalogues;

/// <summary>What the server knows, for forms: classes with their parameters and ranges, kinds of jobs, and the schema of batch
/// files.</summary>
internal static class CatalogueEndpoints
{
    /// <summary>The file docs/batch.schema.json, as it is in this assembly.</summary>
    private const string Schema = "batch.schema.json";

    public static void Map(IEndpointRouteBuilder api)
    {
        var catalogue = api.MapGroup("/catalogue").WithTags("Catalogue").ProducesProblem(401).ProducesProblem(403)
            .RequireAuthorization(RolePolicies.Viewer);
        catalogue.MapGet("/strategies", (GranaryCatalogues known) => Items(known.Strategies.All.Select(d =>
                new CatalogueItem(d.Name, d.Summary, CatalogueParameter.Of(d.Parameters)))))
            .WithName("listStrategyClasses").WithSummary("The strategy classes.").Produces<IReadOnlyList<CatalogueItem>>();
        catalogue.MapGet("/factors", (GranaryCatalogues known) => Items(known.Factors.All.Select(d =>
                new CatalogueItem(d.Name, d.Summary, CatalogueParameter.Of(d.Parameters), [.. d.Lines.Where(l => l.Length > 0)]))))
            .WithName("listFactors").WithSummary("The factors.").Produces<IReadOnlyList<CatalogueItem>>();
        catalogue.MapGet("/trainers", (GranaryCatalogues known) => Items(known.Trainers.List().Trainers.Select(d =>
                new CatalogueItem(d.Name, d.Summary, CatalogueParameter.Of(d.Parameters)))))
            .WithName("listTrainers").WithSummary("The trainers of models.").Produces<IReadOnlyList<CatalogueItem>>();
        catalogue.MapGet("/brokers", (GranaryCatalogues known) => Items(known.Brokers.All.Select(d =>
                new CatalogueItem(d.Name, d.Summary, CatalogueParameter.Of(d.Parameters)))))
            .WithName("listBrokers").WithSummary("The brokers, with their options.").Produces<IReadOnlyList<CatalogueItem>>();
        catalogue.MapGet("/jobs", (JobCatalogue kinds) => Items(kinds.Kinds.Select(k => new CatalogueItem(k.Name, k.Summary, []))))
            .WithName("listJobKinds").WithSummary("The kinds of jobs.").Produces<IReadOnlyList<CatalogueItem>>();
        catalogue.MapGet("/schemas/batch", () => TypedResults.Stream(
                typeof(CatalogueEndpoints).Assembly.GetManifestResourceStream(Schema)!, "application/schema+json"))
            .WithName("getBatchSchema").WithSummary("The JSON schema of batch files.").Produces<object>(200, "application/schema+json");
    }

    private static IResult Items(IEnumerable<CatalogueItem> items) => TypedResults.Ok<IReadOnlyList<CatalogueItem>>([.. items]);
}
