using System.Security.Claims;
using Granary.Api.Access;
using Granary.Api.Problems;
using Granary.Contracts.MarketData;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Uploads;

/// <summary>Files of bars that callers upload.</summary>
internal static class UploadEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var uploads = api.MapGroup("/uploads").WithTags("Uploads").ProducesProblem(401).ProducesProblem(403);
        uploads.MapGet("", (ClaimsPrincipal user, UploadStore store) => TypedResults.Ok(store.List(RolePolicies.NameOf(user))))
            .RequireAuthorization(RolePolicies.Viewer).WithName("listUploads").WithSummary("The files that the caller has uploaded.")
            .Produces<IReadOnlyList<Upload>>();
        uploads.MapPut("/{name}", StoreAsync).RequireAuthorization(RolePolicies.Submitter).WithName("putUpload")
            .WithSummary("Upload a CSV or JSON file of bars; one of the same name is replaced.")
            .WithDescription("The body is the file. A batch names it by 'source' of the answer; its symbol is the file's name without extension. "
                + "An import job names it by 'path'.")
            .Accepts<string>("text/csv", "application/json").Produces<Upload>().Produces<Upload>(201).ProducesProblem(400)
            .ProducesProblem(409).ProducesProblem(413).ProducesProblem(415);
        uploads.MapDelete("/{name}", (string name, ClaimsPrincipal user, UploadStore store) =>
                store.Delete(RolePolicies.NameOf(user), name) ? Results.NoContent() : Problem.NotFound($"there is no upload {name} here"))
            .RequireAuthorization(RolePolicies.Submitter).WithName("deleteUpload").WithSummary("Delete an uploaded file.").Produces(204)
            .ProducesProblem(400).ProducesProblem(404);
    }

    private static async Task<IResult> StoreAsync(string name, HttpRequest request, ClaimsPrincipal user, UploadStore store,
        CancellationToken cancellationToken)
    {
        _ = store.PathOf(RolePolicies.NameOf(user), name);
        var wanted = name.EndsWith(".csv", StringComparison.Ordinal) ? "text/csv" : "application/json";
        var given = request.ContentType?.Split(';')[0].Trim();
        if (!string.Equals(given, wanted, StringComparison.OrdinalIgnoreCase) || request.Headers.ContentEncoding.Count > 0)
            return Problem.Of(415, "Unsupported Media Type", $"send {name} as it is, with Content-Type: {wanted}");
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null; // the store counts what it reads
        try
        {
            var (stored, replaced) = await store.StoreAsync(RolePolicies.NameOf(user), name, request.Body, cancellationToken)
                .ConfigureAwait(false);
            return replaced ? TypedResults.Ok(stored) : TypedResults.Created($"{ApiSettings.Prefix}/uploads/{name}", stored);
        }
        catch (UploadRefusedException e)
        {
            return e.IsFull ? Problem.Of(409, "Quota is full", e.Message) : Problem.Of(413, "Too large", e.Message);
        }
    }
}
