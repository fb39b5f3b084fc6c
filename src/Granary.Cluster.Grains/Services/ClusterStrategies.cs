using Granary.Cluster.Batches;
using Granary.Cluster.Grains.Silos;
using Granary.Contracts.Batches;
using Granary.Server.Jobs;
using Granary.Simulation.RunFolders;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Services;

/// <summary>Single strategies and portfolios of the cluster's batches, behind a silo's HTTP API.</summary>
/// <param name="grains">The grain factory of a silo.</param>
/// <param name="services">The compute services of the silos.</param>
internal sealed class ClusterStrategies(IGrainFactory grains, ComputeServices services) : IRunningBatches
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public async ValueTask<BatchStrategy?> FindAsync(string batch, string strategy, CancellationToken cancellationToken = default)
    {
        // Orleans throws for a key of spaces, and would activate a grain for any other invalid id.
        if (!JobId.IsWellFormed(batch)) return null;
        if (await GrainCalls.TryAsync(grains.GetGrain<IJobGrain>(batch).FindAsync, cancellationToken).ConfigureAwait(false)
            is not { Ended: false }) return null;
        // Read stored results first: a strategy that has reported still exists until its group ends.
        var stored = await GrainCalls.TryAsync(stop => grains.GetGrain<IReportingGrain>(batch).StrategyAsync(strategy, stop),
            cancellationToken).ConfigureAwait(false);
        if (stored is null) return null;
        return stored.State != StrategyPhase.Waiting ? stored
            : await RunningAsync(batch, strategy, cancellationToken).ConfigureAwait(false) ?? stored;
    }

    // The strategy's grain is on the silo with its group, and answers there.
    private async Task<BatchStrategy?> RunningAsync(string batch, string strategy, CancellationToken cancellationToken)
    {
        var silos = await GrainCalls.TryAsync(_ => grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true), cancellationToken)
            .ConfigureAwait(false);
        var answers = await Task.WhenAll(silos.Keys.Select(s => AskAsync(s, batch, strategy, cancellationToken))).ConfigureAwait(false);
        return answers.FirstOrDefault(a => a is not null);
    }

    private async Task<BatchStrategy?> AskAsync(SiloAddress silo, string batch, string strategy, CancellationToken cancellationToken)
    {
        try
        {
            return await TimedCall.CallAsync(stop => services.Of(silo).StrategyAsync(batch, strategy, stop), s_timeout,
                TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (LostCall.Is(e))
        {
            // The silo was lost: return the stored state.
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<BatchStrategy?> StopAsync(string batch, string strategy, string who,
        CancellationToken cancellationToken = default)
    {
        if (await FindAsync(batch, strategy, cancellationToken).ConfigureAwait(false) is not { } found) return null;
        if (found.State is StrategyPhase.Done or StrategyPhase.Failed) return found;
        return await GrainCalls.TryAsync(_ => grains.GetGrain<IJobGrain>(batch).StopStrategyAsync(strategy, BatchStrategy.StoppedBy(who)),
            cancellationToken).ConfigureAwait(false) ? found : await FindAsync(batch, strategy, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<BatchPortfolio?> PortfolioAsync(string batch, CancellationToken cancellationToken = default)
    {
        if (!JobId.IsWellFormed(batch)) return null;
        if (await GrainCalls.TryAsync(grains.GetGrain<IJobGrain>(batch).FindAsync, cancellationToken).ConfigureAwait(false)
            is not { Ended: false }) return null;
        return await GrainCalls.TryAsync(grains.GetGrain<IReportingGrain>(batch).PortfolioAsync, cancellationToken).ConfigureAwait(false);
    }
}
