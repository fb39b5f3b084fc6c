using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Simulation.Json;

namespace Granary.Cluster.Client;

/// <summary>Follows a job that a server has accepted until it ends.</summary>
internal static class RemoteJob
{
    /// <param name="progress">Receives each status.</param>
    /// <returns>The last status: the job is done.</returns>
    /// <exception cref="InputException">The job failed because of its input.</exception>
    /// <exception cref="ServiceUnavailableException">No server answers, or the job failed at the server.</exception>
    /// <exception cref="OperationCanceledException">The token cancelled the job, also on the server, or another caller did.</exception>
    public static async Task<JobStatus> EndAsync(GranaryClient client, JobStatus job, Action<JobStatus>? progress = null,
        CancellationToken cancellationToken = default)
    {
        progress?.Invoke(job);
        var last = job;
        try
        {
            await foreach (var status in client.WatchAsync(job.Id, cancellationToken).ConfigureAwait(false))
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
                await client.CancelAsync(job.Id, brief.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ServiceUnavailableException)
            {
                throw new ServiceUnavailableException($"the job {job.Id} may still be running: the server did not answer to its "
                    + $"cancellation", e);
            }
            throw;
        }
        catch (ServiceUnavailableException e)
        {
            throw new ServiceUnavailableException($"{e.Message.TrimEnd('.')}; the server had accepted the job {job.Id} and goes on with "
                + $"it: follow it at {client.PageOf(job.Id)} when a server answers again", e);
        }
        if (last.State == JobState.Cancelled) throw new OperationCanceledException($"the job {job.Id} was cancelled at the server");
        if (last is { State: JobState.Failed, WrongInput: true })
            throw new InputException(last.Fault ?? $"the job {job.Id} is wrong");
        if (last.State == JobState.Failed)
            throw new ServiceUnavailableException(last.Fault ?? $"the job {job.Id} failed at the server");
        return last;
    }
}
