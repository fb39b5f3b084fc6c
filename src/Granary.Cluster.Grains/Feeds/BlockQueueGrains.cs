using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Granary.Cluster.Grains.Placement;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Metadata;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>
/// Places the grains that store the messages of the memory streams, and the feeds, on the silo of their queue. Agents call a queue's grain
/// every few milliseconds, so that it is never idle: those on this silo migrate when another silo gets their queue.
/// </summary>
internal sealed class BlockQueueGrains(BlockQueues queues, ILocalSiloDetails silo) : IConfigureGrainContextProvider, IConfigureGrainContext
{
    private const string QueueGrain = "memorystreamqueue";
    private const string Feed = "symbolfeed";

    private readonly ConcurrentDictionary<IGrainContext, byte> _here = new();

    /// <summary>Puts the placement before Orleans' own, and before what else was put there.</summary>
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton(s => new BlockQueues(new Lazy<IClusterMembershipService>(s.GetRequiredService<IClusterMembershipService>)));
        services.AddSingleton<BlockQueueGrains>();
        services.AddSingleton<IConfigureGrainContextProvider>(s => s.GetRequiredService<BlockQueueGrains>());
        WrappedDirectors.Add(services, [typeof(PreferLocalPlacement), typeof(ResourceOptimizedPlacement)],
            static (inner, s) => new Director(inner, s.GetRequiredService<BlockQueues>()));
    }

    bool IConfigureGrainContextProvider.TryGetConfigurator(GrainType grainType, GrainProperties properties,
        [NotNullWhen(true)] out IConfigureGrainContext? configurator) =>
        (configurator = grainType.ToString() == QueueGrain ? this : null) is not null;

    void IConfigureGrainContext.Configure(IGrainContext context)
    {
        _here[context] = 0;
        context.Deactivated.ContinueWith(_ => _here.TryRemove(context, out var _), TaskScheduler.Default).Ignore();
    }

    /// <summary>Migrates each queue's grain of this silo whose queue another silo has now.</summary>
    public void Follow()
    {
        foreach (var grain in _here.Keys)
        {
            if (queues.OwnerOf(BlockQueues.QueueOf(grain.GrainId.GetGuidKey())) is { } owner && !owner.Equals(silo.SiloAddress))
                grain.Migrate(new() { [IPlacementDirector.PlacementHintKey] = owner });
        }
    }

    private sealed class Director(IPlacementDirector inner, BlockQueues queues) : IPlacementDirector
    {
        public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context) =>
            QueueOf(target.GrainIdentity) is { } queue && queues.OwnerOf(queue) is { } owner
            && context.GetCompatibleSilos(target).Contains(owner)
                ? Task.FromResult(owner) : inner.OnAddActivation(strategy, target, context);

        private uint? QueueOf(GrainId grain) => grain.Type.ToString() switch
        {
            QueueGrain => BlockQueues.QueueOf(grain.GetGuidKey()),
            Feed => queues.QueueOf(grain.Key.ToString()!),
            _ => null,
        };
    }
}
