using Granary.Application.Jobs;
using Granary.Application.Simulation;
using Granary.Cluster.Batches;
using Granary.Cluster.Compute;

namespace Granary.Cluster.Grains.Services;

/// <summary>Single strategies of the cluster's batches, behind a silo's HTTP API.</summary>
/// <param name="grains">The grain factory of a silo or a cluster client.</param>
public sealed class ClusterStrategies(IGrainFactory grains) : IBatchStrategies
{
    /// <inheritdoc/>
    public async ValueTask<BatchStrategy?> FindAsync(string batch, string strategy, CancellationToken cancellationToken = default)
    {
        // Orleans throws for a key of spaces, and would activate a grain for any other text.
        if (!JobId.IsWellFormed(batch)) return null;
        if (await Calling.TryAsync(() => grains.GetGrain<IBatchGrain>(batch).FindAsync(), cancellationToken).ConfigureAwait(false)
            is not { Ended: false }) return null;
        // Stored results first: a strategy that has reported waits for the end of its group.
        var stored = await Calling.TryAsync(() => grains.GetGrain<IReportingGrain>(batch).StrategyAsync(strategy), cancellationToken)
            .ConfigureAwait(false);
        if (stored is null) return null;
        if (stored.State != (int)StrategyPhase.Waiting) return Of(strategy, stored);
        var running = await Calling.TryAsync(
            () => grains.GetGrain<IStrategyGrain>($"{batch}/{strategy}").StatusAsync().AsTask(), cancellationToken).ConfigureAwait(false);
        return Of(strategy, running ?? stored);
    }

    /// <inheritdoc/>
    public async ValueTask<BatchStrategy?> StopAsync(string batch, string strategy, string who,
        CancellationToken cancellationToken = default)
    {
        if (await FindAsync(batch, strategy, cancellationToken).ConfigureAwait(false) is not { } found) return null;
        if (found.State is StrategyPhase.Done or StrategyPhase.Failed) return found;
        return await Calling.TryAsync(() => grains.GetGrain<IBatchGrain>(batch).StopStrategyAsync(strategy, BatchStrategy.StoppedBy(who)),
            cancellationToken).ConfigureAwait(false) ? found : null;
    }

    private static BatchStrategy Of(string id, StrategyStatus status) => new(id, (StrategyPhase)status.State, status.Bars, status.Trades,
        status.Equity, status.Positions ?? [], status.Error);
}
