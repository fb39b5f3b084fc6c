using Granary.Cluster.Batches;
using Granary.Cluster.Grains.Placement;
using Orleans.GrainDirectory;

namespace Granary.Cluster.Grains.Compute;

/// <summary>
/// Owns the portfolio pass of one run: it begins the pass, answers how the portfolio stands, and ends with the run. The events that the
/// pass reads are on its silo, with the run's reporting grain.
/// </summary>
[CallersSiloPlacement]
[GrainDirectory(GrainDirectoryName = SiloDirectory.Name)]
[CollectionAgeLimit(AlwaysActive = true)]
[GrainType("batchportfolio")]
internal sealed class BatchPortfolioGrain(SiloCompute compute) : Grain, IBatchPortfolioGrain
{
    private PortfolioSlot? _own;

    // Without a pass, as after an activation that ended early, the next start brings it.
    public ValueTask<bool> StartAsync(Guid pass)
    {
        if (compute.Portfolios.Find(this.GetPrimaryKeyString()) is not { } slot || slot.Id != pass)
        {
            EndWithout();
            return ValueTask.FromResult(false);
        }
        if (_own != slot)
        {
            _own = slot;
            slot.Own(this);
            _ = LiveAsync(slot);
        }
        return ValueTask.FromResult(true);
    }

    public ValueTask<PortfolioStatus?> StatusAsync(CancellationToken cancellationToken)
    {
        EndWithout();
        return ValueTask.FromResult(_own?.Portfolio.Standing is { } now
            ? new PortfolioStatus(now.Time, now.Equity, now.Cash, now.Exposure, now.Drawdown, now.OpenTrades, now.Trades, now.Done) : null);
    }

    private async Task LiveAsync(PortfolioSlot slot)
    {
        await slot.Released;
        if (_own != slot) return;
        _own = null;
        DeactivateOnIdle();
    }

    // An activation without a pass is there because of the call alone.
    private void EndWithout()
    {
        if (_own is null) DeactivateOnIdle();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _own?.Leave(this);
        return base.OnDeactivateAsync(reason, cancellationToken);
    }
}
