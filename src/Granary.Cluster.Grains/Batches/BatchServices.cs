using Granary.Cluster.Grains.Silos;
using Granary.Cluster.Grains.Telemetry;
using Granary.Simulation.Catalogues;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Batches;

/// <summary>Services that the batch grains of a silo share.</summary>
internal sealed record BatchServices(IComputeServices Compute, IClusterMembershipService Membership, GrainSettings Settings,
    ClusterInstruments Instruments, GranaryCatalogues Catalogues, TimeProvider Clock, GrainIds Ids)
{
    /// <summary>Returns the processor time and the memory of the process; null for the system's.</summary>
    public Func<(TimeSpan Time, long Memory)>? Usage { get; init; }
}
