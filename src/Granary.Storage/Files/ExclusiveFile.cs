using Granary.Storage.Retries;

namespace Granary.Storage.Files;

/// <summary>
/// Opens a file for one holder at a time, over all processes: a lock file, or a file that is read and replaced in one turn. It is free
/// again when the stream is disposed of, or when the process ends.
/// </summary>
public static class ExclusiveFile
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
    /// Makes the name of an opened file survive a power cut, if the file is empty. It is called before the first bytes are appended, so
    /// that a failed call is repeated by the next append.
    /// </summary>
    public static void PrepareAppend(DiskFile file, string path, PermittedFiles? files = null)
    {
        if (file.Length == 0) (files ?? PermittedFiles.All).Disk.SyncPath(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}
