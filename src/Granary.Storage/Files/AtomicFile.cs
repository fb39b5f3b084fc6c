using System.Text;

namespace Granary.Storage.Files;

/// <summary>
/// Writes a file under a different name, flushes it to the disk and renames it: readers see the old file or the new one, never a part.
/// </summary>
/// <remarks>
/// If it is disposed without <see cref="Commit"/>, the old file is unchanged. A leftover of a crash begins with a dot and ends in
/// <c>.tmp</c>.
/// </remarks>
internal sealed class AtomicFile : IDisposable
{
    /// <summary>Unix permissions of a file with secrets: only its owner reads it.</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // Another writer holds the file only briefly. Other faults of the disk are reported after this time too.
    private static readonly TimeSpan s_longestTurn = TimeSpan.FromMinutes(1);

    private readonly string _path, _temporary, _target;
    private readonly OpenFolder _folder;
    private readonly Func<string, Exception, Exception>? _fault;
    private readonly Disk _disk;
    private DiskFile? _stream;

    /// <param name="path">The file to write; its folder must exist.</param>
    /// <param name="fault">
    /// Creates the exception if the path cannot be written; null throws the exception of the operating system.
    /// </param>
    /// <param name="mode">Unix permissions of the file; null = the process's default.</param>
    /// <param name="files">Where files may be written; null = everywhere.</param>
    public AtomicFile(string path, Func<string, Exception, Exception>? fault = null, UnixFileMode? mode = null,
        PermittedFiles? files = null)
    {
        _path = path;
        _fault = fault;
        files ??= PermittedFiles.All;
        _disk = files.Disk;
        try
        {
            _folder = files.OpenFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
            _target = Path.Combine(_folder.Path, Path.GetFileName(path));
            _temporary = Path.Combine(_folder.Path, $".{Path.GetFileName(path)}.{_disk.RandomName()}.tmp");
            _stream = _disk.Open(_temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, mode, bufferSize: 1 << 16);
        }
        catch (Exception e)
        {
            _folder?.Dispose();
            if (fault is null || e is not (IOException or UnauthorizedAccessException)) throw;
            throw fault(path, e);
        }
    }

    public DiskFile Stream => _stream ?? throw new ObjectDisposedException(_path);

    /// <summary>Replaces the file with a text in UTF-8 with LF line endings.</summary>
    public static void Write(string path, Action<TextWriter> write) => Write(path, (Stream stream) =>
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16,
            leaveOpen: true)
        { NewLine = "\n" };
        write(writer);
    });

    /// <summary>Replaces the file with the content that is written to the stream.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        using var file = new AtomicFile(path);
        write(file.Stream);
        file.Commit();
    }

    /// <summary>Replaces the file with these bytes.</summary>
    /// <param name="mode">Unix permissions of the file; null = the process's default.</param>
    /// <param name="files">Where files may be written; null = everywhere.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode? mode = null, PermittedFiles? files = null)
    {
        using var file = new AtomicFile(path, mode: mode, files: files);
        file.Stream.Write(content);
        file.Commit();
    }

    /// <summary>
    /// Creates a file with these bytes if it does not exist; of several concurrent writers, also in other processes, one succeeds.
    /// </summary>
    /// <returns>False if the file exists; it is not changed.</returns>
    /// <param name="mode">Unix permissions of the file; null = the process's default.</param>
    /// <param name="disk">The disk of the file; null = the operating system's.</param>
    public static bool TryCreate(string path, ReadOnlySpan<byte> content, UnixFileMode? mode = null, Disk? disk = null)
    {
        disk ??= Disk.Real;
        // The framework's move without overwriting first checks and then renames, so two writers could both succeed.
        var turns = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, ".create.lock");
        using var turn = ExclusiveFile.Open(turns, s_longestTurn, disk.Files);
        if (disk.FileExists(path)) return false;
        using var file = new AtomicFile(path, mode: mode, files: disk.Files);
        file.Stream.Write(content);
        file.Commit();
        return true;
    }

    /// <inheritdoc cref="Write(string, ReadOnlySpan{byte}, UnixFileMode?, PermittedFiles?)"/>
    public static async Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default,
        UnixFileMode? mode = null, PermittedFiles? files = null)
    {
        using var file = new AtomicFile(path, mode: mode, files: files);
        await file.Stream.WriteAsync(content, cancellationToken).ConfigureAwait(false);
        file.Commit();
    }

    /// <summary>Returns the leftovers of crashed writes in a folder, each with the name of the file that it would have replaced.</summary>
    public static IEnumerable<(string Path, string Target)> LeftoversIn(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, ".*.tmp"))
            // A dot, the name, and a random name with one dot: .results.json.k2j3n4ab.x1z.tmp
            if (Path.GetFileName(path)[1..^".tmp".Length].Split('.') is [.. var name, { Length: 8 }, { Length: 3 }] && name.Length > 0)
                yield return (path, string.Join('.', name));
    }

    /// <summary>Replaces the file with the written content. If that fails, the old file is unchanged.</summary>
    /// <remarks>
    /// There is one exception: if only the last sync of the folder fails, readers see the new file, and a power cut may bring back the old
    /// one.
    /// </remarks>
    /// <param name="flush">Whether the file must survive a power failure.</param>
    public void Commit(bool flush = true)
    {
        try
        {
            Stream.Flush(flushToDisk: flush);
            Stream.Dispose();
            _stream = null;
            _disk.Rename(_temporary, _target);
            if (flush) _disk.SyncFolder(_folder.Path);
            _folder.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The stream may already be closed; the temporary file is deleted.
            Discard();
            if (_fault is null) throw;
            throw _fault(_path, e);
        }
    }

    public void Dispose()
    {
        if (_stream is not null) Discard();
    }

    private void Discard()
    {
        try
        {
            _stream?.Dispose();
        }
        catch (IOException)
        {
            // The disk is full, and closing fails because it flushes again. The file is deleted anyway.
        }
        _stream = null;
        try
        {
            _disk.Delete(_temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A leftover is never read, and the original fault is already being thrown.
        }
        _folder.Dispose();
    }
}
