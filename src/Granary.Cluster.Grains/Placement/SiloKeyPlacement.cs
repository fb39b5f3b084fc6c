using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Granary.Cluster.Grains.Placement;

/// <summary>Places a grain on the silo whose address is its key, or the end of it behind a <c>|</c>, and nowhere else.</summary>
[Serializable, GenerateSerializer, Immutable, Alias("granary.SiloKeyPlacement")]
internal sealed class SiloKeyPlacement : PlacementStrategy
{
    internal static SiloKeyPlacement Singleton { get; } = new();
}

[AttributeUsage(AttributeTargets.Class)]
internal sealed class SiloKeyPlacementAttribute() : PlacementAttribute(SiloKeyPlacement.Singleton);

internal sealed class SiloKeyPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var key = target.GrainIdentity.Key.ToString()!;
        var silo = SiloAddress.FromParsableString(key[(key.LastIndexOf('|') + 1)..]);
        return context.GetCompatibleSilos(target).Contains(silo)
            ? Task.FromResult(silo)
            : throw new SiloUnavailableException($"{silo} is not in the cluster any more");
    }
}
