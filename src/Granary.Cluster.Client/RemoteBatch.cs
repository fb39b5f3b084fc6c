using Granary.Application.Batches;
using Granary.Application.Jobs;
using Granary.Application.Json;

namespace Granary.Cluster.Client;

/// <summary>A batch from its file to its run's folder on this machine, computed elsewhere.</summary>
public static class RemoteBatch
{
    /// <param name="output">Folder for the run's files; null = <c>runs/ID</c>.</param>
    /// <param name="progress">Told of each status.</param>
    /// <returns>The last status, and the folder.</returns>
    /// <exception cref="InputException">The batch is wrong, or failed for its input.</exception>
    /// <exception cref="ServiceUnavailableException">No server answers, or the batch failed at the server.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled, here (and then at the server too) or there.</exception>
    public static async Task<(JobStatus Status, string Folder)> RunAsync(GranaryClient client, BatchSpec spec, string file,
        string? output, Action<JobStatus>? progress = null, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        var batch = await client.SubmitAsync(spec, file, idempotencyKey, cancellationToken).ConfigureAwait(false);
        progress?.Invoke(batch);
        var last = batch;
        try
        {
            await foreach (var status in client.WatchAsync(batch.Id, cancellationToken).ConfigureAwait(false))
            {
                last = status;
                progress?.Invoke(status);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            using var brief = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            try
            {
                await client.CancelAsync(batch.Id, brief.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ServiceUnavailableException)
            {
                throw new ServiceUnavailableException($"the batch {batch.Id} may still be running: the server did not answer to its "
                    + $"cancellation", e);
            }
            throw;
        }
        if (last.State == JobState.Cancelled) throw new OperationCanceledException($"the batch {batch.Id} was cancelled at the server");
        if (last is { State: JobState.Failed, WrongInput: true })
            throw new InputException(last.Fault ?? $"the batch {batch.Id} is wrong");
        if (last.State == JobState.Failed)
            throw new ServiceUnavailableException(last.Fault ?? $"the batch {batch.Id} failed at the server");
        var folder = Path.GetFullPath(output ?? Path.Combine("runs", batch.Id));
        await client.DownloadAsync(batch.Id, folder, cancellationToken).ConfigureAwait(false);
        return (last, folder);
    }
}
