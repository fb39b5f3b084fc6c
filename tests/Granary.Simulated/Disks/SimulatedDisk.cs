using System.Globalization;
using System.IO.Enumeration;
using Granary.Simulated.Kernel;
using Granary.Storage.Files;

namespace Granary.Simulated.Disks;

/// <summary>The process was killed during a call of the disk. The code that catches it runs in no process any more.</summary>
internal sealed class KilledException() : Exception("the process was killed");

/// <summary>
/// A disk of a machine, in memory. After a power cut each sector that was not flushed, and each name that was not synced, survives by
/// draw. The death of a process alone loses nothing.
/// </summary>
internal sealed class SimulatedDisk
{
    private const int NoSpace = 28;

    private readonly World _world;
    private readonly Draws _draws, _names;
    private readonly Folder _root = new();
    private long _fullUntil;

    public SimulatedDisk(World world)
    {
        _world = world;
        (_draws, _names) = (world.Draws.Fork("disk"), world.Draws.Fork("names"));
    }

    /// <summary>The probability of each call that its process dies in it.</summary>
    public double KillRate { get; set; }

    /// <summary>The probability of each write that the disk is full for a while.</summary>
    public double FullRate { get; set; }

    /// <summary>The probability of each flush that it fails.</summary>
    public double FlushFaultRate { get; set; }

    /// <summary>The probability of each flush that it is slow.</summary>
    public double SlowRate { get; set; }

    /// <summary>Whether the trace has the calls of the disk.</summary>
    public bool IsTraced { get; set; } = true;

    /// <summary>The disk as a process uses it.</summary>
    public Disk Of(SimulatedProcess process) => new View(this, process);

    /// <summary>The power is cut. The caller has killed the processes of the machine.</summary>
    public void PowerCut()
    {
        _world.Say("", "power cut");
        var loss = _draws.Below(4) switch { 0 => 0.0, 1 => 1.0, 2 => 0.5, _ => _draws.Unit() };
        var names = _draws.Below(3) switch { 0 => 0.0, 1 => 0.5, _ => loss };
        var seen = new HashSet<SimulatedFile>();
        Cut(_root, () => _world.Faults.Happens("name lost", names), file =>
        {
            if (seen.Add(file)) file.Cut(() => _world.Faults.Happens("sector lost", loss));
        });
        _fullUntil = 0;
    }

    private static void Cut(Folder folder, Func<bool> isLost, Action<SimulatedFile> cut)
    {
        foreach (var change in folder.Pending)
            if (!isLost()) folder.Keep(change);
        folder.Pending.Clear();
        folder.Names.Clear();
        foreach (var (name, node) in folder.Kept) folder.Names[name] = node;
        foreach (var node in folder.Names.Values)
            if (node is Folder inner) Cut(inner, isLost, cut);
            else cut((SimulatedFile)node);
    }

    /// <summary>Ends a call of a process that is dead, or dies now.</summary>
    public void DemandAlive(SimulatedProcess process)
    {
        if (process.IsDead) throw new KilledException();
    }

    private void Begin(SimulatedProcess process, string what, string path)
    {
        DemandAlive(process);
        if (KillRate > 0 && process != _world.Outside && _world.Faults.Happens("kill in a call of the disk", KillRate))
        {
            process.Kill();
            throw new KilledException();
        }
        if (IsTraced) _world.Say(process.Name, $"{what} {path}");
    }

    private void DemandRoom(string path)
    {
        if (FullRate > 0 && _world.Now >= _fullUntil && _world.Faults.Happens("full disk", FullRate))
            _fullUntil = _world.Now + _draws.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)).Ticks;
        if (_world.Now < _fullUntil && !_world.Faults.AreOver) throw new IOException($"No space left on device : '{path}'", NoSpace);
    }

    public void Write(SimulatedProcess process, string path, SimulatedFile file, ReadOnlySpan<byte> bytes, long offset)
    {
        // The name of a lock's holder has the id of the real process.
        Begin(process, path.EndsWith(".holder", StringComparison.Ordinal) ? "writes"
            : string.Create(CultureInfo.InvariantCulture, $"writes {bytes.Length} at {offset} of"), path);
        if (offset + bytes.Length > file.Length)
        {
            try
            {
                DemandRoom(path);
            }
            catch (IOException)
            {
                // A part of the write may have found room.
                if (bytes.Length > 1) file.Write(bytes[.._draws.Below(bytes.Length)], offset);
                throw;
            }
        }
        file.Write(bytes, offset);
        file.Written = (World.Start + TimeSpan.FromTicks(_world.Now)).UtcDateTime;
    }

    public void SetLength(SimulatedProcess process, string path, SimulatedFile file, long length)
    {
        Begin(process, string.Create(CultureInfo.InvariantCulture, $"sets the length {length} of"), path);
        if (length > file.Length) DemandRoom(path);
        file.SetLength(length);
    }

    public void Flush(SimulatedProcess process, string path, SimulatedFile file)
    {
        Begin(process, "flushes", path);
        Spend(process);
        if (file.IsDirty && _world.Faults.Happens("flush fails", FlushFaultRate))
        {
            file.FailFlush(() => _draws.Below(3));
            throw new IOException($"the flush to the disk failed: Input/output error : '{path}'", 5);
        }
        file.Flush();
    }

    private void Spend(SimulatedProcess process)
    {
        if (SlowRate > 0 && _world.Faults.Happens("slow flush", SlowRate))
            _world.Spend(_draws.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(5)));
        DemandAlive(process);
    }

    private Folder? FindFolder(string path)
    {
        var at = _root;
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            if (at.Names.GetValueOrDefault(part) is Folder next) at = next;
            else return null;
        return at;
    }

    private Folder NeedFolder(string path) =>
        FindFolder(path) ?? throw new DirectoryNotFoundException($"Could not find a part of the path '{path}'.");

    private (Folder Folder, string Name) Place(string path) => (NeedFolder(Path.GetDirectoryName(path)!), Path.GetFileName(path));

    private sealed class Folder
    {
        /// <summary>The names as processes see them, in ordinal order.</summary>
        public SortedDictionary<string, object> Names { get; } = new(StringComparer.Ordinal);

        /// <summary>The names on the disk.</summary>
        public SortedDictionary<string, object> Kept { get; } = new(StringComparer.Ordinal);

        /// <summary>Changes that were not synced: names that are removed, and names that are set.</summary>
        public List<(string? Removed, string? Set, object? Node)> Pending { get; } = [];

        public void Change(string? removed, string? set, object? node)
        {
            if (removed is not null) Names.Remove(removed);
            if (set is not null) Names[set] = node!;
            Pending.Add((removed, set, node));
        }

        public void Keep((string? Removed, string? Set, object? Node) change)
        {
            if (change.Removed is not null) Kept.Remove(change.Removed);
            if (change.Set is not null) Kept[change.Set] = change.Node!;
        }
    }

    private sealed class View(SimulatedDisk disk, SimulatedProcess process) : Disk
    {
        public override DiskFile Open(string path, FileMode mode, FileAccess access, FileShare share, UnixFileMode? permissions = null,
            int bufferSize = 4096)
        {
            disk.DemandAlive(process);
            var (folder, name) = disk.Place(path);
            var known = folder.Names.GetValueOrDefault(name);
            if (known is Folder) throw new UnauthorizedAccessException($"Access to the path '{path}' is denied.");
            if (mode == FileMode.Open && known is null) throw new FileNotFoundException($"Could not find file '{path}'.", path);
            if (mode == FileMode.CreateNew && known is not null) throw new IOException($"The file '{path}' already exists.");
            if (known is not SimulatedFile file)
            {
                disk.Begin(process, "creates", path);
                disk.DemandRoom(path);
                file = new SimulatedFile { Written = (World.Start + TimeSpan.FromTicks(disk._world.Now)).UtcDateTime };
                folder.Change(null, name, file);
            }
            var isExclusive = share == FileShare.None;
            file.Handles.RemoveAll(h => h.Owner.IsDead);
            if (file.Handles.Exists(h => h.IsExclusive || isExclusive))
                throw new IOException($"The process cannot access the file '{path}' because it is being used by another process.");
            if (mode == FileMode.Create && file.Length > 0) disk.SetLength(process, path, file, 0);
            var handle = new SimulatedHandle(disk, process, path, file, isExclusive);
            file.Handles.Add(handle);
            return handle;
        }

        public override (DateTime Written, long Length)? Find(string path)
        {
            disk.DemandAlive(process);
            return disk.FindFolder(Path.GetDirectoryName(path)!)?.Names.GetValueOrDefault(Path.GetFileName(path)) is SimulatedFile file
                ? (file.Written, file.Length) : null;
        }

        public override bool FolderExists(string path)
        {
            disk.DemandAlive(process);
            return disk.FindFolder(path) is not null;
        }

        public override void CreateFolder(string path)
        {
            disk.DemandAlive(process);
            if (path == "/" || disk.FindFolder(path) is not null) return;
            var above = Path.GetDirectoryName(path)!;
            CreateFolder(above);
            disk.Begin(process, "creates", path);
            disk.DemandRoom(path);
            disk.NeedFolder(above).Change(null, Path.GetFileName(path), new Folder());
            SyncFolder(above);
        }

        public override void Rename(string from, string to)
        {
            disk.Begin(process, $"renames {from} to", to);
            var (folder, name) = disk.Place(from);
            var (target, newName) = disk.Place(to);
            if (!ReferenceEquals(folder, target)) throw new NotSupportedException("the simulated disk renames within a folder");
            if (folder.Names.GetValueOrDefault(name) is not { } node)
                throw new FileNotFoundException($"Could not find file '{from}'.", from);
            folder.Change(name, newName, node);
        }

        public override void RenameFolder(string from, string to)
        {
            if (disk.FindFolder(to) is not null)
                throw new IOException($"Cannot create '{to}' because a file or directory with the same name exists.");
            Rename(from, to);
        }

        public override void Delete(string path)
        {
            disk.DemandAlive(process);
            var (folder, name) = disk.Place(path);
            if (folder.Names.GetValueOrDefault(name) is not SimulatedFile) return;
            disk.Begin(process, "removes", path);
            folder.Change(name, null, null);
        }

        public override void DeleteFolder(string path)
        {
            disk.Begin(process, "removes", path);
            var (folder, name) = disk.Place(path);
            disk.NeedFolder(path);
            folder.Change(name, null, null);
        }

        public override void SyncFolder(string path)
        {
            disk.Begin(process, "syncs", path);
            var folder = disk.NeedFolder(path);
            disk.Spend(process);
            if (folder.Pending.Count > 0 && disk._world.Faults.Happens("sync fails", disk.FlushFaultRate))
                throw new IOException($"the flush to the disk failed: Input/output error : '{path}'", 5);
            foreach (var change in folder.Pending) folder.Keep(change);
            folder.Pending.Clear();
        }

        public override IReadOnlyList<string> FilesIn(string folder, string pattern = "*") => Children<SimulatedFile>(folder, pattern);

        public override IReadOnlyList<string> FoldersIn(string folder, string pattern = "*") => Children<Folder>(folder, pattern);

        private List<string> Children<T>(string folder, string pattern)
        {
            disk.DemandAlive(process);
            return [.. disk.NeedFolder(folder).Names
                .Where(n => n.Value is T && FileSystemName.MatchesSimpleExpression(pattern, n.Key, ignoreCase: false))
                .Select(n => Path.Combine(folder, n.Key))];
        }

        public override string RandomName()
        {
            var letters = disk._names.Next().ToString("x16", CultureInfo.InvariantCulture);
            return $"{letters[..8]}.{letters[8..11]}";
        }
    }
}
