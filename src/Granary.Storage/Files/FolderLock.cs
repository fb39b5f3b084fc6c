using System.Globalization;
using System.Text;

namespace Granary.Storage.Files;

/// <summary>Exclusive lock of a folder: a file that the operating system keeps locked while the process lives.</summary>
internal sealed class FolderLock : IDisposable
{
    private readonly DiskFile _file;

    private FolderLock(DiskFile file) => _file = file;

    /// <summary>Takes the lock, and writes its holder to a file.</summary>
    /// <param name="folder">Created if missing.</param>
    /// <param name="name">
    /// The name of the lock file. A second file beside it names the holder and can be read while this one is locked.
    /// </param>
    /// <param name="holder">Name of the holder; the process, the machine and the time are added.</param>
    /// <param name="fault">Creates the exception if another process has the lock, from the name of that holder.</param>
    /// <param name="disk">The disk of the folder; null = the operating system's.</param>
    public static FolderLock Take(string folder, string name, string holder, TimeProvider clock, Func<string, Exception> fault,
        Disk? disk = null)
    {
        disk ??= Disk.Real;
        disk.CreateFolder(folder);
        var path = Path.Combine(folder, name);
        var who = path + ".holder";
        DiskFile file;
        try
        {
            file = ExclusiveFile.Open(path, disk.Files);
        }
        catch (IOException e) when (ExclusiveFile.IsInUse(e, path, disk.Files))
        {
            throw fault(Read(disk, who) is { Length: > 0 } other ? other : "another process");
        }
        try
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{holder}, process {Environment.ProcessId} on ")
                + string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}, since {clock.GetUtcNow():yyyy-MM-dd HH:mm:ss}Z");
            disk.WriteAllBytes(who, Encoding.UTF8.GetBytes(text));
        }
        catch
        {
            // Where the disk is full, the lock is free for the next attempt.
            file.Dispose();
            throw;
        }
        return new FolderLock(file);
    }

    private static string Read(Disk disk, string path)
    {
        try
        {
            return Encoding.UTF8.GetString(disk.ReadAllBytes(path));
        }
        catch (IOException)
        {
            return "";
        }
    }

    public void Dispose() => _file.Dispose();
}
