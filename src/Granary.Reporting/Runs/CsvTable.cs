using System.Globalization;
using Granary.Reporting.Tables;

namespace Granary.Reporting.Runs;

/// <summary>
/// Writes a table as CSV: UTF-8, a header, \n at the end of each line, times and numbers as <see cref="RunText"/> has them.
/// </summary>
internal sealed class CsvTable : RowWriter
{
    private readonly TextWriter _writer;
    private bool _isFirst = true;

    /// <summary>Writes the header.</summary>
    /// <param name="writer">It is flushed, but not closed.</param>
    public CsvTable(TextWriter writer, IReadOnlyList<OutputColumn> columns)
    {
        _writer = writer;
        foreach (var column in columns)
        {
            Next();
            if (column.IsQuoted) Quoted(CsvText.Write(column.Name));
            else Cell(CsvText.Write(column.Name));
        }
        EndRow();
    }

    public override void Text(string? value)
    {
        Next();
        if (value is { Length: > 0 }) Cell(CsvText.Write(value));
    }

    public override void Number(double value)
    {
        Next();
        if (!double.IsFinite(value)) return;
        Span<char> text = stackalloc char[32];
        value.TryFormat(text, out var length, "R", CultureInfo.InvariantCulture);
        _writer.Write(text[..length]);
    }

    public override void Whole(long? value)
    {
        Next();
        if (value is not { } whole) return;
        Span<char> text = stackalloc char[20];
        whole.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        _writer.Write(text[..length]);
    }

    public override void Time(long? ticks)
    {
        Next();
        if (ticks is { } time) _writer.Write(RunText.Time(time));
    }

    public override void EndRow()
    {
        _writer.Write('\n');
        _isFirst = true;
    }

    public override void Complete() => _writer.Flush();

    private void Next()
    {
        if (!_isFirst) _writer.Write(',');
        _isFirst = false;
    }

    private void Cell(string text)
    {
        if (text.AsSpan().ContainsAny("\",\r\n") || text.Length > 0 && (text[0] == ' ' || text[^1] == ' ')) Quoted(text);
        else _writer.Write(text);
    }

    private void Quoted(string text)
    {
        _writer.Write('"');
        _writer.Write(text.Replace("\"", "\"\"", StringComparison.Ordinal));
        _writer.Write('"');
    }
}
