using Granary.Contracts.Operations;

namespace Granary.Server.Operations;

/// <summary>An operator's view and control of a cluster.</summary>
internal interface IClusterOperations
{
    Task<ClusterState> StateAsync(CancellationToken cancellationToken = default);

    /// <returns>The silo's state; null if no active silo has this name.</returns>
    Task<SiloState?> CommandSiloAsync(string silo, SiloCommand command, CancellationToken cancellationToken = default);
}
