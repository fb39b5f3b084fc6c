using System.Security.Claims;
using Granary.Api.Access;
using Granary.Api.Events;
using Granary.Api.Problems;
using Granary.Application.Batches;
using Granary.Application.Catalogues;
using Granary.Application.Json;
using Granary.Application.Submissions;
using Granary.Storage.Addresses;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Batches;

/// <summary>Submit, follow, cancel, fetch.</summary>
internal static class BatchEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var batches = api.MapGroup("/batches").WithTags("Batches").ProducesProblem(401).ProducesProblem(403);
        batches.MapPost("", SubmitAsync).RequireAuthorization(RolePolicies.Submitter)
            .WithSummary("Submit a batch file's text.")
            .WithDescription("The body is the batch file as it stands, comments and all. Send Idempotency-Key to make a repeated "
                + "submission give the same batch. Relative paths start from ?folder=, or without it, and always where the server is "
                + "confined to it, from the server's data folder.")
            .Accepts<object>("application/json", "text/plain", "application/octet-stream")
            .Produces<BatchStatus>(StatusCodes.Status202Accepted).ProducesProblem(400).ProducesProblem(409).ProducesProblem(413)
            .ProducesProblem(429);
        batches.MapGet("", ListAsync).RequireAuthorization(RolePolicies.Viewer)
            .WithSummary("The newest batches first.");
        batches.MapGet("/{id}", GetAsync).RequireAuthorization(RolePolicies.Viewer)
            .WithSummary("How a batch stands.").Produces<BatchStatus>().ProducesProblem(404);
        batches.MapGet("/{id}/events", EventsAsync).RequireAuthorization(RolePolicies.Viewer)
            .WithSummary("How a batch stands, each time that it changes, as server-sent events.")
            .WithDescription("Events 'progress' and at last 'done', 'failed' or 'cancelled', each with the whole status as data and its "
                + "revision as id. The first comes at once; after a broken connection just connect again.")
            .Produces<BatchStatus>(200, "text/event-stream").ProducesProblem(404);
        batches.MapDelete("/{id}", CancelAsync).RequireAuthorization(RolePolicies.Submitter)
            .WithSummary("Cancel a batch; one that has ended stays as it is.").Produces<BatchStatus>().Produces<BatchStatus>(202)
            .ProducesProblem(404);
        batches.MapGet("/{id}/files/{name}", FileAsync).RequireAuthorization(RolePolicies.Viewer)
            .WithSummary("A file of the run's folder, once the batch is done.").Produces(200, null, "application/octet-stream")
            .ProducesProblem(404).ProducesProblem(409);
    }

    /// <param name="IdempotencyKey">Repeated submissions with one key give one batch.</param>
    /// <param name="Folder">The folder that relative paths start from; null for the server's data folder.</param>
    /// <param name="File">The batch file's path, for messages.</param>
    private sealed record Submission(HttpRequest Request, ClaimsPrincipal User, [FromHeader(Name = "Idempotency-Key")]
        string? IdempotencyKey, [FromQuery] string? Folder, [FromQuery] string? File);

    private static async Task<IResult> SubmitAsync([AsParameters] Submission submission, IBatchService batches, ApiSettings settings,
        GranaryCatalogues catalogues, CancellationToken cancellationToken)
    {
        var (request, user, idempotencyKey, folder, file) = submission;
        if (idempotencyKey is { } key && (key.Length is 0 or > BatchSubmission.LongestKey || key.Any(char.IsControl)))
            return Problem.Of(400, "The input is wrong",
                $"Idempotency-Key has {key.Length} characters; use 1 to {BatchSubmission.LongestKey} printable ones");
        if (request.ContentLength > settings.LongestBatch) return TooLong(settings);
        var text = await ReadAsync(request.Body, settings.LongestBatch, cancellationToken).ConfigureAwait(false);
        if (text is null) return TooLong(settings);
        // a confined server knows one folder, wherever the client's batch file lies
        var start = Path.GetFullPath(settings.Confined ? settings.DataFolder : Path.Combine(settings.DataFolder, folder ?? "."));
        var spec = new BatchReader(catalogues).Read(string.IsNullOrWhiteSpace(file) ? "batch.json" : file, text, start);
        if (settings.Confined) CheckInside(settings.DataFolder, spec, start);
        var receipt = await batches.SubmitAsync(new BatchSubmission(spec, RolePolicies.NameOf(user), idempotencyKey), cancellationToken)
            .ConfigureAwait(false);
        return TypedResults.Accepted($"{ApiSettings.Prefix}/batches/{receipt.Batch.Id}", receipt.Batch);
    }

    private static async Task<IResult> ListAsync(IBatchService batches, CancellationToken cancellationToken, [FromQuery] int most = 100) =>
        most is < 1 or > 1000
            ? Problem.Of(400, "The input is wrong", $"most={most}: ask for 1 to 1,000 batches")
            : TypedResults.Ok(await batches.ListAsync(most, cancellationToken).ConfigureAwait(false));

    private static async Task<IResult> GetAsync(string id, IBatchService batches, CancellationToken cancellationToken) =>
        await FindAsync(id, batches, cancellationToken).ConfigureAwait(false) is { } status ? TypedResults.Ok(status) : NoBatch(id);

    private static async Task<IResult> EventsAsync(string id, IBatchService batches, ApiSettings settings,
        CancellationToken cancellationToken) =>
        await FindAsync(id, batches, cancellationToken).ConfigureAwait(false) is null ? NoBatch(id)
            : new EventStream(stop => BatchEvents.WatchAsync(batches, id, stop), settings.EventHeartbeat);

    private static async Task<IResult> CancelAsync(string id, IBatchService batches, CancellationToken cancellationToken)
    {
        if (!BatchId.IsWellFormed(id) || await batches.CancelAsync(id, cancellationToken).ConfigureAwait(false) is not { } status)
            return NoBatch(id);
        return status.Ended ? TypedResults.Ok(status) : TypedResults.Accepted($"{ApiSettings.Prefix}/batches/{id}", status);
    }

    private static async Task<IResult> FileAsync(string id, string name, IBatchService batches, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, batches, cancellationToken).ConfigureAwait(false) is not { } status) return NoBatch(id);
        if (!status.Ended) return Problem.Of(409, "Not done",
            $"batch {id} is {status.State.ToString().ToLowerInvariant()}; its files are there when it is done");
        if (!status.Files.Contains(name, StringComparer.Ordinal)
            || await batches.OpenFileAsync(id, name, cancellationToken).ConfigureAwait(false) is not { } file)
            return Problem.NotFound(
                $"batch {id} has no file '{name}'; it has {(status.Files.Count == 0 ? "none" : string.Join(", ", status.Files))}");
        return TypedResults.Stream(file.Content, ContentTypeOf(name), enableRangeProcessing: file.Content.CanSeek);
    }

    private static ValueTask<BatchStatus?> FindAsync(string id, IBatchService batches, CancellationToken cancellationToken) =>
        BatchId.IsWellFormed(id) ? batches.FindAsync(id, cancellationToken) : ValueTask.FromResult<BatchStatus?>(null);

    internal static string ContentTypeOf(string name) => Path.GetExtension(name) switch
    {
        ".json" => "application/json",
        ".csv" => "text/csv; charset=utf-8",
        ".html" => "text/html; charset=utf-8",
        _ => "application/octet-stream",
    };

    private static IResult NoBatch(string id) => Problem.NotFound($"there is no batch {id} here");

    internal static IResult TooLong(ApiSettings settings) =>
        Problem.Of(413, "Too large", $"a batch's text may have {settings.LongestBatch} bytes; split the batch");

    internal static async Task<byte[]?> ReadAsync(Stream body, int longest, CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        var buffer = new byte[1 << 14];
        int read;
        while ((read = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (text.Length + read > longest) return null;
            text.Write(buffer, 0, read);
        }
        return text.ToArray();
    }

    /// <summary>
    /// A server that confines submitters to its data folder must not read other files for them, not even to say what is wrong with them,
    /// and must not write versions of models elsewhere.
    /// </summary>
    private static void CheckInside(string dataFolder, BatchSpec spec, string start)
    {
        if (!IsInside(dataFolder, spec.Data.Source, start))
            throw spec.Data.Place.Fault($"'{spec.Data.Source}' leads out of the server's data folder, to which this server confines "
                + $"batches");
        foreach (var registry in RegistriesOf(spec))
            if (!Address.Has(registry.String(), Address.Postgres) && !IsInside(dataFolder, $"{Address.Store}:{registry.String()}", start))
                throw registry.Fault($"'{registry.String()}' leads out of the server's data folder, to which this server confines batches");
    }

    // Of models and of policies of weights; without the key it is a folder beside the batch.
    private static IEnumerable<JsonPart> RegistriesOf(BatchSpec spec)
    {
        foreach (var section in spec.Learning?.OneOrMany() ?? [])
            if (section.Find("registry") is { } registry)
                yield return registry;
        if (spec.Portfolio.Place?.Find("allocator")?.Find("registry") is { } own) yield return own;
    }

    /// <summary>Whether what a source names is no file, or one in the data folder.</summary>
    internal static bool IsInside(string dataFolder, string source, string start)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(dataFolder)) + Path.DirectorySeparatorChar;
        var address = Address.Parse(source);
        return !address.IsFolder || (address.PlacedIn(start).Rest + Path.DirectorySeparatorChar).StartsWith(root, StringComparison.Ordinal);
    }
}
