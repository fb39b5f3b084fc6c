using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Granary.Cluster.Grains.Placement;

/// <summary>
/// Places a grain on the silo that the call names by a hint, else on the one that places it.
/// </summary>
[Serializable, GenerateSerializer, Immutable, Alias("granary.CallersSiloPlacement")]
public sealed class CallersSiloPlacement : PlacementStrategy
{
    internal static CallersSiloPlacement Singleton { get; } = new();

    /// <summary>
    /// Names a silo for the call that is made next in this flow; dispose of it behind the call, since it would flow on to others.
    /// </summary>
    internal static IDisposable On(SiloAddress silo)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
        return new Hint();
    }

    private sealed class Hint : IDisposable
    {
        public void Dispose() => RequestContext.Remove(IPlacementDirector.PlacementHintKey);
    }
}

[AttributeUsage(AttributeTargets.Class)]
internal sealed class CallersSiloPlacementAttribute() : PlacementAttribute(CallersSiloPlacement.Singleton);

internal sealed class CallersSiloPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var compatible = context.GetCompatibleSilos(target);
        return Task.FromResult(IPlacementDirector.GetPlacementHint(target.RequestContextData!, compatible)
            ?? (compatible.Contains(context.LocalSilo) ? context.LocalSilo : compatible[0]));
    }
}
