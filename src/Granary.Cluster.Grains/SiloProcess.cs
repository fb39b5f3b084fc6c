using Microsoft.Extensions.Hosting;
using Orleans.Runtime;

namespace Granary.Cluster.Grains;

/// <summary>The silo of this process.</summary>
/// <param name="Silo">Its address and name.</param>
/// <param name="Life">Ends when the process stops.</param>
/// <param name="Membership">The silos of its cluster.</param>
internal sealed record SiloProcess(ILocalSiloDetails Silo, IHostApplicationLifetime Life, IClusterMembershipService Membership);
