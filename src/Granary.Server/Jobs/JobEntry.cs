using Granary.Contracts.Jobs;

namespace Granary.Server.Jobs;

/// <summary>
/// A job of <see cref="JobTable"/>, which alone changes its status. The job's text is only in its folder, because it may be large and ended
/// jobs stay listed.
/// </summary>
internal sealed class JobEntry(JobStatus status, SubmittedJob submitted)
{
    private volatile JobStatus _status = status;

    /// <summary>The newest status.</summary>
    public JobStatus Status
    {
        get => _status;
        set => _status = value;
    }

    public string Id { get; } = status.Id;

    public string? IdempotencyKey { get; } = submitted.IdempotencyKey;

    public string Digest { get; } = submitted.Digest;

    /// <summary>Cancels the run of the job; a new one for each resumption.</summary>
    public CancellationTokenSource Cancel { get; set; } = new();

    /// <summary>Whether the run continues from what an earlier one has finished.</summary>
    public bool Resumes { get; set; }

    /// <summary>How often a process has ended in the work on it, since it finished anything new.</summary>
    public int Deaths { get; set; }

    /// <summary>The number of results that were finished before this run of the job; -1 until its first report.</summary>
    public int Resumed { get; set; } = -1;

    /// <summary>Whether the last process ended while it ran.</summary>
    public bool IsRecovered { get; init; }

    /// <summary>Completes at the next change of the status.</summary>
    public TaskCompletionSource Changed { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>One change of the state at a time, from its reason to its write.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);
}
