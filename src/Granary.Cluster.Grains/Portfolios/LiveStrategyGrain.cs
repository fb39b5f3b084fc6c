using Granary.Cluster.Grains.Placement;
using Granary.Cluster.Portfolios;
using Granary.Contracts.Sessions;
using Orleans.GrainDirectory;

namespace Granary.Cluster.Grains.Portfolios;

/// <summary>
/// Owns the run of one strategy of a live session, which the session's thread processes bar by bar with the other runs of the account. It
/// answers how the run stands, stops it, and ends with the session.
/// </summary>
[CallersSiloPlacement]
[GrainDirectory(GrainDirectoryName = SiloDirectory.Name)]
[CollectionAgeLimit(AlwaysActive = true)]
[GrainType("livestrategy")]
internal sealed class LiveStrategyGrain(LiveSessions sessions) : Grain, ILiveStrategyGrain
{
    private LiveSlot? _own;

    // Without an owner, as after an activation that ended early, the next call brings the strategy its owner.
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var (account, strategy) = Key();
        if (sessions.Find(account)?.SlotOf(strategy) is { } slot) Own(slot);
        return base.OnActivateAsync(cancellationToken);
    }

    public ValueTask<bool> StartAsync(Guid session)
    {
        var (account, strategy) = Key();
        if (sessions.Find(account) is not { } running || running.Id != session || running.SlotOf(strategy) is not { } slot)
        {
            EndWithout();
            return ValueTask.FromResult(false);
        }
        if (_own != slot) Own(slot);
        return ValueTask.FromResult(true);
    }

    public ValueTask<SessionStrategy?> StatusAsync(CancellationToken cancellationToken)
    {
        EndWithout();
        return ValueTask.FromResult(_own?.Standing);
    }

    public async Task<SessionStrategy?> StopAsync(string who, string why)
    {
        EndWithout();
        if (_own is not { Standing: { } found } own) return null;
        if (!found.CanStop) return found;
        await own.StopAsync(who, why);
        return own.Standing ?? found;
    }

    // Symbols have slashes too, and accounts have none.
    private (string Account, string Strategy) Key()
    {
        var key = this.GetPrimaryKeyString();
        var end = key.IndexOf('/', StringComparison.Ordinal);
        return (key[..end], key[(end + 1)..]);
    }

    private void Own(LiveSlot slot)
    {
        _own = slot;
        slot.Own(this);
        _ = LiveAsync(slot);
    }

    private async Task LiveAsync(LiveSlot slot)
    {
        await slot.Ended;
        if (_own != slot) return;
        _own = null;
        DeactivateOnIdle();
    }

    // An activation without a strategy is there because of the call alone.
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
