using System.Collections.Concurrent;
using Orleans.GrainDirectory;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Placement;

/// <summary>
/// Directory of the grains that only their own silo calls. Each silo keeps its own activations, so a registration costs no message,
/// and the loss of another silo affects none of them.
/// </summary>
internal sealed class SiloDirectory : IGrainDirectory
{
    /// <summary>Name that a grain class refers to.</summary>
    public const string Name = "silo";

    private readonly ConcurrentDictionary<GrainId, GrainAddress> _here = new();

    public Task<GrainAddress?> Register(GrainAddress address) => Register(address, null);

    public Task<GrainAddress?> Register(GrainAddress address, GrainAddress? previousAddress)
    {
        var known = _here.AddOrUpdate(address.GrainId, static (_, own) => own.Address, static (_, before, own) =>
            own.Previous is { } previous && previous.Matches(before) ? own.Address : before, (Address: address, Previous: previousAddress));
        return Task.FromResult<GrainAddress?>(known);
    }

    public Task Unregister(GrainAddress address)
    {
        if (_here.TryGetValue(address.GrainId, out var known) && known.Matches(address))
            _here.TryRemove(KeyValuePair.Create(address.GrainId, known));
        return Task.CompletedTask;
    }

    public Task<GrainAddress?> Lookup(GrainId grainId) => Task.FromResult(_here.GetValueOrDefault(grainId));

    public Task UnregisterSilos(List<SiloAddress> siloAddresses) => Task.CompletedTask;
}
