using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Granary.Cluster.Grains.Placement;

/// <summary>Placement directors that are put before those that are registered.</summary>
internal static class WrappedDirectors
{
    /// <param name="strategies">The types of strategies whose directors are wrapped.</param>
    /// <param name="wrap">Makes a director that knows the one that it is put before.</param>
    public static void Add(IServiceCollection services, IEnumerable<Type> strategies,
        Func<IPlacementDirector, IServiceProvider, IPlacementDirector> wrap)
    {
        foreach (var strategy in strategies)
        {
            var own = services.Last(d => d.IsKeyedService && d.ServiceType == typeof(IPlacementDirector) && strategy.Equals(d.ServiceKey));
            services.Remove(own);
            services.AddKeyedSingleton<IPlacementDirector>(strategy, (s, key) =>
                wrap(own.KeyedImplementationFactory is { } make ? (IPlacementDirector)make(s, key)
                    : (IPlacementDirector)ActivatorUtilities.CreateInstance(s, own.KeyedImplementationType!), s));
        }
    }
}
