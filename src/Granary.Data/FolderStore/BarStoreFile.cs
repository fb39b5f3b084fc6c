using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Granary.Data.Files;
using Granary.Data.Reading;
using Granary.Data.Text;
using Granary.Engine.Market;
using Granary.Storage.Files;
using Microsoft.Win32.SafeHandles;

namespace Granary.Data.FolderStore;

/// <summary>
/// A bar file mapped into memory. Opening checks its header and length. Each segment is checked against its checksum when it is first read.
/// </summary>
internal sealed unsafe class BarStoreFile : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly bool[] _verified;
    private int _disposed;

    private BarStoreFile(string path, PermittedFiles? files)
    {
        Path = path;
        try
        {
            var stream = (files ?? PermittedFiles.All).OpenRead(path, bufferSize: 0);
            _file = stream.SafeFileHandle;
            var length = Length = stream.Length;
            if (length < 4096)
            {
                stream.Dispose();
                throw Corrupt(length == 0 ? "it is empty" : "it is cut off");
            }
            _map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None,
                leaveOpen: false);
            _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
            var header = BarStoreHeader.Parse(new ReadOnlySpan<byte>(_start, (int)Math.Min(length, 1 << 20)), length, out var fault);
            var table = header is null ? [] : new ReadOnlySpan<byte>(_start + header.TableOffset, checked((int)header.Segments * 4));
            if (header is not null && Crc32C.Append(0, table) != header.TableChecksum) fault = "its table of checksums is damaged";
            if (fault is not null)
            {
                Dispose();
                throw Corrupt(fault);
            }
            Header = header!;
            _verified = new bool[Header.Segments];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFaults.Reading(path, e);
        }
    }

    public string Path { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; }

    public BarStoreHeader Header { get; }

    /// <param name="files">The files that may be opened; null = all.</param>
    /// <exception cref="BarDataException">The file does not exist, is damaged, or is not permitted.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static BarStoreFile Open(string path, PermittedFiles? files = null) => new(path, files);

    public int CountOf(long segment) => (int)Math.Min(BarStoreHeader.SegmentSize, Header.Count - segment * BarStoreHeader.SegmentSize);

    /// <summary>Appends bars of one segment to <paramref name="target"/>.</summary>
    /// <exception cref="BarDataException">The segment is damaged.</exception>
    public void Read(long segment, int start, int count, BarColumns target)
    {
        var n = CountOf(segment);
        var p = Verified(segment);
        var at = target.Count;
        Copy<long>(p, n, 0, start, target.Time.AsSpan(at, count));
        Copy<double>(p, n, 1, start, target.Open.AsSpan(at, count));
        Copy<double>(p, n, 2, start, target.High.AsSpan(at, count));
        Copy<double>(p, n, 3, start, target.Low.AsSpan(at, count));
        Copy<double>(p, n, 4, start, target.Close.AsSpan(at, count));
        Copy<double>(p, n, 5, start, target.Volume.AsSpan(at, count));
        if (target.Adjusted is not null) Copy<double>(p, n, 6, start, target.Adjusted.AsSpan(at, count));
        for (var f = 0; f < target.Further.Length; f++)
            Copy<double>(p, n, Array.IndexOf(Header.Further, target.FurtherNames![f]) + (Header.HasAdjusted ? 7 : 6), start,
                target.Further[f].AsSpan(at, count));
        target.Count = at + count;
        DemandWhole();
    }

    private static void Copy<T>(byte* segment, int barsInSegment, int column, int start, Span<T> target) where T : unmanaged =>
        new ReadOnlySpan<T>(segment + (column * (long)barsInSegment + start) * 8, target.Length).CopyTo(target);

    /// <summary>The index of the first bar at or after <paramref name="time"/>; the count if there is none.</summary>
    public long Find(long time)
    {
        if (time <= Header.FirstTime) return 0;
        if (time > Header.LastTime) return Header.Count;
        long low = 0, high = Header.Segments - 1;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Times(middle)[^1] < time) low = middle + 1;
            else high = middle;
        }
        var within = Times(low).BinarySearch(time);
        return low * BarStoreHeader.SegmentSize + (within >= 0 ? within : ~within);
    }

    private ReadOnlySpan<long> Times(long segment) => new(Verified(segment), CountOf(segment));

    private byte* Verified(long segment)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        DemandWhole();
        var p = _start + Header.Length + segment * BarStoreHeader.SegmentSize * Header.BytesPerBar;
        if (Volatile.Read(ref _verified[segment])) return p;
        var bytes = new ReadOnlySpan<byte>(p, CountOf(segment) * Header.BytesPerBar);
        var expected = MemoryMarshal.Read<uint>(new ReadOnlySpan<byte>(_start + Header.TableOffset + segment * 4, 4));
        if (Crc32C.Append(0, bytes) != expected)
            throw Corrupt(
                $"the bars {segment * BarStoreHeader.SegmentSize + 1} to {segment * BarStoreHeader.SegmentSize + CountOf(segment)} do not "
                    + $"match their checksum");
        Volatile.Write(ref _verified[segment], true);
        return p;
    }

    // Access to a mapped page that another program has truncated would end the process.
    private void DemandWhole()
    {
        if (RandomAccess.GetLength(_file) < Header.FileLength) throw Corrupt("it was cut off while it was read");
    }

    private BarDataException Corrupt(string fault) =>
        BarDataException.At(Path, null, null, $"the bar file is damaged ({fault})", "delete it and import its bars again");

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        if (_start != null) _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view?.Dispose();
        _map?.Dispose();
        _file?.Dispose();
    }
}
