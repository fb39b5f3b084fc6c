using Granary.Data.FolderStore;
using Granary.Data.Stores;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Sources;

/// <summary>Opens stores in a folder.</summary>
[BarStore(Address.Store)]
internal sealed class FolderStoreFactory : IBarStoreFactory
{
    public IBarStore Open(Address address) => address is { Rest.Length: > 0, Path: { } folder }
        ? new FolderBarStore(folder, address.Files)
        : throw new BarDataException($"--store {address}: it names no folder; write store:DIR");
}
