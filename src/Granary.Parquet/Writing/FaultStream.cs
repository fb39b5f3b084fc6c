namespace Granary.Parquet.Writing;

/// <summary>A stream to write to that remembers the first fault. After it, nothing is written.</summary>
internal sealed class FaultStream(Stream stream) : Stream
{
    /// <summary>Null without a fault.</summary>
    public Exception? Fault { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => stream.CanSeek;

    public override bool CanWrite => true;

    public override long Length => stream.Length;

    public override long Position
    {
        get => stream.Position;
        set => stream.Position = value;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Fault is not null) throw new IOException(Fault.Message, Fault);
        try
        {
            stream.Write(buffer);
        }
        catch (Exception e)
        {
            Fault = e;
            throw;
        }
    }

    public override void Flush()
    {
        if (Fault is null) stream.Flush();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => stream.Seek(offset, origin);

    public override void SetLength(long value) => stream.SetLength(value);
}
