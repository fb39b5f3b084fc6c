using Granary.Engine.Market;

namespace Granary.Data.Files;

/// <summary>Writes a file under another name, flushes it to the disk and renames it: readers see the old file or the new one, never half of one.</summary>
internal sealed class AtomicFile : IDisposable
{
    private readonly string _path, _temporary;
    private FileStream? _stream;

    /// <exception cref="BarStoreException">The folder cannot be made or written.</exception>
    public AtomicFile(string path)
    {
        _path = path;
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        _temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Environment.ProcessId}-{Interlocked.Increment(ref _count)}.tmp");
        try
        {
            Directory.CreateDirectory(folder);
            _stream = new FileStream(_temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFaults.Writing(path, e);
        }
    }

    private static int _count;

    public FileStream Stream => _stream ?? throw new ObjectDisposedException(_path);

    /// <summary>Makes what was written the file.</summary>
    /// <exception cref="BarStoreException">The disk failed; the old file, if any, is as it was.</exception>
    public void Commit()
    {
        try
        {
            Stream.Flush(flushToDisk: true);
            Stream.Dispose();
            _stream = null;
            File.Move(_temporary, _path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFaults.Writing(_path, e);
        }
    }

    public void Dispose()
    {
        if (_stream is null) return;
        try
        {
            _stream.Dispose();
        }
        catch (IOException)
        {
            // The disk is full: closing flushes once more and fails once more. The file goes anyway.
        }
        _stream = null;
        try
        {
            File.Delete(_temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A leftover begins with a dot and is never read; the fault that led here is already on its way.
        }
    }
}
