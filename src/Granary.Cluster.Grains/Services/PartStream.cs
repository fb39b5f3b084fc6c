using Granary.Cluster.Batches;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Services;

/// <summary>A file that is read in parts.</summary>
internal sealed class PartStream(FilePart first, Func<long, Task<FilePart?>> next) : Stream
{
    private byte[] _part = first.Bytes;
    private int _at;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => first.Length;

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_at == _part.Length)
        {
            if (_position >= first.Length) return 0;
            _part = (await next(_position).ConfigureAwait(false))?.Bytes ?? throw new IOException("the file is gone");
            _at = 0;
            if (_part.Length == 0) throw new IOException("the file has become shorter");
        }
        var n = Math.Min(buffer.Length, _part.Length - _at);
        _part.AsMemory(_at, n).CopyTo(buffer);
        _at += n;
        _position += n;
        return n;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
