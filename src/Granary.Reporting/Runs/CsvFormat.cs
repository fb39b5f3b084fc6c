using System.Text;
using Granary.Reporting.Tables;

namespace Granary.Reporting.Runs;

/// <summary>Tables as CSV files.</summary>
internal sealed class CsvFormat : IOutputFormat
{
    public static CsvFormat Instance { get; } = new();

    public string Extension => ".csv";

    public string MediaType => "text/csv";

    public bool NeedsWords => false;

    public RowWriter Open(Stream stream, IReadOnlyList<OutputColumn> columns) =>
        new CsvTable(new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true), columns);
}
