using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Assistants.Answers;
using Granary.Contracts.Jobs;

namespace Granary.Assistants.Tools;

/// <summary>A job in answers.</summary>
internal static class JobAnswer
{
    public static readonly IReadOnlyList<AnswerColumn> Columns =
        [AnswerColumn.Of("id"), AnswerColumn.Of("kind"), AnswerColumn.Of("state"), AnswerColumn.Of("submittedBy"),
            AnswerColumn.Of("submittedAt"), AnswerColumn.Of("fault")];

    public static string StateOf(JobStatus job) => JsonSerializer.SerializeToNode(job.State, JobJson.Options)!.GetValue<string>();

    public static JsonObject Row(JobStatus job) => new()
    {
        ["id"] = job.Id,
        ["kind"] = job.Kind,
        ["state"] = StateOf(job),
        ["submittedBy"] = job.SubmittedBy,
        ["submittedAt"] = job.SubmittedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        ["fault"] = job.Fault,
    };

    /// <summary>The state of a job, in one sentence.</summary>
    public static string Sentence(JobStatus job) => job.State switch
    {
        JobState.Queued => $"Job {job.Id} waits in the queue.",
        JobState.Running => $"Job {job.Id} is running: {Progress(job.Progress)}.",
        JobState.Done => string.Create(CultureInfo.InvariantCulture, $"Job {job.Id} is done")
            + (job.Trades is { } trades ? string.Create(CultureInfo.InvariantCulture, $", with {trades} trades.") : "."),
        JobState.Failed => $"Job {job.Id} failed: {job.Fault}",
        JobState.Cancelled => $"Job {job.Id} was cancelled.",
    };

    public static string Progress(JobProgress progress) => string.Create(CultureInfo.InvariantCulture,
        $"{(progress.Stage is { } stage ? stage + ", " : "")}{progress.Done} of {progress.Strategies} strategies finished")
        + (progress.Failed == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {progress.Failed} of them failed"));
}
