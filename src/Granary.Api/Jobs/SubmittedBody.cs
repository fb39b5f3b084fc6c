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
/// <param name="IdempotencyKey">A repeated submission with the same key, caller and kind gives the same job.</param>
/// <param name="Folder">The folder that relative paths start from; null for the server's data folder.</param>
/// <param name="File">The file's path at the client, for messages.</param>
/// <param name="Check">Whether to refuse a batch at once if its source or a symbol of it does not exist.</param>
/// <param name="Admission">Checks the caller's rights and limits.</param>
internal sealed record SubmittedBody(HttpRequest Request, ClaimsPrincipal User, ApiSettings Settings, [FromHeader(Name = "Idempotency-Key")]
    string? IdempotencyKey, [FromQuery] string? Folder, [FromQuery] string? File, [FromQuery] bool? Check, JobAdmission Admission)
{
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
