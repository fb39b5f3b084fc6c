namespace Granary.Storage.Files;

/// <summary>The disk of the operating system.</summary>
internal sealed class RealDisk : Disk
{
    public override DiskFile Open(string path, FileMode mode, FileAccess access, FileShare share, UnixFileMode? permissions = null,
        int bufferSize = 4096)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = bufferSize };
        if (permissions is not null && !OperatingSystem.IsWindows()) options.UnixCreateMode = permissions;
        return new OpenFile(new FileStream(path, options));
    }

    public override (DateTime Written, long Length)? Find(string path) =>
        new FileInfo(path) is { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : null;

    public override bool FolderExists(string path) => Directory.Exists(path);

    public override void CreateFolder(string path)
    {
        var created = new List<string>();
        for (var at = Path.GetFullPath(path); at is not null && !Directory.Exists(at); at = Path.GetDirectoryName(at)) created.Add(at);
        Directory.CreateDirectory(path);
        foreach (var folder in created)
            if (Path.GetDirectoryName(folder) is { } above)
                SyncFolder(above);
    }

    public override void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public override void RenameFolder(string from, string to) => Directory.Move(from, to);

    public override void Delete(string path) => File.Delete(path);

    public override void DeleteFolder(string path) => Directory.Delete(path, recursive: true);

    public override void SyncFolder(string path) => DiskFlush.Folder(path);

    public override IReadOnlyList<string> FilesIn(string folder, string pattern = "*") =>
        [.. Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal)];

    public override IReadOnlyList<string> FoldersIn(string folder, string pattern = "*") =>
        [.. Directory.EnumerateDirectories(folder, pattern).Order(StringComparer.Ordinal)];

    private sealed class OpenFile(FileStream file) : DiskFile
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

        public override int ReadAt(Span<byte> bytes, long offset) => RandomAccess.Read(file.SafeFileHandle, bytes, offset);

        public override void WriteAt(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(file.SafeFileHandle, bytes, offset);

        public override void Flush(bool flushToDisk)
        {
            file.Flush();
            if (flushToDisk) DiskFlush.Data(file.SafeFileHandle);
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => file.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => file.Read(buffer, offset, count);

        public override int Read(Span<byte> buffer) => file.Read(buffer);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            file.ReadAsync(buffer, cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

        public override void SetLength(long value) => file.SetLength(value);

        public override void Write(byte[] buffer, int offset, int count) => file.Write(buffer, offset, count);

        public override void Write(ReadOnlySpan<byte> buffer) => file.Write(buffer);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            file.WriteAsync(buffer, offset, count, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            file.WriteAsync(buffer, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            if (disposing) file.Dispose();
            base.Dispose(disposing);
        }

        public override async ValueTask DisposeAsync()
        {
            await file.DisposeAsync().ConfigureAwait(false);
            await base.DisposeAsync().ConfigureAwait(false);
        }
    }
}
