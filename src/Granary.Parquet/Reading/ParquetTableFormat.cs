using Granary.Data.Tables;
using Granary.Storage.Files;

namespace Granary.Parquet.Reading;

/// <summary>Apache Parquet.</summary>
[TableFormat("parquet")]
internal sealed class ParquetTableFormat : ITableFormat
{
    public IReadOnlyList<string> Extensions { get; } = [".parquet", ".parq", ".pq"];

    // PARE is a file with an encrypted footer.
    public bool Recognises(ReadOnlySpan<byte> start) => start.SequenceEqual("PAR1"u8) || start.SequenceEqual("PARE"u8);

    public ITableFile Open(string path, PermittedFiles files) => ParquetTableFile.Open(path, files);
}
