using Granary.Data.FolderStore;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Sources;

/// <summary>Opens folders of bar files.</summary>
[BarSource(Address.Store, Form = "store:DIR")]
internal sealed class StoreSourceFactory : IBarSourceFactory
{
    public IBarSource Open(BarSourceRequest request) =>
        new StoreBarSource(SourceFolder.Of(request.Address), request.Options.Adjust, request.Address.Files);
}
