using System.ComponentModel;
using System.Security.Claims;
using Granary.Api.Access;
using Granary.Api.Problems;
using Granary.Server.Access;
using Granary.Server.Jobs;
using Granary.Simulation.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Granary.Api.Jobs;

/// <summary>The body of a request that submits a job, with the options of the submission.</summary>
internal sealed record SubmittedBody
{
    public required HttpRequest Request { get; init; }

    public required ClaimsPrincipal User { get; init; }

    [FromServices]
    public required ApiSettings Settings { get; init; }

    /// <summary>Checks the caller's rights and limits.</summary>
    [FromServices]
    public required JobAdmission Admission { get; init; }

    [FromHeader(Name = "Idempotency-Key"), Description("A repeated submission with the same key, caller and kind gives the same job.")]
    public string? IdempotencyKey { get; init; }

    [FromQuery(Name = "folder"), Description("The folder that relative paths start from; null for the server's data folder.")]
    public string? Folder { get; init; }

    [FromQuery(Name = "file"), Description("The file's path at the client, for messages.")]
    public string? File { get; init; }

    [FromQuery(Name = "check"), Description("Whether to refuse it at once if a file, a source or a symbol of it does not exist.")]
    public bool? Check { get; init; }

    /// <summary>Reads the text of a job, and submits it.</summary>
    /// <param name="kind">Finds the kind in the body.</param>
    /// <param name="wrap">Makes the job's text of the body; null = it is the body.</param>
    /// <returns>202 with the location under <paramref name="collection"/>.</returns>
    public async Task<IResult> SubmitAsync(string collection, Func<JsonPart, string> kind, CancellationToken cancellationToken,
        Func<byte[], byte[]>? wrap = null)
    {
        if (IdempotencyKey is { } key && (key.Length is 0 or > JobSubmission.LongestKey || key.Any(char.IsControl)))
            return Problem.Of(400, "The input is wrong",
                $"Idempotency-Key has {key.Length} characters; use 1 to {JobSubmission.LongestKey} printable ones");
        if (await RequestBody.ReadAsync(Request, Settings.LongestBatch, cancellationToken).ConfigureAwait(false) is not { } body)
            return RequestBody.TooLong(Settings.LongestBatch);
        if (wrap is not null) body = wrap(body);
        var file = string.IsNullOrWhiteSpace(File) ? collection == "batches" ? "batch.json" : "job.json" : File;
        var root = JsonPart.Parse(file, body);
        var name = kind(root);
        if (name == JobCatalogue.Backtest && collection == "jobs") body = JobCatalogue.TextOf(root, body);
        var caller = RolePolicies.CallerOf(User);
        var job = Admission.Read(caller, new JobText(name, body, file, Settings.PlaceOf(Folder).KeptFolder), root);
        if (Check == true) await job.CheckDataAsync(cancellationToken).ConfigureAwait(false);
        var receipt = await Admission.SubmitAsync(caller, job, IdempotencyKey, cancellationToken).ConfigureAwait(false);
        return TypedResults.Accepted($"{ApiSettings.Prefix}/{collection}/{receipt.Job.Id}", receipt.Job);
    }
}
