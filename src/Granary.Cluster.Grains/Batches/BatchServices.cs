using Granary.Cluster.Grains.Silos;
using Granary.Cluster.Grains.Telemetry;
using Granary.Simulation.Catalogues;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Batches;

/// <summary>Services that the batch grains of a silo share.</summary>
internal sealed record BatchServices(IComputeServices Compute, IClusterMembershipService Membership, GrainSettings Settings,
    ClusterInstruments Instruments, GranaryCatalogues Catalogues, TimeProvider Clock, GrainIds Ids);
