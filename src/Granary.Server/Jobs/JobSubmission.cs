using Granary.Contracts.Jobs;

namespace Granary.Server.Jobs;

/// <summary>A job with its submitter and optional idempotency key.</summary>
/// <param name="SubmittedBy">The name of the API key, or "local" if none are configured.</param>
/// <param name="IdempotencyKey">
/// A key chosen by the submitter. A repeated submission with the same key returns the same job instead of creating a second one. Null =
/// every submission is a new job.
/// </param>
internal sealed record JobSubmission(Job Job, string SubmittedBy, string? IdempotencyKey = null)
{
    /// <summary>The maximum length of an idempotency key, in characters.</summary>
    public const int LongestKey = 200;

    /// <summary>The key combined with its caller and kind of job; null without a key.</summary>
    public string? ScopedKey => IdempotencyKey is null ? null : $"{SubmittedBy}\n{Job.Text.Kind}\n{IdempotencyKey}";
}

/// <summary>The result of a submission.</summary>
/// <param name="Created">Whether a new job was created; false if the idempotency key was known, and <paramref name="Job"/> is its
/// job.</param>
internal sealed record JobReceipt(JobStatus Job, bool Created);

/// <summary>The idempotency key was used for a job with a different content.</summary>
internal sealed class IdempotencyConflictException(string key, string job)
    : Exception($"the idempotency key '{key}' stands for {job}, whose text differs; use a new key for a new submission")
{
    /// <summary>The id of the job that has the key.</summary>
    public string Job { get; } = job;
}

/// <summary>The queue of the host is full.</summary>
internal sealed class TooManyJobsException : Exception
{
    /// <param name="most">The maximum number of waiting jobs.</param>
    public TooManyJobsException(int most) : base($"{most} jobs are waiting already; cancel one or come back when some are done")
    {
    }

    /// <param name="work">Bars times strategies of the job.</param>
    /// <param name="queued">Bars times strategies of the caller's waiting jobs.</param>
    /// <param name="most">The maximum of waiting work.</param>
    public TooManyJobsException(double work, double queued, double most)
        : base(FormattableString.Invariant($"this job has about {work:0.##E+0} bars times strategies, {queued:0.##E+0} are waiting, ")
            + FormattableString.Invariant($"and {most:0.##E+0} may wait for one key; cancel a job, or come back when some are done"))
    {
    }
}
