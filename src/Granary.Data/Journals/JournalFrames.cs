using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using Granary.Storage.Files;

namespace Granary.Data.Journals;

/// <summary>
/// Reads the records of a journal file in order, and checks each against its number and the chain of hashes.
/// </summary>
/// <remarks>
/// A record is a frame of <c>length u32 · number u64 · CRC-32 of these two u32 · entries · SHA-256</c>. The hash is over the hash of the
/// record before, these numbers and the entries. So a record that is changed, missing, moved or duplicated breaks the chain. The highest
/// bit of the length says that all earlier records were flushed before this one was written.
/// <para>An unfinished write differs from damage in the missing part. After an unfinished write, the file ends within the record, or its
/// end or a whole sector of it is still zero as allocated. Later records may follow, since a power cut keeps any sectors of what was not
/// flushed, but none of them has the bit. Anything else is damage.</para>
/// </remarks>
internal sealed class JournalFrames
{
    public const int HashLength = 32, HeadLength = 16;

    /// <summary>First bytes of the file.</summary>
    public static readonly byte[] Magic = "GRJ2"u8.ToArray();

    private const int Sector = 512, MostLength = 1 << 28;

    private const uint Flushed = 1u << 31;

    private readonly DiskFile _file;
    private readonly string _path;
    private readonly long _fileEnd;
    private readonly JournalHead _head;

    /// <param name="head">The newest record that the journal must contain.</param>
    /// <param name="from">The last record of an earlier reading, after which this one begins; null for the whole file.</param>
    /// <exception cref="JournalException">The file does not begin with <see cref="Magic"/>.</exception>
    public JournalFrames(string path, DiskFile file, JournalHead head, JournalPlace? from = null)
    {
        (_path, _file, _head) = (path, file, head);
        _fileEnd = file.Length;
        // A crash may come between the file's creation and the flush of its first bytes.
        if (_fileEnd >= Magic.Length && !Bytes(0, Magic.Length).AsSpan().SequenceEqual(Magic)
            && !(_fileEnd == Magic.Length && IsZero(0, _fileEnd)))
            throw new JournalException($"{path} is not a journal, or its first four bytes were changed; put back a copy of it, or choose "
                + "another folder with --state");
        (End, Number, Hash, Sequence) = from ?? new JournalPlace(Magic.Length, 0, new byte[HashLength], 0);
        WrittenEnd = LastByte(Math.Min(End, _fileEnd), _fileEnd);
    }

    /// <summary>The last record that was read.</summary>
    public JournalPlace Place => new(End, Number, Hash, Sequence);

    /// <summary>The end offset of the last record that was read.</summary>
    public long End { get; private set; }

    /// <summary>The end offset of the last non-zero byte.</summary>
    public long WrittenEnd { get; }

    /// <summary>The number of the last record that was read.</summary>
    public ulong Number { get; private set; }

    /// <summary>The hash of the last record that was read.</summary>
    public byte[] Hash { get; private set; }

    /// <summary>The sequence number of the last entry that was read.</summary>
    public long Sequence { get; private set; }

    /// <summary>Whether the last write is incomplete; known after all records were read.</summary>
    public bool IsTorn { get; private set; }

    /// <summary>The end offset of the record that the head shows; all records up to it were flushed.</summary>
    public long FlushedEnd { get; private set; } = Magic.Length;

    /// <summary>Computes the hash of a record from the previous record's hash and the record without its own hash.</summary>
    public static void HashOf(ReadOnlySpan<byte> previousAndRecord, Span<byte> hash) => SHA256.HashData(previousAndRecord, hash);

    /// <summary>Writes the header of a record.</summary>
    /// <param name="isFlushed">Whether all earlier records are on the disk.</param>
    public static void WriteHead(Span<byte> head, int length, ulong number, bool isFlushed)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(head, (uint)length | (isFlushed ? Flushed : 0));
        BinaryPrimitives.WriteUInt64LittleEndian(head[4..], number);
        BinaryPrimitives.WriteUInt32LittleEndian(head[12..], Crc32.HashToUInt32(head[..12]));
    }

    /// <summary>Reads the entries of all complete records.</summary>
    /// <exception cref="JournalException">A record is damaged, missing, moved or duplicated.</exception>
    public IEnumerable<JournalEntry> Read()
    {
        if (_fileEnd == 0 && _head.Number > 0)
            throw Damaged($"it is empty, and its head has record {_head.Number}", "its records are gone");
        while (End < WrittenEnd && Next() is { } entries)
        {
            foreach (var entry in JournalEntryCodec.Read(entries))
            {
                if (entry.Sequence != Sequence + 1) throw Damaged($"record {Number}", $"entry {entry.Sequence} follows entry {Sequence}");
                Sequence = entry.Sequence;
                yield return entry;
            }
        }
        if (_head.Number > Number)
            throw Damaged($"it ends with record {Number}, and its head has record {_head.Number}", "records are gone");
    }

    private byte[]? Next()
    {
        var number = Number + 1;
        var found = 0ul;
        var length = End + HeadLength <= _fileEnd ? LengthOf(Bytes(End, HeadLength), out found, out _) : 0;
        if (length == 0)
        {
            if (!IsHeadUnfinished()) throw Damaged($"record {number}", "its head does not have its checksum");
            IsTorn = true;
            return null;
        }
        if (found != number) throw Damaged($"record {number}", $"record {found} is in its place");
        var end = End + HeadLength + length + HashLength;
        var whole = end <= _fileEnd;
        if (whole)
        {
            var chained = new byte[HashLength + HeadLength + length];
            Hash.CopyTo(chained, 0);
            Fill(End, chained.AsSpan(HashLength));
            var hash = new byte[HashLength];
            HashOf(chained, hash);
            if (hash.AsSpan().SequenceEqual(Bytes(end - HashLength, HashLength)))
            {
                if (number == _head.Number && !hash.AsSpan().SequenceEqual(_head.Hash))
                    throw Damaged($"record {number}", "it is not the one of the journal's head");
                (Number, Hash, End) = (number, hash, end);
                if (number == _head.Number) FlushedEnd = end;
                return chained[(HashLength + HeadLength)..];
            }
        }
        if (whole && !HasGap(End, end) || WrittenEnd > end && HasFlushedRecord(end, number))
            throw Damaged($"record {number}", "its content does not have the hash that continues the chain");
        IsTorn = true;
        return null;
    }

    // The length of the entries; 0 if these bytes are not a record header.
    private static int LengthOf(ReadOnlySpan<byte> head, out ulong number, out bool isFlushed)
    {
        number = BinaryPrimitives.ReadUInt64LittleEndian(head[4..]);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(head);
        isFlushed = (length & Flushed) != 0;
        length &= ~Flushed;
        return length is > 0 and <= MostLength
            && Crc32.HashToUInt32(head[..12]) == BinaryPrimitives.ReadUInt32LittleEndian(head[12..]) ? (int)length : 0;
    }

    // Either the file ends within the header, or a sector with part of the header was never written.
    private bool IsHeadUnfinished()
    {
        if (WrittenEnd <= End + HeadLength) return true;
        var split = Math.Min((End / Sector + 1) * Sector, End + HeadLength);
        return (IsZero(End, split) || IsZero(split, End + HeadLength) && split < End + HeadLength)
            && !HasFlushedRecord(End + 1, Number + 1);
    }

    // Whether a record after this number begins behind a place, and was written when all earlier ones had been flushed.
    private bool HasFlushedRecord(long from, ulong after)
    {
        var bytes = Bytes(from, (int)Math.Min(WrittenEnd - from, int.MaxValue / 2));
        for (var at = 0; at + HeadLength <= bytes.Length; at++)
            if (LengthOf(bytes.AsSpan(at, HeadLength), out var number, out var isFlushed) > 0 && number > after && isFlushed) return true;
        return false;
    }

    // Whether the end or a complete sector of a range contains only zeros. The range shares its last sector with what follows it.
    private bool HasGap(long from, long end)
    {
        if (WrittenEnd <= end - sizeof(long)) return true;
        var at = (from + Sector - 1) / Sector * Sector;
        for (; at + Sector <= end; at += Sector)
            if (IsZero(at, at + Sector)) return true;
        return at < end && IsZero(at, end);
    }

    private bool IsZero(long from, long end) => LastByte(from, end) == from;

    private byte[] Bytes(long from, int length)
    {
        var bytes = new byte[length];
        Fill(from, bytes);
        return bytes;
    }

    private void Fill(long from, Span<byte> bytes)
    {
        for (var read = 0; read < bytes.Length;)
        {
            if (_file.ReadAt(bytes[read..], from + read) is not (> 0 and var n))
                throw new IOException("the file became shorter while it was read");
            read += n;
        }
    }

    // The end of the last non-zero byte of a range; its start if all are zero.
    private long LastByte(long from, long end)
    {
        var some = new byte[1 << 16];
        while (end > from)
        {
            var start = Math.Max(from, end - some.Length);
            var span = some.AsSpan(0, (int)(end - start));
            Fill(start, span);
            if (span.LastIndexOfAnyExcept((byte)0) is >= 0 and var last) return start + last + 1;
            end = start;
        }
        return from;
    }

    private JournalException Damaged(string where, string why) => new(
        $"{_path} is damaged: {where}: {why}; nothing is traded by it. Put back "
        + "a copy of the journal and its head, or begin a new account with another --state");
}
