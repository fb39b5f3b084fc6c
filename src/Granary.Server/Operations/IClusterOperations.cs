using Granary.Contracts.Operations;

namespace Granary.Server.Operations;

/// <summary>An operator's view and control of a cluster.</summary>
public interface IClusterOperations
{
    Task<ClusterStanding> StandingAsync(CancellationToken cancellationToken = default);

    /// <returns>The silo's state; null if no active silo has this name.</returns>
    Task<SiloStanding?> CommandSiloAsync(string silo, SiloCommand command, CancellationToken cancellationToken = default);
}
