using Granary.Application.Batches;

namespace Granary.Application.Submissions;

/// <summary>A batch that somebody wants run.</summary>
/// <param name="Spec">
/// Read and checked. Its <see cref="BatchSpec.Text"/> and <see cref="BatchSpec.Folder"/> are all that another process needs to read it
/// again.
/// </param>
/// <param name="SubmittedBy">Name of the API key, or "local" where none are configured.</param>
/// <param name="IdempotencyKey">
/// The submitter's own word for this submission: sent again, it gives the same batch, not a second one. null = every submission is a new
/// batch.
/// </param>
public sealed record BatchSubmission(BatchSpec Spec, string SubmittedBy, string? IdempotencyKey = null)
{
    /// <summary>Longest idempotency key that is accepted, in characters.</summary>
    public const int LongestKey = 200;
}

/// <summary>What a submission led to.</summary>
/// <param name="Created">false: the idempotency key was known, and <paramref name="Batch"/> is the batch it stood for.</param>
public sealed record SubmissionReceipt(BatchStatus Batch, bool Created);

/// <summary>The idempotency key was used for a batch of another content.</summary>
public sealed class IdempotencyConflictException(string key, string batch)
    : Exception($"the idempotency key '{key}' stands for batch {batch}, whose text differs; use a new key for a new batch");

/// <summary>More batches are waiting than the host takes on.</summary>
public sealed class TooManyBatchesException(int most)
    : Exception($"{most} batches are waiting already; cancel one or come back when some are done");
