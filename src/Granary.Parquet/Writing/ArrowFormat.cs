using Granary.Reporting.Tables;

namespace Granary.Parquet.Writing;

/// <summary>Tables as Arrow files, which are also called Feather version 2.</summary>
[OutputFormat("arrow")]
internal sealed class ArrowFormat : IOutputFormat
{
    public string Extension => ".arrow";

    public string MediaType => "application/vnd.apache.arrow.file";

    public bool NeedsWords => true;

    public RowWriter Open(Stream stream, IReadOnlyList<OutputColumn> columns) => new ArrowRows(stream, columns, isFile: true);
}
