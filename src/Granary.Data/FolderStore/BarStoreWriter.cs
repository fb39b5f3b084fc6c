using System.Runtime.InteropServices;
using Granary.Data.Files;
using Granary.Data.Reading;
using Granary.Data.Text;
using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Data.FolderStore;

/// <summary>Writes a bar file as bars arrive, oldest first. The file becomes visible with <see cref="Commit"/>.</summary>
internal sealed class BarStoreWriter : IDisposable
{
    private readonly string _path;
    private readonly AtomicFile _file;
    private readonly bool _withAdjusted;
    private readonly Timeframe _timeframe;
    private readonly int _headerLength;
    private readonly ContentHasher _raw = new(), _adjusted = new();
    private readonly List<uint> _checksums = [];
    private readonly BarColumns _segment;
    private readonly byte[] _bytes;
    private long _count, _first, _last = long.MinValue;

    public BarStoreWriter(string path, Instrument instrument, Timeframe timeframe, bool withAdjusted, PermittedFiles? files = null)
    {
        _path = path;
        _withAdjusted = withAdjusted;
        _timeframe = timeframe;
        _segment = new BarColumns(BarStoreHeader.SegmentSize, withAdjusted);
        _bytes = new byte[BarStoreHeader.SegmentSize * BarColumns.BytesPerBar(withAdjusted)];
        _headerLength = BarStoreHeader.LengthFor(instrument);
        _file = FileFaults.Create(path, files);
        _file.Stream.SetLength(_headerLength);
        _file.Stream.Position = _headerLength;
    }

    /// <summary>The hash of all bars that will be appended if it is known; null = it is computed.</summary>
    public string? RawHash { get; init; }

    public void Append(BarColumns bars, int start, int count)
    {
        while (count > 0)
        {
            var n = Math.Min(count, BarStoreHeader.SegmentSize - _segment.Count);
            _segment.Append(bars, start, n);
            start += n;
            count -= n;
            if (_segment.Count == BarStoreHeader.SegmentSize) WriteSegment();
        }
    }

    private void WriteSegment()
    {
        var n = _segment.Count;
        if (_count == 0) _first = _segment.Time[0];
        foreach (var time in _segment.Time.AsSpan(0, n))
        {
            if (time <= _last) throw new InvalidOperationException("bars must be appended in strict order of time");
            _last = time;
        }
        var at = 0;
        void Put(ReadOnlySpan<byte> column)
        {
            column.CopyTo(_bytes.AsSpan(at));
            at += column.Length;
        }
        Put(MemoryMarshal.AsBytes(_segment.Time.AsSpan(0, n)));
        foreach (var column in new[] { _segment.Open, _segment.High, _segment.Low, _segment.Close, _segment.Volume })
            Put(MemoryMarshal.AsBytes(column.AsSpan(0, n)));
        if (_withAdjusted) Put(MemoryMarshal.AsBytes(_segment.Adjusted.AsSpan(0, n)));
        _checksums.Add(Crc32C.Append(0, _bytes.AsSpan(0, at)));
        Write(_bytes.AsSpan(0, at));
        if (RawHash is null) _raw.Append(_segment);
        if (_withAdjusted)
        {
            _segment.Adjust();
            _adjusted.Append(_segment);
        }
        _count += n;
        _segment.Count = 0;
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _file.Stream.Write(bytes);
        }
        catch (IOException e)
        {
            throw FileFaults.Writing(_path, e);
        }
    }

    /// <summary>Writes the header and makes the file visible.</summary>
    public BarStoreHeader Commit(Instrument instrument)
    {
        if (_segment.Count > 0) WriteSegment();
        var table = MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_checksums));
        Write(table);
        var raw = RawHash ?? _raw.Finish();
        var header = new BarStoreHeader
        {
            Instrument = instrument,
            Timeframe = _timeframe,
            Count = _count,
            HasAdjusted = _withAdjusted,
            FirstTime = _first,
            LastTime = _last,
            RawHash = raw,
            AdjustedHash = _withAdjusted ? _adjusted.Finish() : raw,
            TableChecksum = Crc32C.Append(0, table),
        };
        var bytes = header.ToBytes();
        if (bytes.Length != _headerLength)
            throw new InvalidOperationException("the instrument changed its size while its bars were written");
        try
        {
            _file.Stream.Position = 0;
            _file.Stream.Write(bytes);
        }
        catch (IOException e)
        {
            throw FileFaults.Writing(_path, e);
        }
        _file.Commit();
        return header;
    }

    public void Dispose()
    {
        _file.Dispose();
        _raw.Dispose();
        _adjusted.Dispose();
    }
}
