namespace Granary.Application.Submissions;

/// <summary>Takes batches, runs them, and tells how they stand. The in-process host and the cluster both serve it.</summary>
public interface IBatchService
{
    /// <summary>Accepts a batch. Answered means durable: after a crash it is run again from its text.</summary>
    /// <exception cref="IdempotencyConflictException">The key is known for another text.</exception>
    /// <exception cref="TooManyBatchesException">The queue is full.</exception>
    /// <exception cref="Json.InputException">The batch cannot be run here: one sentence.</exception>
    ValueTask<SubmissionReceipt> SubmitAsync(BatchSubmission submission, CancellationToken cancellationToken = default);

    /// <returns>null where the id is not known.</returns>
    ValueTask<BatchStatus?> FindAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>The newest batches first, <paramref name="most"/> of them.</summary>
    ValueTask<IReadOnlyList<BatchStatus>> ListAsync(int most, CancellationToken cancellationToken = default);

    /// <summary>
    /// The status now and after each change, ending with the one that ended the batch. A slow reader skips statuses, never the last. Empty
    /// where the id is not known.
    /// </summary>
    IAsyncEnumerable<BatchStatus> WatchAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Asks for the end of a batch; one that has ended stays as it is. null where the id is not known.</summary>
    ValueTask<BatchStatus?> CancelAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Opens a file of a run that is done; the caller disposes of it. null where there is no such batch or file.</summary>
    ValueTask<RunFile?> OpenFileAsync(string id, string name, CancellationToken cancellationToken = default);
}

/// <summary>A file of a run's folder.</summary>
/// <param name="Length">Bytes; null where not known beforehand.</param>
public sealed record RunFile(string Name, Stream Content, long? Length) : IAsyncDisposable
{
    /// <summary>Opens a file of a folder; a run may be writing it.</summary>
    /// <returns>null where it is absent.</returns>
    public static RunFile? Open(string folder, string name)
    {
        try
        {
            var stream = new FileStream(Path.Combine(folder, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete,
                1 << 16, useAsync: true);
            return new RunFile(name, stream, stream.Length);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
