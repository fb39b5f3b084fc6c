using Granary.Cluster.Grains.Silos;
using Granary.Cluster.Grains.Telemetry;
using Granary.Simulation.Catalogues;

namespace Granary.Cluster.Grains.Batches;

/// <summary>Services that the batch grains of a silo share.</summary>
internal sealed record BatchServices(ComputeServices Compute, GrainSettings Settings, ClusterInstruments Instruments,
    GranaryCatalogues Catalogues, TimeProvider Clock);
