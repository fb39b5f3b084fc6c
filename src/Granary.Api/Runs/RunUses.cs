using System.Globalization;
using Granary.Api.Shares;
using Granary.Contracts.Jobs;
using Granary.Server.Jobs;
using Granary.Server.Operations;
using Granary.Simulation.RunFolders;
using Granary.Trading.Deployments;
using Granary.Trading.Live;

namespace Granary.Api.Runs;

/// <summary>Finds the deployment, session, link or job that needs a run, so the run is not deleted.</summary>
/// <param name="sessions">null if the server trades no account.</param>
internal sealed class RunUses(IJobService jobs, DeploymentBook deployments, ShareLinks links,
    ISessionService? sessions = null) : IRunUses
{
    /// <inheritdoc/>
    public async Task<string?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (deployments.All().FirstOrDefault(d => IsRun(d.Backtest.Run)) is { } deployment)
            return Sentence($"deployment {deployment.Number} was made from the run {id}; a deployment keeps the run that justifies it");
        if (deployments.History().FirstOrDefault(e => IsRun(e.Run)) is { } traded)
            return Sentence($"deployment {traded.Number} has its live results in the run {id}; its report needs them");
        foreach (var session in sessions is null ? [] : await sessions.ListAsync(cancellationToken).ConfigureAwait(false))
            if (session.Run == id) return $"the session of the account {session.Id} writes the run {id}; its page needs the run";
        if (links.AnyIsValid(id))
            return $"a link to the run {id} is valid; wait until it expires, or end all links with POST /shares/rotate";
        return await JobAsync(id, cancellationToken).ConfigureAwait(false) is { } job
            ? $"the job {job} needs the run {id}; wait until it ends, or cancel it" : null;

        bool IsRun(string path) => Path.GetFileName(path) == id;
        static string Sentence(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
    }

    private async Task<string?> JobAsync(string id, CancellationToken cancellationToken)
    {
        foreach (var state in (JobState[])[JobState.Queued, JobState.Running])
            for (string? cursor = null; ;)
            {
                var page = await jobs.ListAsync(new JobQuery(1000, cursor, State: state), cancellationToken).ConfigureAwait(false);
                if (page.Items.FirstOrDefault(j => j.Id == id || j.Runs.Contains(id, StringComparer.Ordinal)) is { } job) return job.Id;
                if ((cursor = page.Next) is null) break;
            }
        return null;
    }
}
