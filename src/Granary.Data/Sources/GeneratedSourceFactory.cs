using Granary.Data.Synthetic;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Sources;

/// <summary>Generates markets from a description.</summary>
[BarSource(Address.Generated, Form = "generated:…")]
internal sealed class GeneratedSourceFactory : IBarSourceFactory
{
    public IBarSource Open(BarSourceRequest request) => GeneratedBarSource.Of(request.Address);
}
