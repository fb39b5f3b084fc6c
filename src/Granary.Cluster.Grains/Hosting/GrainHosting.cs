using Granary.Cluster.Grains.Batches;
using Granary.Cluster.Grains.Compute;
using Granary.Cluster.Grains.Feeds;
using Granary.Cluster.Grains.Models;
using Granary.Cluster.Grains.Placement;
using Granary.Cluster.Grains.Plans;
using Granary.Cluster.Grains.Portfolios;
using Granary.Cluster.Grains.Silos;
using Granary.Cluster.Grains.Telemetry;
using Granary.Cluster.Wire;
using Granary.Modelling.Learning;
using Granary.Server.JobKinds;
using Granary.Simulation.Catalogues;
using Granary.Storage.Addresses;
using Granary.Trading.Live;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;

namespace Granary.Cluster.Grains.Hosting;

/// <summary>Puts Granary's grains into a silo.</summary>
internal static class GrainHosting
{
    /// <summary>
    /// The silo needs grain storage of the name <see cref="ClusterProviders.State"/>, reminders, and the stream provider
    /// <see cref="ClusterProviders.Blocks"/>.
    /// </summary>
    /// <param name="catalogues">Catalogues of the silo; they must be the same on all silos of a cluster.</param>
    /// <exception cref="OptionsValidationException">A setting is out of range.</exception>
    public static ISiloBuilder AddGranaryGrains(this ISiloBuilder silo, GrainSettings settings, GranaryCatalogues catalogues)
    {
        if (new GrainSettingsValidator().Validate(null, settings) is { Failed: true } wrong)
            throw new OptionsValidationException(nameof(GrainSettings), typeof(GrainSettings), wrong.Failures);
        var services = silo.Services;
        services.AddSingleton(settings);
        services.TryAddSingleton(catalogues);
        services.TryAddSingleton(KnownJobs.Of(catalogues, settings.Runs));
        services.AddWireFormat();
        silo.AddIncomingGrainCallFilter<GrainFaults>();
        GrainStorageFaults.Add(services);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<GrainIds>();
        services.TryAddSingleton<ClusterInstruments>();
        services.TryAddSingleton(AccountStores.Open(Address.Parse(settings.State ?? Path.Combine(settings.Runs, ".accounts"))));
        services.AddSingleton<SessionMonitor>();
        services.AddHostedService(static s => s.GetRequiredService<SessionMonitor>());
        services.AddSingleton<FeedMemory>();
        services.AddSingleton<FeedWindows>();
        services.AddSingleton<FeedSources>();
        services.AddSingleton<RunPlans>();
        services.AddSingleton<SiloProcess>();
        services.AddSingleton<PortfolioServices>();
        services.AddSingleton<SiloDeparture>();
        services.AddSingleton<LiveSessions>();
        services.AddHostedService<SessionDrain>();
        services.AddSingleton<ModelReplicas>();
        services.AddHostedService(static s => s.GetRequiredService<ModelReplicas>());
        services.AddSingleton<BatchModels>();
        if (settings.Models is { } models)
            services.AddSingleton<IModelService>(s => new ClusterModels(s.GetRequiredService<IGrainFactory>(),
                s.GetRequiredService<ModelReplicas>(), models));
        services.AddSingleton<SiloServices>();
        services.AddSingleton(s => new SiloCompute(s.GetRequiredService<SiloServices>(), settings,
            s.GetRequiredService<ILogger<SiloCompute>>()));
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(s => s.GetRequiredService<SiloCompute>());
        silo.AddGrainService<ComputeService>();
        // Orleans logs each change of the ring, on which nothing of it depends.
        services.AddLogging(l => l.AddFilter(typeof(ComputeService).FullName, LogLevel.Warning));
        services.AddSingleton<ComputeServices>();
        services.AddSingleton<IComputeServices>(static s => s.GetRequiredService<ComputeServices>());
        services.AddSingleton<BatchServices>();
        silo.AddGrainDirectory(SiloDirectory.Name, static (_, _) => new SiloDirectory());
        SiloRoleFilter.Add(services);
        services.AddPlacementDirector<SiloKeyPlacement, SiloKeyPlacementDirector>();
        return silo;
    }
}
