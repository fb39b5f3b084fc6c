using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Storage;

namespace Granary.Cluster.Grains;

/// <summary>
/// Lets only faults of <see cref="GrainFaults.Of"/> leave the storage of grain states. A state is read before its grain is active: Orleans
/// sends such a fault to the caller itself, and no filter of calls sees it.
/// </summary>
internal sealed class GrainStorageFaults(IGrainStorage storage) : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>Puts itself before every storage that is registered.</summary>
    public static void Add(IServiceCollection services)
    {
        for (var i = 0; i < services.Count; i++)
            if (services[i] is { IsKeyedService: true, KeyedImplementationFactory: { } make } own
                && own.ServiceType == typeof(IGrainStorage))
                services[i] = ServiceDescriptor.KeyedSingleton<IGrainStorage>(own.ServiceKey,
                    (provider, key) => new GrainStorageFaults((IGrainStorage)make(provider, key)));
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WithoutForeignAsync(() => storage.ReadStateAsync(stateName, grainId, grainState));

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WithoutForeignAsync(() => storage.WriteStateAsync(stateName, grainId, grainState));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WithoutForeignAsync(() => storage.ClearStateAsync(stateName, grainId, grainState));

    public void Participate(ISiloLifecycle observer) => (storage as ILifecycleParticipant<ISiloLifecycle>)?.Participate(observer);

    private static async Task WithoutForeignAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (!GrainFaults.Crosses(e))
        {
            throw GrainFaults.Of(e);
        }
    }
}
