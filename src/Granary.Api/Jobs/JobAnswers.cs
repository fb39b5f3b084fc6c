using Granary.Api.Events;
using Granary.Api.Problems;
using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Server.Jobs;
using Granary.Simulation.RunFolders;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Granary.Api.Jobs;

/// <summary>Answers about one job or the list of jobs: for <c>/jobs</c>, and for <c>/batches</c>, which has only backtests.</summary>
/// <param name="jobs">The jobs of the server.</param>
/// <param name="collection">The last part of the collection's path: <c>jobs</c> or <c>batches</c>.</param>
/// <param name="noun">The word for one of them in messages.</param>
/// <param name="kind">The kind of all of them; null for all kinds.</param>
internal sealed class JobAnswers(IJobService jobs, string collection, string noun, string? kind)
{
    public static JobAnswers OfJobs(IJobService jobs) => new(jobs, "jobs", "job", null);

    public static JobAnswers OfBatches(IJobService jobs) => new(jobs, "batches", "batch", JobCatalogue.Backtest);

    /// <summary>A page of the list.</summary>
    /// <param name="of">The kind of the jobs to list; null for all.</param>
    /// <param name="state">The state of the jobs to list; null for all.</param>
    public ValueTask<JobPage> ListAsync(string? cursor, int limit, string? of, string? state, CancellationToken cancellationToken) =>
        jobs.ListAsync(new JobQuery(limit, cursor, kind ?? of, StateOf(state)), cancellationToken);

    public async Task<IResult> GetAsync(string id, CancellationToken cancellationToken) =>
        await FindAsync(id, cancellationToken).ConfigureAwait(false) is { } status ? TypedResults.Ok(status) : Unknown(id);

    public async Task<IResult> EventsAsync(string id, ApiSettings settings, CancellationToken cancellationToken) =>
        await FindAsync(id, cancellationToken).ConfigureAwait(false) is null ? Unknown(id)
            : new EventStream(stop => JobEvents.WatchAsync(jobs, id, stop), settings.EventHeartbeat);

    public async Task<IResult> CancelAsync(string id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken).ConfigureAwait(false) is null
            || await jobs.CancelAsync(id, cancellationToken).ConfigureAwait(false) is not { } status) return Unknown(id);
        return status.Ended ? TypedResults.Ok(status) : TypedResults.Accepted($"{ApiSettings.Prefix}/{collection}/{id}", status);
    }

    public async Task<IResult> ResumeAsync(string id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } before) return Unknown(id);
        if (!before.CanResume()) return Problem.Of(409, "Not resumable",
            $"{noun} {id} {(before.WrongInput ? "failed by its input" : $"is {before.State.ToString().ToLowerInvariant()}")}; only a "
                + $"cancelled {noun}, or one that failed for another reason than its input, can be resumed");
        return await jobs.ResumeAsync(id, cancellationToken).ConfigureAwait(false) is not { } status ? Unknown(id)
            : TypedResults.Accepted($"{ApiSettings.Prefix}/{collection}/{id}", status);
    }

    public async Task<IResult> FileAsync(string id, string name, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } status) return Unknown(id);
        if (!status.Ended) return Problem.Of(409, "Not done",
            $"{noun} {id} is {status.State.ToString().ToLowerInvariant()}; its files are available when it is done");
        if (!status.Files.Contains(name, StringComparer.Ordinal)
            || await jobs.OpenFileAsync(id, name, cancellationToken).ConfigureAwait(false) is not { } file)
            return Problem.NotFound(
                $"{noun} {id} has no file '{name}'; it has {(status.Files.Count == 0 ? "none" : string.Join(", ", status.Files))}");
        return OfFile(name, file);
    }

    /// <summary>The state that a filter names; null without one.</summary>
    /// <exception cref="InputException">There is no such state.</exception>
    private static JobState? StateOf(string? word) => word is null ? null
        : Enum.TryParse<JobState>(word, ignoreCase: true, out var state) && char.IsAsciiLetter(word[0]) ? state
        : throw new InputException($"state={word}: use one of {string.Join(", ", Enum.GetNames<JobState>()).ToLowerInvariant()}");

    /// <summary>The content of a file of a run.</summary>
    public static FileStreamHttpResult OfFile(string name, RunFile file) =>
        TypedResults.Stream(file.Content, ContentTypeOf(name), enableRangeProcessing: file.Content.CanSeek);

    private async ValueTask<JobStatus?> FindAsync(string id, CancellationToken cancellationToken) =>
        JobId.IsWellFormed(id) && await jobs.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } status
            && (kind is null || status.Kind == kind) ? status : null;

    private IResult Unknown(string id) => Problem.NotFound($"there is no {noun} {id} here");

    private static string ContentTypeOf(string name) => Path.GetExtension(name) switch
    {
        ".json" => "application/json",
        ".csv" => "text/csv; charset=utf-8",
        ".html" => "text/html; charset=utf-8",
        _ => "application/octet-stream",
    };
}
