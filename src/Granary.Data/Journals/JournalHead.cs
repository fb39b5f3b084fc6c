using System.Buffers.Binary;
using System.IO.Hashing;
using Granary.Storage.Files;

namespace Granary.Data.Journals;

/// <summary>
/// The newest record of a journal that is known to be on the disk. The file beside the journal reveals that records at the end are missing.
/// </summary>
/// <param name="Number">The record's number; 0 if there is none.</param>
/// <param name="Hash">The record's hash, which covers all earlier records.</param>
/// <remarks>
/// It is written in place without a flush. After a power cut it may show an earlier record, never a later one.
/// </remarks>
internal readonly record struct JournalHead(ulong Number, byte[] Hash)
{
    private const int Length = 48;
    private static readonly byte[] s_magic = "GRH1"u8.ToArray();

    public static JournalHead None => new(0, new byte[JournalFrames.HashLength]);

    /// <summary>Returns the path of a journal's head file.</summary>
    public static string FileOf(string journal) => journal + ".head";

    /// <returns>The head; null if the file does not hold one.</returns>
    public static JournalHead? Read(DiskFile file)
    {
        // A session may be writing the file.
        for (var attempt = 0; attempt < 3; attempt++)
            if (TryRead(file) is { } head)
                return head;
        return null;
    }

    private static JournalHead? TryRead(DiskFile file)
    {
        var bytes = new byte[Length];
        if (file.Length != Length || file.ReadAt(bytes, 0) != Length || !bytes.AsSpan().StartsWith(s_magic)
            || Crc32.HashToUInt32(bytes.AsSpan(..^4)) != BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(^4..))) return null;
        return new JournalHead(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(4)), bytes[12..^4]);
    }

    /// <summary>Whether the first write of a head was not finished: a crash or a full disk came between.</summary>
    public static bool IsUnfinished(DiskFile file)
    {
        var bytes = new byte[Length];
        if (file.Length != Length) return file.Length < Length;
        for (var read = 0; file.ReadAt(bytes.AsSpan(read), read) is > 0 and var n;) read += n;
        return bytes.AsSpan().IndexOfAnyExcept((byte)0) < 0;
    }

    public void Write(DiskFile file)
    {
        Span<byte> bytes = stackalloc byte[Length];
        s_magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[4..], Number);
        Hash.CopyTo(bytes[12..]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[^4..], Crc32.HashToUInt32(bytes[..^4]));
        file.WriteAt(bytes, 0);
    }
}
