using System.Globalization;
using System.Security.Claims;
using Granary.Api.Access;
using Granary.Api.Events;
using Granary.Api.Problems;
using Granary.Api.Routing;
using Granary.Contracts.Weights;
using Granary.Simulation.Tables;
using Granary.Simulation.Weights;
using Granary.Trading.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Api.Portfolios;

/// <summary>Weights with versions: a caller cannot overwrite what it has not seen.</summary>
internal static class WeightsEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var weights = api.MapGroup("/portfolios/{id}/weights").WithTags("Portfolios").ProducesProblem(401).ProducesProblem(403);
        weights.MapGet("", GetAsync).RequireAuthorization(RolePolicies.Viewer).WithName("getWeights")
            .WithSummary("The weights in force; their version is the ETag.").Produces<PortfolioWeights>().ProducesProblem(404);
        weights.MapPut("", PutAsync).RequireAuthorization(RolePolicies.Admin).WithName("setWeights")
            .WithSummary("Replace the weights.")
            .WithDescription("Send If-Match with the ETag of the weights that the change replaces, or If-None-Match: * for the first "
                + "weights. 428: both headers are missing; 412: another caller has changed the weights. A weight is from 0 "
                + "to 1,000,000. While a session trades the portfolio, all strategies must be the session's. "
                + "A CSV begins with the columns strategy and weight; its reason goes into the query: ?why=…")
            .Produces<PortfolioWeights>().Produces<PortfolioWeights>(201).ProducesProblem(400).ProducesProblem(412).ProducesProblem(428);
        // The same operation with another body; the document describes both as one. A body without a type goes to the first.
        weights.MapPut("", PutTableAsync).RequireAuthorization(RolePolicies.Admin).Accepts<string>("text/csv")
            .WithName("setWeightsOfTable").WithOrder(1).ExcludeFromDescription();
        weights.MapGet("/history", async (string id, IWeightsService service, CancellationToken cancellationToken) =>
            TypedResults.Ok(await service.HistoryAsync(id, cancellationToken).ConfigureAwait(false)))
            .RequireAuthorization(RolePolicies.Viewer).WithName("listWeights").WithSummary(
                "All versions, newest first, with author, time and reason.");
        weights.MapGet("/history/{version:long}", async (string id, long version, IWeightsService service, CancellationToken stop) =>
                await VersionAsync(service, id, version, stop).ConfigureAwait(false) is { } found ? TypedResults.Ok(found)
                    : NoVersion(id, version))
            .RequireAuthorization(RolePolicies.Viewer).WithName("getWeightsVersion").WithSummary("A version of the weights.")
            .Produces<PortfolioWeights>().ProducesProblem(404);
        weights.MapPost("/preview", PreviewAsync).RequireAuthorization(RolePolicies.Viewer).WithName("previewWeights")
            .WithSummary("What new weights, or an earlier version, would change; nothing is written.").Produces<WeightsPlan>()
            .WithMetadata(new ReadOnlyOperation()).ProducesProblem(400).ProducesProblem(404);
        weights.MapPost("/rollback", RollBackAsync).RequireAuthorization(RolePolicies.Admin).WithName("rollBackWeights")
            .WithSummary("Put the weights of an earlier version in force again, as a new version.")
            .WithDescription("Send If-Match with the ETag of the weights in force.")
            .Produces<PortfolioWeights>().ProducesProblem(400).ProducesProblem(404).ProducesProblem(412).ProducesProblem(428);
    }

    private static async Task<PortfolioWeights?> VersionAsync(IWeightsService service, string id, long version, CancellationToken stop) =>
        (await service.HistoryAsync(id, stop).ConfigureAwait(false)).FirstOrDefault(w => w.Version == version);

    private static async Task<IResult> PreviewAsync(string id, Preview body, IWeightsService service, IServiceProvider services,
        CancellationToken cancellationToken)
    {
        if (body.Weights is null == body.Version is null)
            return Problem.Of(400, "The input is wrong", "send 'weights', by strategy id, or 'version', the version to roll back to");
        var weights = body.Weights;
        if (body.Version is { } version)
        {
            if (await VersionAsync(service, id, version, cancellationToken).ConfigureAwait(false) is not { } earlier)
                return NoVersion(id, version);
            weights = new(earlier.Weights);
        }
        await CheckKnownAsync(id, weights!.Keys, services, cancellationToken).ConfigureAwait(false);
        var current = await service.FindAsync(id, cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(WeightsValidation.PlanOf(id, current, weights!));
    }

    // Not every server has sessions, and a portfolio may have weights before its session.
    private static async Task CheckKnownAsync(string id, IEnumerable<string> strategies, IServiceProvider services, CancellationToken stop)
    {
        if (services.GetService<ISessionService>() is { } sessions
            && await sessions.StrategiesAsync(id, stop).ConfigureAwait(false) is { } known)
            WeightsValidation.CheckKnown(id, strategies, known);
    }

    private static async Task<IResult> RollBackAsync(string id, Rollback body, HttpRequest request, ClaimsPrincipal user,
        IWeightsService service, CancellationToken cancellationToken)
    {
        if (body.Version is not { } version)
            return Problem.Of(400, "The input is wrong", "'version' is missing: send { \"version\": 3, \"why\": \"…\" }");
        if (await VersionAsync(service, id, version, cancellationToken).ConfigureAwait(false) is not { } earlier)
            return NoVersion(id, version);
        var why = string.IsNullOrEmpty(body.Why) ? $"back to version {version}" : $"back to version {version}: {body.Why}";
        return await ReplaceAsync(id, new NewWeights(new(earlier.Weights), why), request, user, service, cancellationToken)
            .ConfigureAwait(false);
    }

    private static IResult NoVersion(string id, long version) =>
        Problem.NotFound(string.Create(CultureInfo.InvariantCulture, $"portfolio {id} has no version {version}"));

    private static async Task<IResult> GetAsync(string id, HttpRequest request, HttpResponse response, IWeightsService service,
        CancellationToken cancellationToken)
    {
        if (await service.FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } current)
            return Problem.NotFound($"portfolio {id} has no weights yet");
        response.Headers.ETag = VersionTag.Of(current.Version);
        return request.Headers.IfNoneMatch.Contains(VersionTag.Of(current.Version))
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified) : TypedResults.Ok(current);
    }

    private static async Task<IResult> PutAsync(string id, NewWeights body, HttpRequest request, ClaimsPrincipal user,
        IWeightsService service, CancellationToken cancellationToken) =>
        body.Weights is null
            ? Problem.Of(400, "The input is wrong",
                "'weights' is missing: send { \"weights\": { \"<strategy id>\": 1.0 }, \"why\": \"…\" }")
            : await ReplaceAsync(id, body, request, user, service, cancellationToken).ConfigureAwait(false);

    private static async Task<IResult> PutTableAsync(string id, string? why, HttpRequest request, ClaimsPrincipal user,
        IWeightsService service, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(request.Body);
        var text = await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        var weights = WeightsCsv.Read("the request's body", new StringReader(text))
            .ToDictionary(w => w.Strategy, w => w.Weight, StringComparer.Ordinal);
        return await ReplaceAsync(id, new NewWeights(weights, why), request, user, service, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<IResult> ReplaceAsync(string id, NewWeights body, HttpRequest request, ClaimsPrincipal user,
        IWeightsService service, CancellationToken cancellationToken)
    {
        var match = request.Headers.IfMatch;
        var none = request.Headers.IfNoneMatch;
        if (match.Count == 0 && none.Count == 0)
            return Problem.Of(StatusCodes.Status428PreconditionRequired, "Say what you replace",
                "send If-Match with the ETag of the weights that you read, or If-None-Match: * if there are none yet");
        if (none.Count > 0 && (match.Count > 0 || none.ToString().Trim() != "*"))
            return Problem.Of(400, "The request is wrong",
                "If-None-Match must be '*', and must not be sent together with If-Match");
        var expected = none.Count > 0 ? 0 : VersionTag.Read(match.ToString());
        if (expected is null || expected == 0 && none.Count == 0)
            return Problem.Of(StatusCodes.Status412PreconditionFailed, "Changed in the meantime",
                $"If-Match: {match} is no ETag of these weights; read them again");
        await CheckKnownAsync(id, body.Weights.Keys, request.HttpContext.RequestServices, cancellationToken).ConfigureAwait(false);
        var next = await service.SetAsync(id, expected.Value, body.Weights, RolePolicies.NameOf(user), body.Why ?? "", cancellationToken)
            .ConfigureAwait(false);
        request.HttpContext.RequestServices.GetRequiredService<CollectionReader>().Watch(id);
        request.HttpContext.Response.Headers.ETag = VersionTag.Of(next.Version);
        return next.Version == 1 ? TypedResults.Created((string?)null, next) : TypedResults.Ok(next);
    }
}
