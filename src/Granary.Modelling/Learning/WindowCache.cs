using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Granary.Storage.Files;

namespace Granary.Modelling.Learning;

/// <summary>
/// The trained windows of one model in one file, so that a stopped training goes on where it was: records of a key's SHA-256, a length and
/// the model's bytes, behind one another. It is not flushed: what a crash tears is found out by the model's own checksum and trained again.
/// Safe to call from several threads.
/// </summary>
public sealed class WindowCache : IDisposable
{
    private const int HeadLength = SHA256.HashSizeInBytes + sizeof(int);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long Place, int Length)> _places = new(StringComparer.Ordinal);
    private readonly FileStream? _file;
    private long _end;

    /// <summary>Keeps nothing.</summary>
    public static WindowCache None { get; } = new();

    private WindowCache()
    {
    }

    /// <summary>Opens or makes the file. Where another training writes to it, this one keeps nothing.</summary>
    public WindowCache(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            _file = ExclusiveFile.Open(path);
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
            // A record that a crash cut off is written over.
            if (length <= 0 || length > _file.Length - _end - HeadLength) break;
            _places[Convert.ToHexString(head[..SHA256.HashSizeInBytes])] = (_end + HeadLength, length);
            _end += HeadLength + length;
        }
    }

    /// <returns>Null where it was not kept.</returns>
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

    /// <summary>Adds a record; a later one of the same key counts.</summary>
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
            // Handed to the system, so that a training which is killed keeps what it has done.
            _file.Flush();
            _places[Name(key)] = (_end + HeadLength, bytes.Length);
            _end += record.Length;
        }
    }

    public void Dispose() => _file?.Dispose();

    private static string Name(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
