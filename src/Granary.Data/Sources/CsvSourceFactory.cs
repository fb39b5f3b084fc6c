using Granary.Data.BarFiles;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Sources;

/// <summary>Opens folders of text files.</summary>
[BarSource(Address.Csv, Form = "csv:DIR")]
internal sealed class CsvSourceFactory : IBarSourceFactory
{
    public IBarSource Open(BarSourceRequest request) =>
        new CsvBarSource(SourceFolder.Of(request.Address), request.Options with { Files = request.Address.Files });
}
