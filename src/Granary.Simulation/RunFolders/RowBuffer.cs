using Granary.Reporting.Runs;
using Granary.Reporting.Tables;

namespace Granary.Simulation.RunFolders;

/// <summary>Rows of a list that grows, in memory as CSV text. Where the text gets too long, its older half goes. Not thread-safe.</summary>
/// <param name="name">Names the list in messages.</param>
/// <param name="most">The longest text, bytes.</param>
internal sealed class RowBuffer<T>(string name, TableDefinition<T> table, int most) : IDisposable
{
    private MemoryStream _stream = new();
    private RowWriter? _writer;
    private RowText? _text;

    /// <summary>Adds a row after all others.</summary>
    public void Add(T row)
    {
        _writer ??= CsvFormat.Instance.Open(_stream, table.Columns);
        table.Write(_writer, row);
        _text = null;
        // The writer keeps some rows back.
        if (_stream.Length > most) Halve();
    }

    /// <summary>Returns the rows of now; later ones do not change it.</summary>
    public RowText Text()
    {
        if (_text is not null) return _text;
        _writer ??= CsvFormat.Instance.Open(_stream, table.Columns);
        _writer.Complete();
        // A longer text is written behind this one, or into another array.
        return _text = RowText.Of(name, _stream.GetBuffer(), (int)_stream.Length);
    }

    public void Dispose()
    {
        _writer?.Dispose();
        _stream.Dispose();
    }

    private void Halve()
    {
        _writer!.Complete();
        ReadOnlySpan<byte> all = _stream.GetBuffer().AsSpan(0, (int)_stream.Length);
        var half = all[(all.Length / 2)..];
        half = half[(half.IndexOf((byte)'\n') + 1)..];
        var stream = new MemoryStream();
        _writer.Dispose();
        _writer = CsvFormat.Instance.Open(stream, table.Columns);
        _writer.Complete();
        stream.Write(half);
        _stream = stream;
    }
}
