using Granary.Cluster.Grains.Models;
using Granary.Simulation.Catalogues;

namespace Granary.Cluster.Grains.Portfolios;

/// <summary>What the grains of sessions and portfolios of a silo share.</summary>
internal sealed record PortfolioServices(GranaryCatalogues Catalogues, ModelReplicas Models, GrainSettings Settings, SiloProcess Process,
    LiveSessions Sessions);
