using Granary.Contracts.Operations;

namespace Granary.Server.Operations;

/// <summary>What an operator asks of a cluster.</summary>
public interface IClusterOperations
{
    Task<ClusterStanding> StandingAsync(CancellationToken cancellationToken = default);

    /// <returns>The silo as it stood; null where no active silo has this name.</returns>
    Task<SiloStanding?> OrderAsync(string silo, SiloOrder order, CancellationToken cancellationToken = default);
}
