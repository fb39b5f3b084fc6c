using Granary.Contracts.Jobs;

namespace Granary.Server.Jobs;

/// <summary>A job that somebody wants run.</summary>
/// <param name="SubmittedBy">Name of the API key, or "local" where none are configured.</param>
/// <param name="IdempotencyKey">
/// The submitter's own word for this submission: sent again, it gives the same job, not a second one. null = every submission is a new job.
/// </param>
public sealed record JobSubmission(Job Job, string SubmittedBy, string? IdempotencyKey = null)
{
    /// <summary>Longest idempotency key that is accepted, in characters.</summary>
    public const int LongestKey = 200;

    /// <summary>The key with the caller and the kind of job that it belongs to; null without a key.</summary>
    public string? ScopedKey => IdempotencyKey is null ? null : $"{SubmittedBy}\n{Job.Text.Kind}\n{IdempotencyKey}";
}

/// <summary>What a submission led to.</summary>
/// <param name="Created">false: the idempotency key was known, and <paramref name="Job"/> is the job that it stood for.</param>
public sealed record JobReceipt(JobStatus Job, bool Created);

/// <summary>The idempotency key was used for a job of another content.</summary>
public sealed class IdempotencyConflictException(string key, string job)
    : Exception($"the idempotency key '{key}' stands for {job}, whose text differs; use a new key for a new submission")
{
    /// <summary>The id of the job that the key stands for.</summary>
    public string Job { get; } = job;
}

/// <summary>More jobs are waiting than the host takes on.</summary>
public sealed class TooManyJobsException : Exception
{
    /// <param name="most">How many may wait.</param>
    public TooManyJobsException(int most) : base($"{most} jobs are waiting already; cancel one or come back when some are done")
    {
    }

    /// <param name="work">Bars times strategies of the job.</param>
    /// <param name="queued">The same of the caller's jobs that wait.</param>
    /// <param name="most">What may wait.</param>
    public TooManyJobsException(double work, double queued, double most)
        : base(FormattableString.Invariant($"this job has about {work:0.##E+0} bars times strategies, {queued:0.##E+0} are waiting, ")
            + FormattableString.Invariant($"and {most:0.##E+0} may wait for one key; cancel a job, or come back when some are done"))
    {
    }
}
