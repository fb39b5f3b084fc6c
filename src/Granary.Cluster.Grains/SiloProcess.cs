using Microsoft.Extensions.Hosting;
using Orleans.Runtime;

namespace Granary.Cluster.Grains;

/// <summary>The silo of this process.</summary>
/// <param name="Silo">Its address and name.</param>
/// <param name="Life">Ends when the process stops.</param>
/// <param name="Membership">The silos of its cluster.</param>
internal sealed record SiloProcess(ILocalSiloDetails Silo, IHostApplicationLifetime Life, IClusterMembershipService Membership)
{
    private volatile HashSet<SiloAddress> _departed = [];

    /// <summary>Whether a silo has shut down, or begun to, so its work is handed over and not lost.</summary>
    public bool HasDeparted(SiloAddress silo) => _departed.Contains(silo);

    /// <summary>Keeps which silos shut down: once a silo has ended, its status does not show how.</summary>
    // A silo that ends without handing over is Stopping, or nothing, before it is dead.
    public void Take(ClusterMembershipSnapshot snapshot) => _departed = [.. snapshot.Members.Values.Where(m =>
        m.Status == SiloStatus.ShuttingDown || HasDeparted(m.SiloAddress)).Select(m => m.SiloAddress)];
}
