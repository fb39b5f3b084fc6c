using Granary.Cluster.Grains.Feeds;
using Granary.Cluster.Grains.Models;
using Granary.Cluster.Grains.Telemetry;
using Granary.Simulation.Catalogues;
using Granary.Trading.Live;
using Microsoft.Extensions.Logging;

namespace Granary.Cluster.Grains.Portfolios;

/// <summary>Services that the session grains and portfolio grains of a silo share.</summary>
internal sealed record PortfolioServices(GranaryCatalogues Catalogues, ModelReplicas Models, GrainSettings Settings, SiloProcess Process,
    LiveSessions Sessions, IAccountStore Accounts, FeedSources Sources, IGrainFactory Grains, TimeProvider Clock, GrainIds Ids,
    ClusterInstruments Instruments, ILogger<LiveAttempt> Logger);
