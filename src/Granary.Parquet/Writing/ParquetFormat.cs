using Granary.Reporting.Tables;

namespace Granary.Parquet.Writing;

/// <summary>Tables as Parquet files.</summary>
[TableFormat("parquet")]
public sealed class ParquetFormat : ITableFormat
{
    public string Extension => ".parquet";

    public string MediaType => "application/vnd.apache.parquet";

    public bool IsStreamed => false;

    public bool NeedsWords => false;

    public RowWriter Open(Stream stream, IReadOnlyList<TableColumn> columns) => new ParquetRows(stream, columns);
}
