using Granary.Cluster.Compute;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Silos;

/// <summary>Gives access to the compute services of the cluster's silos.</summary>
internal interface IComputeServices
{
    /// <summary>Returns the service of a silo.</summary>
    IComputeService Of(SiloAddress silo);
}
