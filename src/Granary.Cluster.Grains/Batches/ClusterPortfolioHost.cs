using Granary.Application.Simulation;
using Granary.Cluster.Batches;
using Granary.Cluster.Grains.Compute;

namespace Granary.Cluster.Grains.Batches;

/// <summary>
/// Has the portfolio pass of a run done by the run's portfolio grain, on the silo of this process. The grain shows the pass until the host
/// is disposed of.
/// </summary>
internal sealed class ClusterPortfolioHost(string run, IGrainFactory grains, SiloPortfolios portfolios) : IPortfolioHost, IDisposable
{
    private PortfolioSlot? _slot;

    /// <inheritdoc/>
    /// <exception cref="OrleansException">The grain could not be activated.</exception>
    /// <exception cref="RunAbandonedException">A later attempt of the run has begun its own pass.</exception>
    public async Task<PortfolioOutcome> RunAsync(RunningPortfolio portfolio)
    {
        var slot = _slot = new PortfolioSlot(portfolio);
        portfolios.Add(run, slot);
        while (!portfolio.Ended.IsCompleted)
        {
            if (!await grains.GetGrain<IBatchPortfolioGrain>(run).StartAsync(slot.Id)) throw new RunAbandonedException();
            // An activation that ends early is followed by another one.
            await Task.WhenAny(portfolio.Ended, slot.Left);
        }
        return await portfolio.Ended;
    }

    public void Dispose()
    {
        if (_slot is not { } slot) return;
        portfolios.Remove(run, slot);
        slot.Release();
    }
}
