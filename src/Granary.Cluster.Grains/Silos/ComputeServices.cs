using Granary.Cluster.Compute;
using Orleans.Runtime;
using Orleans.Runtime.Services;

namespace Granary.Cluster.Grains.Silos;

/// <summary>The compute services of the cluster's silos, which Orleans calls.</summary>
/// <param name="services">Services of the silo of this process.</param>
/// <param name="own">The silo of this process.</param>
internal sealed class ComputeServices(IServiceProvider services, ILocalSiloDetails own) : GrainServiceClient<IComputeService>(services),
    IComputeServices
{
    /// <summary>The service of the silo of this process.</summary>
    public IComputeService Own => Of(own.SiloAddress);

    /// <inheritdoc/>
    public IComputeService Of(SiloAddress silo) => GetGrainService(silo);
}
