using System.Text;

namespace Granary.Recompute.Tests.Running;

/// <summary>A CSV file with a header (RFC 4180), as rows by column name.</summary>
internal sealed class CsvTable
{
    private readonly Dictionary<string, int> _columns;

    private CsvTable(List<string[]> rows)
    {
        _columns = rows[0].Select((name, index) => (name, index)).ToDictionary(c => c.name, c => c.index, StringComparer.Ordinal);
        Rows = rows[1..];
    }

    public List<string[]> Rows { get; }

    public IEnumerable<string> Columns => _columns.Keys;

    public static CsvTable Read(string path) => new([.. File.ReadLines(path).Where(l => l.Length > 0).Select(Split)]);

    public string Text(string[] row, string column) => row[_columns[column]];

    public double Number(string[] row, string column) => Text(row, column) is { Length: > 0 } text ? double.Parse(text) : double.NaN;

    public DateTime Time(string[] row, string column) =>
        DateTimeOffset.Parse(Text(row, column), null, System.Globalization.DateTimeStyles.AssumeUniversal).UtcDateTime;

    private static string[] Split(string line)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quoted && c == '"' && i + 1 < line.Length && line[i + 1] == '"') cell.Append(line[i++]);
            else if (c == '"') quoted = !quoted;
            else if (c == ',' && !quoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else cell.Append(c);
        }
        cells.Add(cell.ToString());
        return [.. cells];
    }
}
