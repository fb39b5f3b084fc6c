using System.Buffers;
using Granary.Data.Files;
using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>Reads the files of a market once, piece by piece.</summary>
internal sealed class BarFileReader : IDisposable
{
    private const int PieceSize = 256 << 10;
    private const int LongestLine = 1 << 20;

    private readonly IReadOnlyList<BarFilePart> _parts;
    private readonly BarFileOptions _options;
    private readonly Action<RowFault>? _onFault;
    // Rented, so that opening thousands of small files does not fill the large object heap.
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(PieceSize + 1);
    private int _capacity = PieceSize + 1;
    private int _part = -1, _have;
    private bool _start;
    private long _nuls;
    private Stream? _stream;
    private BarTextParser? _parser;
    // The parser if the part is a typed table, which has no text.
    private TableParser? _table;

    public BarFileReader(IReadOnlyList<BarFilePart> parts, BarCollector collector, BarFileOptions options, Action<RowFault>? onFault = null)
    {
        _parts = parts;
        _options = options;
        _onFault = onFault;
        Collector = collector;
        collector.AllowsNegative = options.AllowsNegative;
    }

    public BarCollector Collector { get; }

    public bool DatesStayAmbiguous { get; private set; }

    /// <summary>The earliest and the latest year that were written with two digits; null if none was.</summary>
    public (int First, int Last)? ShortYears { get; private set; }

    /// <summary>Notes on skipped lines.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>The number of uncompressed bytes read.</summary>
    public long Bytes { get; private set; }

    /// <summary>Reads the next piece; its bars are in <see cref="BarCollector.Completed"/>.</summary>
    /// <returns>False at the end.</returns>
    public bool Next() => FileFaults.Guarded(_parts[Math.Clamp(_part, 0, _parts.Count - 1)].File.DisplayName, Read);

    private bool Read()
    {
        if (_stream is null && _table is null)
        {
            if (++_part >= _parts.Count)
            {
                Collector.Finish();
                return false;
            }
            Begin(_parts[_part]);
        }

        if (_table is not null)
        {
            if (!_table.Next()) EndPart();
            return true;
        }

        // One byte is reserved for a line feed that the last line may not have.
        var (n, before) = (0, _have);
        while (_have < _capacity - 1 && (n = _stream!.Read(_buffer, _have, _capacity - 1 - _have)) > 0)
        {
            _have += n;
            Bytes += n;
        }
        var last = n == 0 && _have < _capacity - 1;
        CutNuls(before);
        var skip = 0;
        if (_start)
        {
            _start = false;
            if (_buffer.AsSpan(0, _have).StartsWith("\uFEFF"u8)) skip = 3;
        }
        if (last && _have > 0 && _buffer[_have - 1] != '\n') _buffer[_have++] = (byte)'\n';
        var used = skip + _parser!.Parse(_buffer.AsSpan(skip, _have - skip), last);
        if (last)
        {
            EndPart();
            return true;
        }
        _have -= used;
        if (used > 0)
        {
            Array.Copy(_buffer, used, _buffer, 0, _have);
        }
        else if (_have == _capacity - 1)
        {
            Lengthen();
        }
        return true;
    }

    private void Begin(BarFilePart part)
    {
        Collector.WindowFrom = part.WindowFrom;
        Collector.WindowTo = part.WindowTo;
        _parser = part.Layout.CreateParser(part.File, Collector, _options, _onFault);
        _table = _parser as TableParser;
        if (_table is null) _stream = part.File.OpenRead();
        (_have, _nuls, _start) = (0, 0, true);
    }

    // The buffer holds no whole line.
    private void Lengthen()
    {
        if (_capacity > LongestLine)
            throw BarDataException.At(_parts[_part].File.DisplayName, null, null,
                "a line is longer than a million characters, so this is not a bar file", "name a CSV with one bar a line");
        var longer = ArrayPool<byte>.Shared.Rent(_capacity * 2);
        _buffer.AsSpan(0, _have).CopyTo(longer);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = longer;
        _capacity *= 2;
    }

    // A program that was killed while it wrote leaves NUL bytes at the end of its file.
    private void CutNuls(int before)
    {
        if (_have == before) return;
        if (_nuls > 0 && _buffer.AsSpan(before, _have - before).IndexOfAnyExcept((byte)0) >= 0)
            throw BarDataException.At(_parts[_part].File.DisplayName, null, null, "NUL bytes stand between the rows",
                "download or export it again");
        var rows = _buffer.AsSpan(0, _have).TrimEnd((byte)0).Length;
        _nuls += _have - rows;
        _have = rows;
    }

    private void EndPart()
    {
        if (_nuls > 0)
            Notes.Add($"{_nuls} NUL bytes at the end of the file were passed over, as a program leaves them that is stopped while it "
                + "writes: the last row may be cut off, and rows may be missing");
        if (_parser!.ShortYears is { } years)
            ShortYears = ShortYears is { } known ? (Math.Min(known.First, years.First), Math.Max(known.Last, years.Last)) : years;
        _parser!.Finish();
        DatesStayAmbiguous |= _parser.DatesStayAmbiguous;
        if (_parser.Remark is { } remark)
            Notes.Add($"'{(remark.Text.Length > 80 ? remark.Text[..80] + "…" : remark.Text)}' in line {remark.Line} is not a row and was "
                + "passed over");
        _stream?.Dispose();
        _stream = null;
        Bytes += _table?.Bytes ?? 0;
        _table?.Dispose();
        _table = null;
    }

    public void Dispose()
    {
        _stream?.Dispose();
        _table?.Dispose();
        if (_capacity == 0) return;
        _capacity = 0;
        ArrayPool<byte>.Shared.Return(_buffer);
    }
}
