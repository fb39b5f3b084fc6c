using Granary.Reporting.Tables;

namespace Granary.Parquet.Writing;

/// <summary>Tables as Parquet files.</summary>
[OutputFormat("parquet")]
internal sealed class ParquetFormat : IOutputFormat
{
    public string Extension => ".parquet";

    public string MediaType => "application/vnd.apache.parquet";

    public bool NeedsWords => false;

    public RowWriter Open(Stream stream, IReadOnlyList<OutputColumn> columns) => new ParquetRows(stream, columns);
}
