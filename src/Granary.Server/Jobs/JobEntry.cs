using Granary.Contracts.Jobs;

namespace Granary.Server.Jobs;

/// <summary>
/// A job of <see cref="LocalJobs"/>, under its lock. The text of the job is in its folder only: it may have megabytes, and jobs that ended
/// stay listed.
/// </summary>
internal sealed class JobEntry(JobStatus status, SubmittedJob submitted)
{
    public JobStatus Status = status;
    public string? IdempotencyKey { get; } = submitted.IdempotencyKey;
    public string Fingerprint { get; } = submitted.Fingerprint;
    public CancellationTokenSource Cancel { get; set; } = new();
    public bool Resumes { get; set; }
    public TaskCompletionSource Changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    public Task Written = Task.CompletedTask;
}
