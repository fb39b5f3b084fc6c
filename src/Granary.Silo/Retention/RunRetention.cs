using System.Text.Json;
using Granary.Cluster.Batches;
using Granary.Contracts.Jobs;
using Granary.Server.Audit;
using Granary.Server.Operations;
using Granary.Simulation.RunFolders;

namespace Granary.Silo.Retention;

/// <summary>
/// Removes batches and jobs that ended longer ago than <c>--keep-runs</c>: their folders, the states of their grains, and their idempotency
/// keys. A run that a deployment, a session, a valid link or an unfinished job needs stays. Each removal is an entry of the audit log.
/// Every silo looks each hour; each run is removed once.
/// </summary>
/// <param name="runs">Folder of all runs.</param>
/// <param name="keep">Time from a run's end to its removal.</param>
internal sealed partial class RunRetention(IGrainFactory grains, AuditLog audit, IRunUses uses, string runs, TimeSpan keep,
    TimeProvider clock, ILogger<RunRetention> logger) : BackgroundService
{
    /// <summary>The name in the audit log.</summary>
    public const string Who = "retention";

    private static readonly TimeSpan s_period = TimeSpan.FromHours(1);

    // Folders of sessions and of command-line runs, which belong to no batch.
    private readonly HashSet<string> _others = new(StringComparer.Ordinal);

    // Runs that are due and needed, each with a line of the log.
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(s_period, clock, stoppingToken).ConfigureAwait(false);
                await RemoveAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // the silo stops
            }
            catch (Exception e)
            {
                NotRemoved(logger, e.Message);
            }
        }
    }

    /// <summary>Removes what is due now.</summary>
    /// <returns>Number of runs that this call removed.</returns>
    public async Task<int> RemoveAsync(CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - keep;
        var listed = await grains.GetGrain<IJobListGrain>(IJobListGrain.Key).NewestAsync(int.MaxValue, cancellationToken)
            .ConfigureAwait(false);
        var removed = 0;
        foreach (var id in OldFolders(before).Union(listed.Where(id => IsOld(id, before)), StringComparer.Ordinal)
            .Order(StringComparer.Ordinal))
        {
            var batch = grains.GetGrain<IJobGrain>(id);
            if (await batch.FindAsync(cancellationToken).ConfigureAwait(false) is not { } status)
            {
                _others.Add(id);
                continue;
            }
            if (status is not { Ended: true, FinishedAt: { } at } || at >= before) continue;
            if (await uses.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } use)
            {
                if (_used.Add(id)) Kept(logger, id, use);
                continue;
            }
            // Do not remove a run if the audit log cannot record it.
            var intent = await audit.BeginAsync(Who, "removeRun", $"/jobs/{id}",
                JsonSerializer.SerializeToNode(new { status.Kind, status.Name, status.State, status.FinishedAt }, JobJson.Options),
                cancellationToken).ConfigureAwait(false);
            if (!await batch.RemoveAsync(before).WaitAsync(cancellationToken).ConfigureAwait(false))
            {
                audit.Withdraw(intent);
                continue;
            }
            await audit.CompleteAsync(intent, intent.Target, null).ConfigureAwait(false);
            Removed(logger, id, at);
            removed++;
        }
        return removed;
    }

    // A run without a folder may have ended long ago; its grain decides.
    private bool IsOld(string id, DateTimeOffset before) =>
        new DirectoryInfo(Path.Combine(runs, id)) is var folder && (!folder.Exists || folder.LastWriteTimeUtc < before.UtcDateTime);

    // Finds runs that are no longer in the list of the newest ones. A run's folder is last written at its end, so its time is not later.
    private IEnumerable<string> OldFolders(DateTimeOffset before) => !Directory.Exists(runs) ? []
        : new DirectoryInfo(runs).EnumerateDirectories().Where(d => d.LastWriteTimeUtc < before.UtcDateTime && JobId.IsWellFormed(d.Name))
            .Select(d => d.Name).Where(id => !_others.Contains(id)).ToList();

    [LoggerMessage(1, LogLevel.Information, "Run {RunId}, which ended at {EndedAt:u}, is removed with its folder and state")]
    private static partial void Removed(ILogger logger, string runId, DateTimeOffset endedAt);

    [LoggerMessage(3, LogLevel.Information, "Run {RunId} is due to be removed and is kept: {Use}")]
    private static partial void Kept(ILogger logger, string runId, string use);

    [LoggerMessage(2, LogLevel.Warning, "Old runs could not be removed and are tried again in an hour: {Reason}")]
    private static partial void NotRemoved(ILogger logger, string reason);
}
