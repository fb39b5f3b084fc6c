using Granary.Cluster.Grains.Feeds;
using Granary.Cluster.Grains.Models;
using Granary.Cluster.Grains.Plans;
using Granary.Cluster.Grains.Silos;
using Granary.Cluster.Grains.Telemetry;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Compute;

/// <summary>Services that the strategy groups of a silo share.</summary>
internal sealed record SiloServices(IGrainFactory Grains, RunPlans Plans, FeedSources Sources, ClusterInstruments Instruments,
    BatchModels Models, IComputeServices Silos, SiloProcess Process, TimeProvider Clock, GrainIds Ids)
{
    public SiloAddress Address => Process.Silo.SiloAddress;
}
