using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;

namespace Granary.Cluster.Client;

/// <summary>Runs a batch file on a server and downloads its run's folder to this machine.</summary>
internal static class RemoteBatch
{
    /// <summary>The kind of job that runs the searches of a batch.</summary>
    public const string Optimise = "optimise";

    /// <summary>The kind of job that runs the walk-forward of a batch.</summary>
    public const string WalkForward = "walkforward";

    /// <param name="output">Folder for the run's files; null = <c>runs/ID</c>.</param>
    /// <param name="progress">Receives each status.</param>
    /// <param name="submission">How the job is submitted; null = as a backtest.</param>
    /// <returns>The last status, and the folder.</returns>
    /// <exception cref="InputException">The batch is wrong, or failed because of its input.</exception>
    /// <exception cref="ServiceUnavailableException">No server answers, or the batch failed at the server.</exception>
    /// <exception cref="OperationCanceledException">The token cancelled the batch, also on the server, or another caller did.</exception>
    public static async Task<(JobStatus Status, string Folder)> RunAsync(GranaryClient client, BatchSpec spec, string file,
        string? output, Action<JobStatus>? progress = null, RemoteSubmission? submission = null,
        CancellationToken cancellationToken = default)
    {
        JobStatus batch, last;
        try
        {
            var (kind, idempotencyKey) = submission ?? new RemoteSubmission();
            batch = kind is null ? await client.SubmitAsync(spec, file, idempotencyKey, cancellationToken).ConfigureAwait(false)
                : await client.SubmitAsync(kind, spec, file, idempotencyKey, cancellationToken).ConfigureAwait(false);
            last = await RemoteJob.EndAsync(client, batch, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (InputException e) when (NamesSource(spec, e.Message))
        {
            throw new InputException($"{e.Message.TrimEnd('.')} on the server, which reads the bars: the path is one of its machine, not "
                + "of this one", e);
        }
        var folder = Path.GetFullPath(output ?? Path.Combine("runs", batch.Id));
        try
        {
            await client.DownloadAsync(batch.Id, folder, cancellationToken).ConfigureAwait(false);
        }
        catch (ServiceUnavailableException e)
        {
            throw new ServiceUnavailableException($"{e.Message.TrimEnd('.')}; the batch {batch.Id} is done, and its files are on the "
                + $"server: {client.PageOf(batch.Id)}", e);
        }
        return (last, folder);
    }

    // Whether a fault is about a folder or a file of the bars. The server reads them, from the path that the batch means on this machine.
    private static bool NamesSource(BatchSpec spec, string fault) =>
        spec.Data.Source.Path is { Length: > 0 } path && fault.Contains(path, StringComparison.Ordinal);
}

/// <summary>The submission of a batch to a server.</summary>
/// <param name="Kind">Kind of job; null = a backtest.</param>
/// <param name="IdempotencyKey">Submissions with one key are one job; null = each is its own.</param>
internal sealed record RemoteSubmission(string? Kind = null, string? IdempotencyKey = null);
