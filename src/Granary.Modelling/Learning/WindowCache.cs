using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Granary.Storage.Files;

namespace Granary.Modelling.Learning;

/// <summary>
/// Caches the fits of one model in a file, so an interrupted training continues where it stopped. The file is a sequence of records:
/// SHA-256 of the key, length, and bytes of the model. Writes are not forced to disk: the model's own checksum detects a torn record, and
/// the fit is made again. Thread-safe.
/// </summary>
internal sealed class WindowCache : IDisposable
{
    private const int HeadLength = SHA256.HashSizeInBytes + sizeof(int);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long Place, int Length)> _places = new(StringComparer.Ordinal);
    private readonly DiskFile? _file;
    private long _end;

    /// <summary>A cache that stores nothing.</summary>
    public static WindowCache None { get; } = new();

    private WindowCache()
    {
    }

    /// <summary>Opens or creates the file. If another training writes to it, this cache stores nothing.</summary>
    /// <param name="files">The files that may be opened; null = all.</param>
    public WindowCache(string path, PermittedFiles? files = null)
    {
        (files ?? PermittedFiles.All).OpenFolder(Path.GetDirectoryName(path)!, create: true).Dispose();
        try
        {
            _file = ExclusiveFile.Open(path, files);
        }
        catch (IOException e) when (ExclusiveFile.IsInUse(e, path))
        {
            return;
        }
        Span<byte> head = stackalloc byte[HeadLength];
        while (_end + HeadLength <= _file.Length)
        {
            _file.Position = _end;
            _file.ReadExactly(head);
            var length = BinaryPrimitives.ReadInt32LittleEndian(head[SHA256.HashSizeInBytes..]);
            // A torn record at the end is overwritten.
            if (length <= 0 || length > _file.Length - _end - HeadLength) break;
            _places[Convert.ToHexString(head[..SHA256.HashSizeInBytes])] = (_end + HeadLength, length);
            _end += HeadLength + length;
        }
    }

    /// <returns>Null if the cache does not have the key.</returns>
    public byte[]? Find(string key)
    {
        lock (_gate)
        {
            if (_file is null || !_places.TryGetValue(Name(key), out var at)) return null;
            var bytes = new byte[at.Length];
            _file.Position = at.Place;
            _file.ReadExactly(bytes);
            return bytes;
        }
    }

    /// <summary>Adds a record. The last record of a key counts.</summary>
    public void Keep(string key, byte[] bytes)
    {
        lock (_gate)
        {
            if (_file is null) return;
            var record = new byte[HeadLength + bytes.Length];
            Convert.FromHexString(Name(key)).CopyTo(record, 0);
            BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(SHA256.HashSizeInBytes), bytes.Length);
            bytes.CopyTo(record, HeadLength);
            _file.Position = _end;
            _file.Write(record);
            // Passes the bytes to the operating system, so that a killed process loses nothing.
            _file.Flush();
            _places[Name(key)] = (_end + HeadLength, bytes.Length);
            _end += record.Length;
        }
    }

    public void Dispose() => _file?.Dispose();

    private static string Name(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
