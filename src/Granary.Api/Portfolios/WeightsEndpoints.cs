using System.Globalization;
using System.Security.Claims;
using Granary.Api.Access;
using Granary.Api.Problems;
using Granary.Application.Tables;
using Granary.Application.Weights;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Portfolios;

/// <summary>Weights with versions: a caller cannot overwrite what it has not seen.</summary>
internal static class WeightsEndpoints
{
    /// <param name="Weights">By strategy id; 0 switches a strategy off.</param>
    /// <param name="Why">Kept in the history beside the key's name.</param>
    public sealed record NewWeights(Dictionary<string, double> Weights, string? Why);

    public static void Map(IEndpointRouteBuilder api)
    {
        var weights = api.MapGroup("/portfolios/{id}/weights").WithTags("Portfolios").ProducesProblem(401).ProducesProblem(403);
        weights.MapGet("", GetAsync).RequireAuthorization(RolePolicies.Viewer).WithName("getWeights")
            .WithSummary("The weights in force; their version is the ETag.").Produces<PortfolioWeights>().ProducesProblem(404);
        weights.MapPut("", PutAsync).RequireAuthorization(RolePolicies.Admin).WithName("setWeights")
            .WithSummary("Replace the weights.")
            .WithDescription("Send If-Match with the ETag that the change was decided on, or If-None-Match: * where there must be none "
                + "yet. Without either 428; 412 if somebody else was faster.")
            .Produces<PortfolioWeights>().Produces<PortfolioWeights>(201).ProducesProblem(400).ProducesProblem(412).ProducesProblem(428);
        weights.MapPut("", PutTableAsync).RequireAuthorization(RolePolicies.Admin).WithName("setWeightsOfTable").Accepts<string>("text/csv")
            .WithSummary("Replace the weights by those of a CSV.")
            .WithDescription("Its first line names the columns strategy and weight. The reason goes into the query: ?why=… The headers are "
                + "those of the JSON form.")
            .Produces<PortfolioWeights>().Produces<PortfolioWeights>(201).ProducesProblem(400).ProducesProblem(412).ProducesProblem(428);
        weights.MapGet("/history", async (string id, IWeightsService service, CancellationToken cancellationToken) =>
            TypedResults.Ok(await service.HistoryAsync(id, cancellationToken).ConfigureAwait(false)))
            .RequireAuthorization(RolePolicies.Viewer).WithName("listWeights").WithSummary(
                "All versions, newest first: who set what, when and why.");
    }

    private static async Task<IResult> GetAsync(string id, HttpRequest request, HttpResponse response, IWeightsService service,
        CancellationToken cancellationToken)
    {
        if (await service.FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } current)
            return Problem.NotFound($"portfolio {id} has no weights yet");
        response.Headers.ETag = TagOf(current.Version);
        return request.Headers.IfNoneMatch.Contains(TagOf(current.Version)) ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(current);
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
                "of If-None-Match only the form '*' has a meaning here, and only without If-Match");
        var expected = none.Count > 0 ? 0 : VersionOf(match.ToString());
        if (expected is null) return Problem.Of(StatusCodes.Status412PreconditionFailed, "Changed in the meantime",
            $"If-Match: {match} is no ETag of these weights; read them again");
        var next = await service.SetAsync(id, expected.Value, body.Weights, RolePolicies.NameOf(user), body.Why ?? "", cancellationToken)
            .ConfigureAwait(false);
        request.HttpContext.Response.Headers.ETag = TagOf(next.Version);
        return next.Version == 1 ? TypedResults.Created((string?)null, next) : TypedResults.Ok(next);
    }

    private static string TagOf(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <returns>null for what cannot be one of our tags; such a precondition fails.</returns>
    private static long? VersionOf(string tag) =>
        tag.Trim() is ['"', .. var digits, '"'] && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            && version > 0 ? version : null;
}
