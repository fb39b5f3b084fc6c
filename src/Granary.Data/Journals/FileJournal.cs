using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Granary.Data.Text;

namespace Granary.Data.Journals;

/// <summary>
/// A journal in one file of a folder, appended to and never rewritten. An append is one frame: its length, its checksum, and the entries.
/// One write and one flush to the disk an append, however many entries it has; <see cref="WriteAsync"/> leaves the flush to the next
/// append. (The paper venue keeps its own book without the flush, since what it simulates loses nothing in a power cut that a restart
/// would miss.)
/// </summary>
/// <remarks>
/// <para>Layout: "GRJ1", then frames of <c>length u32 · CRC-32 u32 · entries</c>; an entry is <c>length u32 · sequence i64 · recorded
/// (ticks) i64 · kind, strategy, symbol (each u16 length and UTF-8) · JSON</c>, little-endian; then, while it is open, zeros: room whose
/// blocks are on the disk already, so that a flush (<see cref="DiskFlush"/>) has the frame alone to bring there, and not the file's length
/// and places. Closing it gives the room back.</para>
/// <para>Opening reads the file to the last whole frame. Zeros behind it are room that a killed session left. Anything else was never
/// acknowledged, since acknowledging waits for the flush; or the disk has damaged it, and then nothing behind the damage can be trusted to
/// be in its place. It is moved to <c>NAME.cut-UTC</c> beside the journal, and <see cref="Cut"/> says so.</para>
/// </remarks>
public sealed class FileJournal : IJournal
{
    private const int FrameHead = 8, MostFrame = 1 << 28;
    private const int Room = 1 << 20;
    private static readonly byte[] Zeros = new byte[1 << 16];
    private static readonly byte[] Magic = "GRJ1"u8.ToArray();

    private readonly string _path;
    private readonly FileStream _file;
    private readonly FolderLease? _lease;
    private readonly ArrayBufferWriter<byte> _buffer = new(1 << 14);
    // Of what is written, and of the file with its room.
    private long _length, _room;
    private readonly bool _flush;
    private bool _failed;

    private FileJournal(string path, FileStream file, FolderLease? lease, bool flush)
    {
        (_path, _file, _lease, _flush) = (path, file, lease, flush);
        Name = path;
    }

    public string Name { get; }

    public long Last { get; private set; }

    public string? Cut { get; private set; }

    /// <summary>Bytes that are written; the file is longer while it is open.</summary>
    public long Length => _length;

    /// <param name="folder">Made where it is not there; one folder is one account.</param>
    /// <param name="holder">Who opens it, for the sentence that a second session gets.</param>
    /// <param name="flush">
    /// false leaves it to the operating system when the disk gets it: a killed process loses nothing, a power cut may.
    /// </param>
    /// <exception cref="LeaseException">Another process has it open.</exception>
    /// <exception cref="JournalException">The disk refuses, or the file is not a journal.</exception>
    public static FileJournal Open(string folder, TimeProvider clock, string holder = "a session", string name = "journal.grj",
        bool flush = true)
    {
        FolderLease? lease = null;
        FileStream? file = null;
        try
        {
            Directory.CreateDirectory(folder);
            lease = FolderLease.Take(folder, name, holder, clock);
            var path = Path.Combine(folder, name);
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 1, FileOptions.None);
            var journal = new FileJournal(path, file, lease, flush);
            journal.Recover(clock);
            journal.MakeRoom(Room);
            return journal;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            lease?.Dispose();
            throw new JournalException(
                $"the journal in {folder} cannot be opened: {e.Message.TrimEnd('.')}; choose another folder with --state", e);
        }
        catch
        {
            file?.Dispose();
            lease?.Dispose();
            throw;
        }
    }

    private void Recover(TimeProvider clock)
    {
        var end = _file.Length;
        if (end == 0)
        {
            _file.Write(Magic);
            _file.Flush(flushToDisk: true);
            _length = _room = Magic.Length;
            return;
        }
        Span<byte> magic = stackalloc byte[4];
        var head = _file.ReadAtLeast(magic, 4, throwOnEndOfStream: false);
        var named = magic[..head].SequenceEqual(Magic.AsSpan(0, head));
        // Even its name may be what the disk has damaged; only a file that was never ours is refused.
        if (!named && !LooksLikeFrames(end))
            throw new JournalException($"{_path} is not a journal; move it away, or choose another folder with --state");
        _length = Magic.Length;
        string? why = head < Magic.Length ? "the first write was not finished" : null;
        foreach (var frame in Frames(_file, _length, end, f => why = f))
        {
            foreach (var entry in Entries(frame.Bytes)) Last = entry.Sequence;
            _length = frame.End;
        }
        _room = end;
        if (why is not null)
        {
            var from = Math.Min(_length, end);
            // The zeros at the end say nothing.
            end = LastByte(_file, from, end);
            var kept = $"{_path}.cut-{clock.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'.'fff'Z'", CultureInfo.InvariantCulture)}";
            using (var rest = new FileStream(kept, FileMode.Create, FileAccess.Write))
            {
                Copy(_file, from, end, rest);
                rest.Flush(flushToDisk: true);
            }
            Cut = FormattableString.Invariant(
                $"{_path}: {end - from} bytes behind entry {Last} were cut off, since {why}; they are kept in {kept}");
            _file.SetLength(_length);
            _room = _length;
        }
        else if (!named)
        {
            Cut = $"{_path}: its first bytes were damaged and were put right; no entry is lost";
        }
        if (Cut is not null)
        {
            RandomAccess.Write(_file.SafeFileHandle, Magic, 0);
            _file.Flush(flushToDisk: true);
        }
    }

    private static void Copy(FileStream file, long from, long end, FileStream to)
    {
        var some = new byte[1 << 16];
        while (from < end
            && RandomAccess.Read(file.SafeFileHandle, some.AsSpan(0, (int)Math.Min(some.Length, end - from)), from) is > 0 and var n)
        {
            to.Write(some.AsSpan(0, n));
            from += n;
        }
    }

    // The end of the last byte of a stretch that is not zero; its start where all are.
    private static long LastByte(FileStream file, long from, long end)
    {
        var some = new byte[1 << 16];
        while (end > from)
        {
            var start = Math.Max(from, end - some.Length);
            var span = some.AsSpan(0, (int)(end - start));
            for (var read = 0; read < span.Length;)
            {
                if (RandomAccess.Read(file.SafeFileHandle, span[read..], start + read) is not (> 0 and var n))
                    throw new IOException("the file became shorter while it was read");
                read += n;
            }
            if (span.LastIndexOfAnyExcept((byte)0) is >= 0 and var last) return start + last + 1;
            end = start;
        }
        return from;
    }

    // Makes sure that so many bytes can be appended without the file growing.
    private void MakeRoom(long bytes)
    {
        if (!_flush || _room - _length >= bytes) return;
        var end = _length + bytes;
        while (_room < end)
        {
            var n = (int)Math.Min(Zeros.Length, end - _room);
            RandomAccess.Write(_file.SafeFileHandle, Zeros.AsSpan(0, n), _room);
            _room += n;
        }
        _file.Flush(flushToDisk: true);
    }

    /// <inheritdoc/>
    public void Prepare()
    {
        if (_failed || !_flush || _room - _length >= Room / 2) return;
        try
        {
            MakeRoom(Room);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }

    // After a failed flush it is not known what the disk has: only a new opening shows it.
    private JournalException Failed(Exception e)
    {
        _failed = true;
        return new JournalException(
            $"{_path} cannot be written: {e.Message.TrimEnd('.')}; make room on the disk and start the session again", e);
    }

    // A frame whose checksum holds stands behind four bytes that may be damaged.
    private bool LooksLikeFrames(long end)
    {
        foreach (var _ in Frames(_file, Magic.Length, end, _ => { })) return true;
        return end < Magic.Length + FrameHead;
    }

    private readonly record struct Frame(byte[] Bytes, long End);

    private static IEnumerable<Frame> Frames(FileStream file, long from, long end, Action<string> stopped)
    {
        var head = new byte[FrameHead];
        while (from < end)
        {
            if (end - from < FrameHead)
            {
                if (LastByte(file, from, end) > from) stopped("the last write was not finished");
                yield break;
            }
            RandomAccess.Read(file.SafeFileHandle, head, from);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(head);
            // Room, as long as there is nothing else.
            if (length == 0 && LastByte(file, from, end) == from) yield break;
            if (length is 0 or > MostFrame || from + FrameHead + length > end)
            {
                stopped(length is 0 or > MostFrame ? "what follows is damaged" : "the last write was not finished");
                yield break;
            }
            var bytes = new byte[length];
            var read = 0;
            while (read < bytes.Length
                && RandomAccess.Read(file.SafeFileHandle, bytes.AsSpan(read), from + FrameHead + read) is > 0 and var n) read += n;
            if (Crc32.Append(0, bytes) != BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4)))
            {
                stopped("its checksum does not hold");
                yield break;
            }
            from += FrameHead + length;
            yield return new Frame(bytes, from);
        }
    }

    private static IEnumerable<JournalEntry> Entries(byte[] frame)
    {
        for (var at = 0; at < frame.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(frame.AsSpan(at));
            yield return Entry(frame.AsMemory(at + 4, length));
            at += 4 + length;
        }
    }

    private static JournalEntry Entry(ReadOnlyMemory<byte> bytes)
    {
        var s = bytes.Span;
        var sequence = BinaryPrimitives.ReadInt64LittleEndian(s);
        var at = BinaryPrimitives.ReadInt64LittleEndian(s[8..]);
        var offset = 16;
        var kind = Text(s, ref offset);
        var strategy = Text(s, ref offset);
        var symbol = Text(s, ref offset);
        return new JournalEntry(sequence, new DateTimeOffset(at, TimeSpan.Zero), kind, strategy, symbol, bytes[offset..]);
    }

    private static string Text(ReadOnlySpan<byte> s, ref int offset)
    {
        var length = BinaryPrimitives.ReadUInt16LittleEndian(s[offset..]);
        var text = Encoding.UTF8.GetString(s.Slice(offset + 2, length));
        offset += 2 + length;
        return text;
    }

    public ValueTask AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default)
    {
        Append(entries, _flush);
        return default;
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default)
    {
        Append(entries, flush: false);
        return default;
    }

    private void Append(IReadOnlyList<JournalEntry> entries, bool flush)
    {
        if (_failed) throw new JournalException($"{_path} failed before, and what it holds is not known; start the session again");
        _buffer.ResetWrittenCount();
        _buffer.Advance(_buffer.GetSpan(FrameHead)[..FrameHead].Length);
        var next = Last + 1;
        foreach (var entry in entries)
        {
            if (entry.Sequence < next) continue;
            if (entry.Sequence > next) throw new ArgumentException($"entry {entry.Sequence} does not follow {next - 1}", nameof(entries));
            Write(entry);
            next++;
        }
        var frame = _buffer.WrittenSpan;
        if (frame.Length == FrameHead) return;
        var head = System.Runtime.InteropServices.MemoryMarshal.AsMemory(_buffer.WrittenMemory).Span;
        BinaryPrimitives.WriteInt32LittleEndian(head, frame.Length - FrameHead);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], Crc32.Append(0, frame[FrameHead..]));
        try
        {
            if (_room - _length < frame.Length) MakeRoom(Math.Max(Room, frame.Length));
            RandomAccess.Write(_file.SafeFileHandle, frame, _length);
            if (flush) DiskFlush.Data(_file.SafeFileHandle);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
        _length += frame.Length;
        Last = next - 1;
    }

    private void Write(JournalEntry entry)
    {
        var most = 4 + 16 + 6 + Encoding.UTF8.GetMaxByteCount(entry.Kind.Length + entry.Strategy.Length + entry.Symbol.Length)
            + entry.Body.Length;
        var span = _buffer.GetSpan(most);
        BinaryPrimitives.WriteInt64LittleEndian(span[4..], entry.Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(span[12..], entry.At.UtcTicks);
        var offset = 20;
        foreach (var text in (ReadOnlySpan<string>)[entry.Kind, entry.Strategy, entry.Symbol])
        {
            var length = Encoding.UTF8.GetBytes(text, span[(offset + 2)..]);
            BinaryPrimitives.WriteUInt16LittleEndian(span[offset..], checked((ushort)length));
            offset += 2 + length;
        }
        entry.Body.Span.CopyTo(span[offset..]);
        offset += entry.Body.Length;
        BinaryPrimitives.WriteInt32LittleEndian(span, offset - 4);
        _buffer.Advance(offset);
    }

    public async IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query, [EnumeratorCancellation]
        CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var entry in Read(_file, _length, query))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }
    }

    private static IEnumerable<JournalEntry> Read(FileStream file, long end, JournalQuery query)
    {
        foreach (var frame in Frames(file, Magic.Length, end, _ => { }))
            foreach (var entry in Entries(frame.Bytes))
                if (query.Wants(entry))
                    yield return entry;
    }

    /// <summary>Reads a journal that a session may have open, to its last whole frame; takes no lease and changes nothing.</summary>
    /// <exception cref="JournalException">It is not there or not a journal.</exception>
    public static IReadOnlyList<JournalEntry> Peek(string folder, JournalQuery query, string name = "journal.grj")
    {
        var path = Path.Combine(folder, name);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return [.. Read(file, file.Length, query)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException(
                $"{path} cannot be read: {e.Message.TrimEnd('.')}; name the folder that 'granary live' had as --state", e);
        }
    }

    public ValueTask DisposeAsync()
    {
        try
        {
            if (_room > _length && !_failed) _file.SetLength(_length);
        }
        catch (IOException)
        {
            // The room stays; the next opening knows it for what it is.
        }
        _file.Dispose();
        _lease?.Dispose();
        return default;
    }
}
