using Granary.Engine.Market;

namespace Granary.Storage.Files;

/// <summary>Opens the files that a caller may name: all files, or those in permitted folders.</summary>
/// <remarks>
/// A folder <see cref="Secrets"/> is never permitted, wherever it is: the folder of a server's runs may be in its data folder.
/// The check applies to the file that was opened, by its real path. A folder or file that is replaced by a link between a check and the
/// opening leads nowhere. On Linux a handle of the file is checked, and then opened through <c>/proc/self/fd</c>. Elsewhere the path is
/// resolved again after the opening.
/// </remarks>
public sealed class PermittedFiles
{
    /// <summary>Name of folders with secrets of the server, such as sessions of people.</summary>
    public const string Secrets = ".sign-in";

    private readonly IReadOnlyList<string>? _folders;
    private readonly Disk? _disk;

    private PermittedFiles(IReadOnlyList<string>? folders, Disk? disk = null) => (_folders, _disk) = (folders, disk);

    /// <summary>Every file of the operating system's disk may be opened.</summary>
    public static PermittedFiles All => Disk.Real.Files;

    internal static PermittedFiles On(Disk disk) => new(null, disk);

    /// <summary>The disk of the files.</summary>
    public Disk Disk => _disk ?? Disk.Real;

    /// <summary>Only files in these folders may be opened, and no pipes, devices and files with further hard links.</summary>
    public static PermittedFiles In(params IReadOnlyList<string> folders) => new(folders);

    /// <summary>
    /// Whether a path leads to a permitted place now. Use it to choose files and to refuse early; opening checks again.
    /// </summary>
    public bool Holds(string path)
    {
        try
        {
            return _folders is null || IsIn(RealPath.Of(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Cyclic links, and links that the process may not read, count as outside.
            return false;
        }
    }

    /// <summary>Opens a file to read it. Other processes may write and replace it.</summary>
    /// <exception cref="BarDataException">The file is not permitted.</exception>
    /// <exception cref="IOException">The file does not exist, or the disk failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not read the file, or it is a folder.</exception>
    public FileStream OpenRead(string path, int bufferSize = 4096, FileOptions options = FileOptions.None)
    {
        FileStream Open(string opened) =>
            new(opened, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize, options);
        if (_folders is null) return Open(path);
        if (PinnedPath.IsSupported)
        {
            using var pinned = PinnedPath.Open(path);
            DemandFile(pinned, path);
            return Open(pinned.Through);
        }
        Demand(path);
        var stream = Open(path);
        if (Holds(path)) return stream;
        stream.Dispose();
        throw Outside(path);
    }

    /// <inheritdoc cref="OpenRead"/>
    /// <summary>Reads a whole file.</summary>
    public byte[] ReadAllBytes(string path)
    {
        if (_folders is null) return Disk.ReadAllBytes(path);
        using var stream = OpenRead(path, bufferSize: 0);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <inheritdoc cref="OpenRead"/>
    /// <summary>Reads the lines of a text.</summary>
    public string[] ReadAllLines(string path)
    {
        using var reader = new StreamReader(OpenRead(path));
        var lines = new List<string>();
        while (reader.ReadLine() is { } line) lines.Add(line);
        return [.. lines];
    }

    /// <summary>Opens a file for one holder at a time, and creates it if it does not exist; see <see cref="ExclusiveFile"/>.</summary>
    /// <inheritdoc cref="OpenRead" path="/exception"/>
    public DiskFile OpenExclusive(string path)
    {
        DiskFile Open(string opened, FileMode mode) => Disk.Open(opened, mode, FileAccess.ReadWrite, FileShare.None);
        if (_folders is null) return Open(path, FileMode.OpenOrCreate);
        using var folder = OpenFolder(FolderOf(path));
        var at = Path.Combine(folder.Path, Path.GetFileName(path));
        if (!PinnedPath.IsSupported)
        {
            Demand(path);
            return Open(at, FileMode.OpenOrCreate);
        }
        while (true)
        {
            using var pinned = PinnedPath.TryOpen(at);
            if (pinned is not null)
            {
                DemandFile(pinned, path);
                return Open(pinned.Through, FileMode.Open);
            }
            try
            {
                // Unlike OpenOrCreate, this never follows a link.
                return Open(at, FileMode.CreateNew);
            }
            catch (IOException) when (new FileInfo(at) is { Exists: true, LinkTarget: null })
            {
                // Another holder has just created it.
            }
        }
    }

    /// <summary>Opens a folder, so its files can be listed, created and renamed in it and nowhere else.</summary>
    /// <param name="create">Whether to create it, and the folders above it, if it does not exist.</param>
    /// <exception cref="BarDataException">The folder is not permitted.</exception>
    /// <exception cref="IOException">The folder does not exist, or the disk failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not use the folder.</exception>
    internal OpenFolder OpenFolder(string path, bool create = false)
    {
        if (_folders is null || !PinnedPath.IsSupported)
        {
            Demand(path);
            if (create) Disk.CreateFolder(path);
            Demand(path);
            return new OpenFolder(path, null);
        }
        var pinned = create ? Created(path) : PinnedPath.Open(path);
        try
        {
            Demand(pinned, path);
            return pinned.IsFolder ? new OpenFolder(pinned.Through, pinned)
                : throw new DirectoryNotFoundException($"'{path}' is not a folder.");
        }
        catch
        {
            pinned.Dispose();
            throw;
        }
    }

    /// <summary>The files of a folder that match a pattern, in ordinal order; none if the folder does not exist.</summary>
    /// <returns>Their paths, which begin with <paramref name="folder"/>.</returns>
    /// <inheritdoc cref="OpenFolder" path="/exception"/>
    public IReadOnlyList<string> FilesIn(string folder, string pattern = "*") => List(folder, at => Disk.FilesIn(at, pattern));

    /// <summary>The folders in a folder, as <see cref="FilesIn"/> lists files.</summary>
    /// <inheritdoc cref="FilesIn"/>
    public IReadOnlyList<string> FoldersIn(string folder, string pattern = "*") =>
        List(folder, at => Disk.FoldersIn(at, pattern));

    private IReadOnlyList<string> List(string folder, Func<string, IReadOnlyList<string>> list)
    {
        if (!Disk.FolderExists(folder)) return [];
        if (_folders is null) return list(folder);
        using var opened = OpenFolder(folder);
        return [.. list(opened.Path).Select(f => Path.Combine(folder, Path.GetFileName(f)))];
    }

    // Creates the missing folders one by one, each in the folder that was opened before it.
    private PinnedPath Created(string path)
    {
        if (PinnedPath.TryOpen(path) is { } known) return known;
        var full = Path.GetFullPath(path);
        var at = PinnedPath.Open(Path.GetPathRoot(full)!);
        try
        {
            foreach (var part in full.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
            {
                var inside = Path.Combine(at.Through, part);
                var next = PinnedPath.TryOpen(inside);
                if (next is null)
                {
                    Demand(at, path);
                    Directory.CreateDirectory(inside);
                    Disk.SyncFolder(at.Through);
                    next = PinnedPath.Open(inside);
                }
                at.Dispose();
                at = next;
            }
            return at;
        }
        catch
        {
            at.Dispose();
            throw;
        }
    }

    private void DemandFile(PinnedPath pinned, string path)
    {
        Demand(pinned, path);
        if (pinned.IsFolder) throw new UnauthorizedAccessException($"Access to the path '{path}' is denied: it is a folder.");
        if (!pinned.IsFile) throw BarDataException.At(path, null, null,
            "this is a pipe or a device, not a file", "put a file in its place");
        if (pinned.Links > 1)
            throw BarDataException.At(path, null, null, "the file has further names (hard links), which may lie outside of the folders "
                + "that this process reads", "put a copy in its place");
    }

    private void Demand(PinnedPath pinned, string path)
    {
        if (!IsIn(pinned.RealPath)) throw Outside(path);
    }

    private void Demand(string path)
    {
        if (!Holds(path)) throw Outside(path);
    }

    private bool IsIn(string real) =>
        _folders!.Any(f => RealPath.IsWithinReal(real, f)) && !real.Split(Path.DirectorySeparatorChar).Contains(Secrets);

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;

    private static BarDataException Outside(string path) => BarDataException.At(path, null, null,
        "a link leads out of the folders that this process may use", "copy the file into them");
}
