using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using Granary.Data.Tables;
using Granary.Engine.Market;
using Granary.Storage.Files;
using ZstdSharp;

namespace Granary.Data.Files;

/// <summary>
/// A text on disk that can be read repeatedly: plain, gzipped or an entry of a zip. Its first bytes determine the kind, not its name.
/// </summary>
internal sealed class TextFile
{
    private readonly DateTime _modified;
    private readonly long _length;
    private readonly Compression _compression;
    private readonly string? _entry;
    private readonly PermittedFiles _files;
    private Encoding? _wide;

    private enum Compression
    {
        None,
        Gzip,
        Zstd,
        Zip,
    }

    private TextFile(string path, DateTime modified, long length, Compression compression, string? entry, PermittedFiles files)
    {
        Path = path;
        _files = files;
        _modified = modified;
        _length = length;
        _compression = compression;
        _entry = entry;
    }

    public string Path { get; }

    /// <summary>Name of the file in messages: the path, and the entry if a zip has several.</summary>
    public string DisplayName => _entry is null ? Path : $"{Path}#{_entry}";

    /// <summary>The name of the text itself; inside a zip, its entry's name.</summary>
    public string InnerName { get; private init; } = "";

    /// <summary>The first bytes on disk, by which typed tables are recognised.</summary>
    public ReadOnlyMemory<byte> Start { get; private init; }

    /// <summary>When the file was last modified.</summary>
    public DateTime Modified => _modified;

    /// <summary>Bytes on disk.</summary>
    public long Length => _length;

    /// <param name="files">The files that may be opened.</param>
    /// <param name="entry">Chooses the entry of a zip; null requires that the zip has exactly one.</param>
    /// <exception cref="BarDataException">
    /// The file does not exist, is empty or not permitted, or a zip does not hold exactly one text.
    /// </exception>
    /// <exception cref="BarStoreException">The disk failed or permission is missing.</exception>
    public static TextFile Open(string path, PermittedFiles files, Func<string, bool>? entry = null)
    {
        try
        {
            using var file = files.OpenRead(path, bufferSize: 0);
            var (length, modified) = (file.Length, File.GetLastWriteTimeUtc(file.SafeFileHandle));
            if (length == 0) throw BarDataException.At(path, null, null, "the file is empty", "download or export it again");
            Span<byte> magic = stackalloc byte[4];
            var n = RandomAccess.Read(file.SafeFileHandle, magic, 0);
            if (n >= 2 && magic[0] == 0x1F && magic[1] == 0x8B)
                return new TextFile(path, modified, length, Compression.Gzip, null, files)
                {
                    InnerName = System.IO.Path.GetFileNameWithoutExtension(path),
                }.Unpacked();
            if (IsZstd(magic[..n]))
                return new TextFile(path, modified, length, Compression.Zstd, null, files)
                {
                    InnerName = System.IO.Path.GetFileNameWithoutExtension(path),
                }.Unpacked();
            if (n == 4 && magic[0] == 'P' && magic[1] == 'K' && magic[2] is 3 or 5)
            {
                using var zip = new ZipArchive(file, ZipArchiveMode.Read);
                var entries = zip.Entries.Where(e => e.Length > 0 && IsOfUser(e.FullName)).Select(e => e.FullName).ToList();
                var chosen = entry is null ? entries : entries.Where(entry).ToList();
                // HistData packs a report of gaps beside the bars.
                if (entry is null && chosen.Count > 1 && chosen.Where(IsTable).ToList() is [var table]) chosen = [table];
                if (chosen.Count == 0) throw BarDataException.At(path, null, null, entry is null ? "the zip contains no text"
                    : "the zip does not contain the requested text", "pack it again with one CSV in it");
                if (chosen.Count > 1) throw BarDataException.At(path, null, null,
                    $"the zip contains {chosen.Count} files ({chosen[0]}, {chosen[1]}, …)", "unpack it and name one of them");
                return new TextFile(path, modified, length, Compression.Zip, chosen[0], files)
                {
                    InnerName = chosen[0],
                }.Unpacked();
            }
            return new TextFile(path, modified, length, Compression.None, null, files)
            {
                InnerName = System.IO.Path.GetFileName(path),
                Start = magic[..n].ToArray(),
                _wide = WideOf(magic[..n]),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw FileFaults.Reading(path, e);
        }
    }

    // A frame, or one that programs skip, which parallel packers write first.
    private static bool IsZstd(ReadOnlySpan<byte> start) => start is [0x28, 0xB5, 0x2F, 0xFD] or [>= 0x50 and <= 0x5F, 0x2A, 0x4D, 0x18];

    // macOS packs a shadow of each file, and folder views of macOS and Windows leave files behind.
    private static bool IsOfUser(string entry) => !entry.EndsWith('/') && !entry.StartsWith("__MACOSX/", StringComparison.Ordinal)
        && System.IO.Path.GetFileName(entry) is var name && !name.StartsWith('.') && name is not ("Thumbs.db" or "desktop.ini");

    private static bool IsTable(string entry) => entry.EndsWith(".csv", StringComparison.OrdinalIgnoreCase);

    private TextFile Unpacked()
    {
        Span<byte> start = stackalloc byte[2];
        using var stream = OpenRead();
        _wide = WideOf(start[..stream.ReadAtLeast(start, 2, throwOnEndOfStream: false)]);
        return this;
    }

    // UTF-16 is detected by its byte order mark; everything else is read as UTF-8.
    private static Encoding? WideOf(ReadOnlySpan<byte> start) => start is [0xFF, 0xFE, ..] ? Encoding.Unicode
        : start is [0xFE, 0xFF, ..] ? Encoding.BigEndianUnicode : null;

    /// <summary>Whether a zip holds an entry that the predicate accepts.</summary>
    /// <exception cref="BarDataException">The zip is damaged or does not exist.</exception>
    /// <exception cref="BarStoreException">The disk failed or permission is missing.</exception>
    public static bool HasEntry(string path, PermittedFiles files, Func<string, bool> entry)
    {
        try
        {
            using var zip = new ZipArchive(files.OpenRead(path), ZipArchiveMode.Read);
            return zip.Entries.Any(e => e.Length > 0 && entry(e.FullName));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw FileFaults.Reading(path, e);
        }
    }

    /// <summary>Opens the file as a typed table.</summary>
    /// <exception cref="BarDataException">It is damaged, or not permitted.</exception>
    /// <exception cref="BarStoreException">The disk failed or permission is missing.</exception>
    public ITableFile OpenTable(ITableFormat format) => format.Open(Path, _files);

    /// <summary>Opens a stream over the unpacked text in UTF-8 from its start. Reading it verifies the archive's checksum and
    /// length.</summary>
    public Stream OpenRead() => _wide is null ? OpenBytes()
        : Encoding.CreateTranscodingStream(OpenBytes(), _wide, Encoding.UTF8);

    private CheckedStream OpenBytes()
    {
        try
        {
            var file = _files.OpenRead(Path, bufferSize: 0, FileOptions.SequentialScan);
            switch (_compression)
            {
                case Compression.Gzip:
                    var size = SizeInTrailer(file);
                    return new CheckedStream(this, new GZipStream(file, CompressionMode.Decompress), null, null, null) { GzipSize = size };
                case Compression.Zstd:
                    return new CheckedStream(this, new DecompressionStream(file, leaveOpen: false), null, null, null);
                case Compression.Zip:
                    var zip = new ZipArchive(file, ZipArchiveMode.Read);
                    var entry = zip.GetEntry(_entry!) ?? throw Changed();
                    return new CheckedStream(this, entry.Open(), zip, entry.Length, entry.Crc32);
                default:
                    return new CheckedStream(this, file, null, _length, null);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw FileFaults.Reading(Path, e);
        }
    }

    // A gzip ends with the unpacked length, modulo 2³². The stream verifies the checksum before it, but accepts a file that was truncated
    // earlier.
    private static uint SizeInTrailer(FileStream file)
    {
        Span<byte> trailer = stackalloc byte[4];
        if (file.Length < 18) return uint.MaxValue;
        return RandomAccess.Read(file.SafeFileHandle, trailer, file.Length - 4) == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(trailer)
            : uint.MaxValue;
    }

    // Concatenated gzips are a valid gzip, but the length at the end is only that of the last member.
    private bool MayHaveSeveralMembers()
    {
        using var file = _files.OpenRead(Path, bufferSize: 0, FileOptions.SequentialScan);
        var buffer = new byte[256 << 10];
        int n;
        for (long at = 1; (n = RandomAccess.Read(file.SafeFileHandle, buffer, at)) >= 10; at += n - 9)
            for (var i = 0; i + 10 <= n; i++)
                if (buffer[i] == 0x1F && buffer[i + 1] == 0x8B && buffer[i + 2] == 8 && buffer[i + 3] < 0x20 && buffer[i + 8] is 0 or 2 or 4
                    && buffer[i + 9] is < 14 or 255)
                    return true;
        return false;
    }

    /// <exception cref="BarDataException">The file has changed since it was opened.</exception>
    public void DemandUnchanged()
    {
        var info = LinkedFile.Of(new FileInfo(Path));
        if (!info.Exists || info.Length != _length || info.LastWriteTimeUtc != _modified) throw Changed();
    }

    public BarDataException Changed() =>
        BarDataException.At(Path, null, null, "the file changed while it was read", "wait until nothing writes to it and run again");

    private sealed class CheckedStream(TextFile owner, Stream inner, IDisposable? also, long? length, uint? crc) : Stream
    {
        /// <summary>Unpacked length that a gzip file states, modulo 2³²; null if the file is not a gzip.</summary>
        public uint? GzipSize { get; init; }

        private long _read;
        private readonly Crc32 _crc = new();

        public override int Read(Span<byte> buffer)
        {
            try
            {
                var n = inner.Read(buffer);
                _read += n;
                if (crc is not null) _crc.Append(buffer[..n]);
                if (n == 0 && buffer.Length > 0)
                {
                    owner.DemandUnchanged();
                    if (length is { } expected && expected != _read)
                    {
                        throw owner._compression == Compression.None
                            ? owner.Changed()
                            : BarDataException.At(owner.Path, null, null, "the compressed data is damaged",
                                "download or pack the file again");
                    }
                    if (crc is { } sum && sum != _crc.GetCurrentHashAsUInt32()
                        || GzipSize is { } size && size != (uint)_read && !owner.MayHaveSeveralMembers())
                        throw BarDataException.At(owner.Path, null, null, "the compressed data is damaged",
                            "download or pack the file again");
                }
                return n;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or ZstdException)
            {
                throw FileFaults.Reading(owner.Path, e);
            }
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            also?.Dispose();
            base.Dispose(disposing);
        }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
