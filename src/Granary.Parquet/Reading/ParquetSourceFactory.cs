using Granary.Data.BarFiles;
using Granary.Data.Sources;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Parquet.Reading;

/// <summary>Opens Parquet files: one file, a folder with a file for each symbol, or a folder of partitions.</summary>
[BarSource(Address.Parquet, Form = "parquet:DIR")]
public sealed class ParquetSourceFactory : IBarSourceFactory
{
    public IBarSource Open(BarSourceRequest request) => request.Address is { Rest.Length: > 0, Path: { } path }
        ? CsvBarSource.OfTables(path, request.Options with { Files = request.Address.Files }, new ParquetTableFormat())
        : throw new BarDataException($"source: '{request.Address}' names no file or folder; write parquet:DIR");
}
