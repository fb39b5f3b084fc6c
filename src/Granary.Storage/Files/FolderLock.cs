using System.Globalization;

namespace Granary.Storage.Files;

/// <summary>Exclusive lock of a folder: a file that the operating system keeps locked while the process lives.</summary>
public sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Takes the lock, and writes its holder to a file.</summary>
    /// <param name="folder">Created if missing.</param>
    /// <param name="name">
    /// The name of the lock file. A second file beside it names the holder and can be read while this one is locked.
    /// </param>
    /// <param name="holder">Name of the holder; the process, the machine and the time are added.</param>
    /// <param name="fault">Creates the exception if another process has the lock, from the name of that holder.</param>
    public static FolderLock Take(string folder, string name, string holder, TimeProvider clock, Func<string, Exception> fault)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, name);
        var who = path + ".holder";
        FileStream file;
        try
        {
            file = ExclusiveFile.Open(path);
        }
        catch (IOException e) when (ExclusiveFile.IsInUse(e, path))
        {
            throw fault(Read(who) is { Length: > 0 } other ? other : "another process");
        }
        File.WriteAllText(who, string.Create(CultureInfo.InvariantCulture,
            $"{holder}, process {Environment.ProcessId} on {Environment.MachineName}, since {clock.GetUtcNow():yyyy-MM-dd HH:mm:ss}Z"));
        return new FolderLock(file);
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }

    public void Dispose() => _file.Dispose();
}
