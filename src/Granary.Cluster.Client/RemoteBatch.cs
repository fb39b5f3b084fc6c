using Granary.Contracts.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;

namespace Granary.Cluster.Client;

/// <summary>Runs a batch file on a server and downloads its run's folder to this machine.</summary>
public static class RemoteBatch
{
    /// <param name="output">Folder for the run's files; null = <c>runs/ID</c>.</param>
    /// <param name="progress">Receives each status.</param>
    /// <returns>The last status, and the folder.</returns>
    /// <exception cref="InputException">The batch is wrong, or failed because of its input.</exception>
    /// <exception cref="ServiceUnavailableException">No server answers, or the batch failed at the server.</exception>
    /// <exception cref="OperationCanceledException">The token cancelled the batch, also on the server, or another caller did.</exception>
    public static async Task<(JobStatus Status, string Folder)> RunAsync(GranaryClient client, BatchSpec spec, string file,
        string? output, Action<JobStatus>? progress = null, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        var batch = await client.SubmitAsync(spec, file, idempotencyKey, cancellationToken).ConfigureAwait(false);
        var last = await RemoteJob.EndAsync(client, batch, progress, cancellationToken).ConfigureAwait(false);
        var folder = Path.GetFullPath(output ?? Path.Combine("runs", batch.Id));
        await client.DownloadAsync(batch.Id, folder, cancellationToken).ConfigureAwait(false);
        return (last, folder);
    }
}
