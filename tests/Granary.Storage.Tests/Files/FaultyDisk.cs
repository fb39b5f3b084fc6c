using Granary.Storage.Files;

namespace Granary.Storage.Tests.Files;

/// <summary>The real disk with chosen faults, and a record of what was flushed and synced.</summary>
internal sealed class FaultyDisk : Disk
{
    /// <summary>Returns whether an operation on a path fails; the operation is write, flush, rename or sync.</summary>
    public Func<string, string, bool> Fails { get; set; } = static (_, _) => false;

    /// <summary>The operations that succeeded, as "flush a.txt".</summary>
    public List<string> Done { get; } = [];

    private void Do(string what, string path, Action act)
    {
        if (Fails(what, path)) throw new IOException($"No space left on device : '{path}'");
        act();
        lock (Done) Done.Add($"{what} {Path.GetFileName(path)}");
    }

    public override DiskFile Open(string path, FileMode mode, FileAccess access, FileShare share, UnixFileMode? permissions = null,
        int bufferSize = 4096) => new FaultyFile(this, path, Real.Open(path, mode, access, share, permissions, bufferSize));

    public override (DateTime Written, long Length)? Find(string path) => Real.Find(path);

    public override bool FolderExists(string path) => Real.FolderExists(path);

    public override void CreateFolder(string path) => Real.CreateFolder(path);

    public override void Rename(string from, string to) => Do("rename", to, () => Real.Rename(from, to));

    public override void RenameFolder(string from, string to) => Do("rename", to, () => Real.RenameFolder(from, to));

    public override void Delete(string path) => Real.Delete(path);

    public override void DeleteFolder(string path) => Real.DeleteFolder(path);

    public override void SyncFolder(string path) => Do("sync", path, () => Real.SyncFolder(path));

    public override IReadOnlyList<string> FilesIn(string folder, string pattern = "*") => Real.FilesIn(folder, pattern);

    public override IReadOnlyList<string> FoldersIn(string folder, string pattern = "*") => Real.FoldersIn(folder, pattern);

    private sealed class FaultyFile(FaultyDisk disk, string path, DiskFile file) : DiskFile
    {
        public override bool CanRead => file.CanRead;

        public override bool CanSeek => file.CanSeek;

        public override bool CanWrite => file.CanWrite;

        public override long Length => file.Length;

        public override long Position
        {
            get => file.Position;
            set => file.Position = value;
        }

        public override int ReadAt(Span<byte> bytes, long offset) => file.ReadAt(bytes, offset);

        public override void WriteAt(ReadOnlySpan<byte> bytes, long offset)
        {
            var copy = bytes.ToArray();
            disk.Do("write", path, () => file.WriteAt(copy, offset));
        }

        public override void Flush(bool flushToDisk)
        {
            if (flushToDisk) disk.Do("flush", path, () => file.Flush(true));
            else file.Flush();
        }

        public override int Read(byte[] buffer, int offset, int count) => file.Read(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

        public override void SetLength(long value) => file.SetLength(value);

        public override void Write(byte[] buffer, int offset, int count) =>
            disk.Do("write", path, () => file.Write(buffer, offset, count));

        protected override void Dispose(bool disposing)
        {
            file.Dispose();
            base.Dispose(disposing);
        }
    }
}
