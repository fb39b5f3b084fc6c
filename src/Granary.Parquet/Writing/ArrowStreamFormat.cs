using Granary.Reporting.Tables;

namespace Granary.Parquet.Writing;

/// <summary>Tables as Arrow streams, which a reader uses while they arrive.</summary>
[OutputFormat("arrow-stream")]
internal sealed class ArrowStreamFormat : IOutputFormat
{
    public string Extension => ".arrows";

    public string MediaType => "application/vnd.apache.arrow.stream";

    public bool NeedsWords => true;

    public RowWriter Open(Stream stream, IReadOnlyList<OutputColumn> columns) => new ArrowRows(stream, columns, isFile: false);
}
