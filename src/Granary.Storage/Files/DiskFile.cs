namespace Granary.Storage.Files;

/// <summary>An open file of a <see cref="Disk"/>.</summary>
public abstract class DiskFile : Stream
{
    /// <summary>Reads bytes at a place; the stream's position and buffer are not used.</summary>
    /// <returns>The number of bytes; 0 at the end of the file.</returns>
    public abstract int ReadAt(Span<byte> bytes, long offset);

    /// <summary>Writes bytes at a place; the stream's position and buffer are not used.</summary>
    public abstract void WriteAt(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Passes buffered bytes to the operating system.</summary>
    /// <param name="flushToDisk">
    /// Whether to return only when the file's bytes, and the metadata to find them, survive a power cut.
    /// </param>
    /// <exception cref="IOException">The disk failed. It is unknown which of the last writes it has, and a second flush does not tell:
    /// write the bytes again.</exception>
    public abstract void Flush(bool flushToDisk);

    public override void Flush() => Flush(flushToDisk: false);
}
