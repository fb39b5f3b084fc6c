using Granary.Cluster.Grains.Placement;
using Granary.Cluster.Portfolios;
using Granary.Contracts.Sessions;
using Granary.Trading.Live;
using Orleans.GrainDirectory;
using Orleans.Placement;

namespace Granary.Cluster.Grains.Portfolios;

/// <summary>
/// Owns the run of one strategy of a live session, which the session's thread processes bar by bar with the other runs of the account. It
/// answers how the run stands, stops it, and ends with the session.
/// </summary>
[PreferLocalPlacement]
[GrainDirectory(GrainDirectoryName = SiloDirectory.Name)]
[CollectionAgeLimit(AlwaysActive = true)]
[GrainType("livestrategy")]
internal sealed class LiveStrategyGrain(LiveSessions sessions) : Grain, ILiveStrategyGrain
{
    private LiveAttempt? _own;

    // If the strategy has no owner, for example because an activation ended early, this activation becomes the owner.
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var (account, strategy) = Key();
        if (sessions.Find(account) is { } attempt && attempt.Has(strategy)) Own(attempt);
        return base.OnActivateAsync(cancellationToken);
    }

    public ValueTask<bool> StartAsync(long epoch)
    {
        var (account, strategy) = Key();
        if (sessions.Find(account) is not { } attempt || attempt.Epoch != epoch || !attempt.Has(strategy))
        {
            EndWithout();
            return ValueTask.FromResult(false);
        }
        if (_own != attempt) Own(attempt);
        return ValueTask.FromResult(true);
    }

    public ValueTask<SessionStrategy?> StatusAsync(CancellationToken cancellationToken)
    {
        EndWithout();
        return ValueTask.FromResult(Snapshot);
    }

    public async Task<SessionStrategy?> StopAsync(string who, string why)
    {
        EndWithout();
        if (_own is not { } own || Snapshot is not { } found) return null;
        if (!found.CanStop) return found;
        await own.SendAsync(SessionStrategies.StopOrder(Key().Strategy, who, why));
        return Snapshot ?? found;
    }

    // null before the strategy's run is created, and after the session has ended.
    private SessionStrategy? Snapshot => _own?.Strategies.Find(Key().Strategy);

    // Split at the first slash: strategy ids may contain slashes, account names may not.
    private (string Account, string Strategy) Key()
    {
        var key = this.GetPrimaryKeyString();
        var end = key.IndexOf('/', StringComparison.Ordinal);
        return (key[..end], key[(end + 1)..]);
    }

    private void Own(LiveAttempt attempt)
    {
        _own = attempt;
        attempt.Own(Key().Strategy, this);
        _ = LiveAsync(attempt);
    }

    private async Task LiveAsync(LiveAttempt attempt)
    {
        await attempt.Ended;
        if (_own != attempt) return;
        _own = null;
        DeactivateOnIdle();
    }

    // A call activated this grain although it has no strategy.
    private void EndWithout()
    {
        if (_own is null) DeactivateOnIdle();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _own?.Leave(Key().Strategy, this);
        return base.OnDeactivateAsync(reason, cancellationToken);
    }
}
