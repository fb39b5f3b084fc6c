using Granary.Contracts.Jobs;

namespace Granary.Server.Jobs;

/// <summary>
/// A job of <see cref="LocalJobs"/>, guarded by its lock. The job's text is only in its folder, because it may be large and ended jobs stay
/// listed.
/// </summary>
internal sealed class JobEntry(JobStatus status, SubmittedJob submitted)
{
    public JobStatus Status = status;
    public string? IdempotencyKey { get; } = submitted.IdempotencyKey;
    public string Fingerprint { get; } = submitted.Fingerprint;
    public CancellationTokenSource Cancel { get; set; } = new();
    public bool Resumes { get; set; }
    /// <summary>Whether the last process ended while it ran.</summary>
    public bool IsRecovered { get; init; }
    public TaskCompletionSource Changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    public Task Written = Task.CompletedTask;
}
