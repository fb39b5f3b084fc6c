using Granary.Cluster.Grains.Placement;
using Granary.Cluster.Portfolios;
using Granary.Trading.Live;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Portfolios;

/// <summary>Prepares attempts on its silo. It keeps nothing: <see cref="LiveSessions"/> has the attempt.</summary>
[SiloKeyPlacement]
[GrainType("successor")]
internal sealed class SuccessorGrain(PortfolioServices services) : Grain, ISuccessorGrain
{
    public async Task PrepareAsync(SessionAttempt attempt, CancellationToken cancellationToken)
    {
        if (services.Sessions.IsLeaving) throw new SiloUnavailableException("this silo is shutting down");
        var known = services.Sessions.Find(attempt.Account);
        if (known is { IsWaiting: false })
            throw new SiloUnavailableException($"this silo trades {attempt.Account} or is leaving it");
        if (known is not null && !known.IsFor(attempt))
        {
            await known.StopAsync();
            known = null;
        }
        known ??= new LiveAttempt(attempt, new QueuedControl(), new CurrentWeights(), null, services, new AccountTakeover(services.Clock));
        await known.PrepareAsync(cancellationToken);
    }
}
