using Granary.Storage.Retries;

namespace Granary.Storage.Files;

/// <summary>
/// Opens a file for one holder at a time, over all processes: a lock file, or a file that is read and replaced in one turn. It is free
/// again when the stream is disposed of, or when the process ends.
/// </summary>
internal static class ExclusiveFile
{
    /// <summary>Whether an exception of <see cref="Open(string, PermittedFiles)"/> means that another holder has the file open.</summary>
    /// <param name="files">As at <see cref="Open(string, PermittedFiles)"/>.</param>
    public static bool IsInUse(Exception exception, string path, PermittedFiles? files = null) =>
        exception is IOException and not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException)
        && (files ?? PermittedFiles.All).Disk.FileExists(path);

    /// <summary>Opens the file, and creates it if it does not exist.</summary>
    /// <exception cref="IOException">Another holder has it open (<see cref="IsInUse"/>), or the disk fails.</exception>
    /// <exception cref="UnauthorizedAccessException">The user of this process may not write the file.</exception>
    /// <param name="files">The files that may be opened; null = all.</param>
    public static DiskFile Open(string path, PermittedFiles? files = null) => (files ?? PermittedFiles.All).OpenExclusive(path);

    /// <summary>Opens the file as <see cref="Open(string, PermittedFiles)"/> does; while another holder has it open, it waits.</summary>
    /// <param name="timeout">Time from the first attempt after which the last exception is thrown.</param>
    /// <param name="clock">For pauses and the timeout; null for the system's.</param>
    /// <param name="files">The files that may be opened; null = all.</param>
    public static Task<DiskFile> OpenAsync(string path, TimeSpan timeout, CancellationToken cancellationToken,
        TimeProvider? clock = null, PermittedFiles? files = null)
    {
        // A free file, which is the usual case, needs no policy: building one takes longer than opening a file.
        try
        {
            return Task.FromResult(Open(path, files));
        }
        catch (IOException e) when (IsInUse(e, path, files))
        {
            return RetryPolicies.FileInUse(x => IsInUse(x, path, files), timeout, clock)
                .RunAsync(_ => Task.FromResult(Open(path, files)), cancellationToken);
        }
    }

    /// <summary>As <see cref="OpenAsync"/>, for callers that cannot await; it blocks the thread.</summary>
    public static DiskFile Open(string path, TimeSpan timeout, PermittedFiles? files = null) =>
        RetryPolicies.FileInUse(e => IsInUse(e, path, files), timeout).Execute(() => Open(path, files));

    /// <summary>
    /// Appends bytes to an opened file. When the call returns they are on the disk, and so is what an earlier holder appended, which may
    /// have ended before its flush. If the call fails, the file has its former length again, so no later holder counts on the bytes.
    /// </summary>
    /// <param name="file">The stream of <see cref="Open(string, PermittedFiles)"/>; its position is not used.</param>
    /// <param name="bytes">Can be empty.</param>
    /// <param name="files">As at <see cref="Open(string, PermittedFiles)"/>.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Append(DiskFile file, string path, ReadOnlySpan<byte> bytes, PermittedFiles? files = null)
    {
        var length = file.Length;
        try
        {
            if (length == 0) (files ?? PermittedFiles.All).Disk.SyncPath(Path.GetDirectoryName(Path.GetFullPath(path))!);
            if (!bytes.IsEmpty) file.WriteAt(bytes, length);
            file.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Shorten(file, length);
            throw;
        }
    }

    private static void Shorten(DiskFile file, long length)
    {
        try
        {
            file.SetLength(length);
        }
        catch (IOException)
        {
            // The original fault is already being thrown.
        }
    }
}
