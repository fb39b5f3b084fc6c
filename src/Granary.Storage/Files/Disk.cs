namespace Granary.Storage.Files;

/// <summary>
/// Files and folders of a disk. What must survive a crash is written through it, so tests can replace the disk by one that loses
/// what was not flushed.
/// </summary>
/// <remarks>
/// A written byte survives a power cut after <see cref="DiskFile.Flush(bool)"/>. A created, renamed or removed name survives it after
/// <see cref="SyncFolder"/>. All methods throw <see cref="IOException"/> when the disk fails, and
/// <see cref="UnauthorizedAccessException"/> when the process lacks the right.
/// </remarks>
public abstract class Disk
{
    protected Disk() => Files = PermittedFiles.On(this);

    /// <summary>The disk of the operating system.</summary>
    public static Disk Real { get; } = new RealDisk();

    /// <summary>Every file of this disk.</summary>
    public PermittedFiles Files { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="permissions">Unix permissions of a file that is created; null = the process's default.</param>
    /// <exception cref="IOException">Another holder has it open in a way that <paramref name="share"/> excludes.</exception>
    public abstract DiskFile Open(string path, FileMode mode, FileAccess access, FileShare share, UnixFileMode? permissions = null,
        int bufferSize = 4096);

    /// <summary>Returns the time of the last write and the length of a file; null if it does not exist.</summary>
    public abstract (DateTime Written, long Length)? Find(string path);

    public abstract bool FolderExists(string path);

    /// <summary>Creates a folder and the missing folders above it. They survive a power cut.</summary>
    public abstract void CreateFolder(string path);

    /// <summary>Renames a file, and replaces the file that has the name.</summary>
    public abstract void Rename(string from, string to);

    /// <summary>Renames a folder.</summary>
    /// <exception cref="IOException">The new name exists.</exception>
    public abstract void RenameFolder(string from, string to);

    /// <summary>Removes a file; does nothing if it does not exist.</summary>
    public abstract void Delete(string path);

    /// <summary>Removes a folder with its files.</summary>
    public abstract void DeleteFolder(string path);

    /// <summary>Returns when the names in a folder survive a power cut. Does nothing where folders cannot be synced.</summary>
    public abstract void SyncFolder(string path);

    /// <summary>The paths of the files in a folder that match a pattern, in ordinal order.</summary>
    public abstract IReadOnlyList<string> FilesIn(string folder, string pattern = "*");

    /// <summary>The paths of the folders in a folder that match a pattern, in ordinal order.</summary>
    public abstract IReadOnlyList<string> FoldersIn(string folder, string pattern = "*");

    /// <summary>A name of eight letters, a dot and three letters that no other file has.</summary>
    public virtual string RandomName() => Path.GetRandomFileName();

    /// <summary>
    /// Makes the name of a folder, and the names of the folders above it, survive a power cut. The process that created them may have ended
    /// before it synced them.
    /// </summary>
    public void SyncPath(string folder)
    {
        for (var at = Path.GetFullPath(folder); at is not null; at = Path.GetDirectoryName(at)) SyncFolder(at);
    }

    public bool FileExists(string path) => Find(path) is not null;

    /// <summary>Reads a whole file. Other processes may write and replace it meanwhile.</summary>
    public byte[] ReadAllBytes(string path)
    {
        using var file = Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>Creates or overwrites a file in place, without a flush: a power cut may leave any part of it.</summary>
    public void WriteAllBytes(string path, ReadOnlySpan<byte> content)
    {
        using var file = Open(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        file.Write(content);
    }
}
