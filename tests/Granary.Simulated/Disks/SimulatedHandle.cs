using Granary.Simulated.Kernel;
using Granary.Storage.Files;

namespace Granary.Simulated.Disks;

/// <summary>A file that a process has open on a simulated disk.</summary>
internal sealed class SimulatedHandle(SimulatedDisk disk, SimulatedProcess owner, string path, SimulatedFile file, bool isExclusive)
    : DiskFile
{
    private long _position;
    private bool _isClosed;

    public SimulatedProcess Owner => owner;

    public bool IsExclusive => isExclusive;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => Open().Length;

    public override long Position
    {
        get => _position;
        set => _position = value;
    }

    public override int ReadAt(Span<byte> bytes, long offset) => Open().Read(bytes, offset);

    public override void WriteAt(ReadOnlySpan<byte> bytes, long offset)
    {
        Open();
        disk.Write(owner, path, file, bytes, offset);
    }

    public override void Flush(bool flushToDisk)
    {
        Open();
        if (flushToDisk) disk.Flush(owner, path, file);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var n = ReadAt(buffer, _position);
        _position += n;
        return n;
    }

    public override long Seek(long offset, SeekOrigin origin) => _position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => _position,
        _ => Length,
    };

    public override void SetLength(long value)
    {
        Open();
        disk.SetLength(owner, path, file, value);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        WriteAt(buffer, _position);
        _position += buffer.Length;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return default;
    }

    protected override void Dispose(bool disposing)
    {
        _isClosed = true;
        file.Handles.Remove(this);
        base.Dispose(disposing);
    }

    private SimulatedFile Open()
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        disk.DemandAlive(owner);
        return file;
    }
}
