using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using Granary.Storage.Files;

namespace Granary.Data.Journals;

/// <summary>
/// A journal in one file of a folder, appended to and never rewritten. An append is one record (<see cref="JournalFrames"/>), with one
/// write and one flush, however many entries it has. <see cref="WriteAsync"/> leaves the flush to the next append. The paper venue writes
/// its own journal without flushes, because a power cut loses nothing that a restart needs.
/// </summary>
/// <remarks>
/// <para>Layout: "GRJ2", then the records. While the file is open, preallocated zeros follow, so a flush writes only the record, not
/// the file's length and block list. Closing the journal removes the zeros.</para>
/// <para>Opening reads the file up to the last complete record. Zeros after it are the preallocated space of a killed session. An
/// incomplete write at the end was never acknowledged, since the flush precedes the acknowledgement. It is moved to <c>NAME.cut-UTC</c>
/// beside the journal, and <see cref="Cut"/> reports it. Records that were read and may not be on the disk are written again. A damaged
/// journal is not opened. <c>NAME.head</c> (<see cref="JournalHead"/>) reveals that records at the end are missing.</para>
/// </remarks>
public sealed class FileJournal : IJournal
{
    private const int Room = 1 << 20;
    private static readonly byte[] Zeros = new byte[1 << 16];

    private readonly string _path;
    private readonly DiskFile _file, _headFile;
    private readonly FolderLock? _lease;
    // The hash of the last record, and the buffer for the next record.
    private readonly ArrayBufferWriter<byte> _buffer = new(1 << 14);
    private readonly byte[] _hash = new byte[JournalFrames.HashLength];
    private ulong _number;
    // The length of the written records, and of the file with its preallocated space.
    private long _length, _room;
    private readonly bool _flush;
    // Whether all written records are on the disk.
    private bool _isFlushed;
    private bool _failed;

    private FileJournal(string path, DiskFile file, DiskFile headFile, FolderLock? lease, bool flush)
    {
        (_path, _file, _headFile, _lease, _flush) = (path, file, headFile, lease, flush);
        Name = path;
    }

    public string Name { get; }

    public long Last { get; private set; }

    public string? Cut { get; private set; }

    /// <summary>The number of written bytes; the file is longer while it is open.</summary>
    public long Length => _length;

    /// <param name="folder">Made where it is not there; one folder is one account.</param>
    /// <param name="holder">Name of the session that opens it, for the error of a second session.</param>
    /// <param name="flush">
    /// False leaves the flush to the operating system: a killed process loses nothing, but a power cut may.
    /// </param>
    /// <param name="disk">The disk of the folder; null = the operating system's.</param>
    /// <exception cref="LeaseException">Another process has it open.</exception>
    /// <exception cref="JournalException">The disk failed, or the file is not a journal.</exception>
    public static FileJournal Open(string folder, TimeProvider clock, string holder = "a session", string name = "journal.grj",
        bool flush = true, Disk? disk = null)
    {
        disk ??= Disk.Real;
        FolderLock? lease = null;
        DiskFile? file = null, head = null;
        try
        {
            lease = FolderLock.Take(folder, name + ".lease", holder, clock, other =>
                LeaseException.Of($"the account in {folder} is traded by {other}",
                    "stop that session first, or give this one another --state"), disk);
            var path = Path.Combine(folder, name);
            head = OpenFile(JournalHead.FileOf(path));
            file = OpenFile(path);
            var journal = new FileJournal(path, file, head, lease, flush);
            journal.Recover(clock, disk);
            journal.MakeRoom(Room);
            return journal;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Close();
            throw new JournalException(
                $"the journal in {folder} cannot be opened: {e.Message.TrimEnd('.')}; choose another folder with --state", e);
        }
        catch
        {
            Close();
            throw;
        }

        DiskFile OpenFile(string path) => disk.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 1);

        void Close()
        {
            file?.Dispose();
            head?.Dispose();
            lease?.Dispose();
        }
    }

    // The names of both files, the head and the beginning are on the disk before the journal's first record.
    private void Recover(TimeProvider clock, Disk disk)
    {
        if (JournalHead.IsUnfinished(_headFile) && _file.Length <= JournalFrames.Magic.Length) JournalHead.None.Write(_headFile);
        var frames = Frames(_path, _file, _headFile);
        foreach (var entry in frames.Read()) Last = entry.Sequence;
        (_number, _length, _room) = (frames.Number, frames.End, _file.Length);
        frames.Hash.CopyTo(_hash, 0);
        if (_number == 0)
        {
            _file.WriteAt(JournalFrames.Magic, 0);
            _room = Math.Max(_room, _length);
            JournalHead.None.Write(_headFile);
            _headFile.Flush(flushToDisk: true);
            _file.Flush(flushToDisk: true);
            disk.SyncPath(Path.GetDirectoryName(Path.GetFullPath(_path))!);
        }
        if (frames.IsTorn) CutOff(frames.WrittenEnd, clock, disk);
        FlushAgain(frames.FlushedEnd);
        _isFlushed = true;
    }

    // The process before may have ended, or its flush may have failed, before these records were on the disk. A failed flush is not
    // repeated by the next one, unless the bytes are written again.
    private void FlushAgain(long from)
    {
        if (from >= _length) return;
        Copy(_file, from, _length, (bytes, at) => _file.WriteAt(bytes, at));
        _file.Flush(flushToDisk: true);
        new JournalHead(_number, _hash).Write(_headFile);
    }

    private void CutOff(long end, TimeProvider clock, Disk disk)
    {
        var kept = $"{_path}.cut-{clock.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'.'fff'Z'", CultureInfo.InvariantCulture)}";
        using (var rest = disk.Open(kept, FileMode.Create, FileAccess.Write, FileShare.Read))
        {
            Copy(_file, _length, end, (bytes, _) => rest.Write(bytes));
            rest.Flush(flushToDisk: true);
        }
        disk.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(kept))!);
        Cut = FormattableString.Invariant($"{_path}: {end - _length} bytes behind entry {Last} were cut off, since the last write was not ")
            + $"finished; they are kept in {kept}";
        _file.SetLength(_length);
        _file.Flush(flushToDisk: true);
        _room = _length;
    }

    // Read the head first: while a session has the journal open, the journal can only grow.
    private static JournalFrames Frames(string path, DiskFile file, DiskFile headFile, JournalPlace? from = null)
    {
        var head = JournalHead.Read(headFile);
        var frames = new JournalFrames(path, file, head ?? JournalHead.None, from);
        return head is not null ? frames : throw new JournalException($"{path} is damaged: {JournalHead.FileOf(path)} does not hold its "
            + "newest record; nothing is traded by it. Put back a copy of the journal and its head, or begin a new account with another "
            + "--state");
    }

    private delegate void Take(ReadOnlySpan<byte> bytes, long offset);

    private static void Copy(DiskFile file, long from, long end, Take take)
    {
        var some = new byte[1 << 16];
        while (from < end && file.ReadAt(some.AsSpan(0, (int)Math.Min(some.Length, end - from)), from) is > 0 and var n)
        {
            take(some.AsSpan(0, n), from);
            from += n;
        }
    }

    // Preallocates space for this many bytes, so that the file does not grow in a flush.
    private void MakeRoom(long bytes)
    {
        if (!_flush || _room - _length >= bytes) return;
        var end = _length + bytes;
        while (_room < end)
        {
            var n = (int)Math.Min(Zeros.Length, end - _room);
            _file.WriteAt(Zeros.AsSpan(0, n), _room);
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

    // After a failed flush the disk's content is unknown; only a new opening shows it.
    private JournalException Failed(Exception e)
    {
        _failed = true;
        return new JournalException(
            $"{_path} cannot be written: {e.Message.TrimEnd('.')}; make room on the disk and start the session again", e);
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

    /// <summary>Returns when a power cut loses none of the written entries.</summary>
    /// <exception cref="JournalException">The disk failed.</exception>
    public void Flush()
    {
        DemandWhole();
        if (_isFlushed) return;
        try
        {
            _file.Flush(flushToDisk: true);
            _isFlushed = true;
            new JournalHead(_number, _hash).Write(_headFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }

    private void DemandWhole()
    {
        if (_failed) throw new JournalException($"{_path} failed before, and what it holds is not known; start the session again");
    }

    private void Append(IReadOnlyList<JournalEntry> entries, bool flush)
    {
        DemandWhole();
        const int Before = JournalFrames.HashLength + JournalFrames.HeadLength;
        _buffer.ResetWrittenCount();
        _buffer.Write(_hash);
        _buffer.Advance(_buffer.GetSpan(JournalFrames.HeadLength)[..JournalFrames.HeadLength].Length);
        var next = Last + 1;
        foreach (var entry in entries)
        {
            if (entry.Sequence < next) continue;
            if (entry.Sequence > next) throw new ArgumentException($"entry {entry.Sequence} does not follow {next - 1}", nameof(entries));
            JournalEntryCodec.Write(_buffer, entry);
            next++;
        }
        if (_buffer.WrittenCount == Before) return;
        var head = System.Runtime.InteropServices.MemoryMarshal.AsMemory(_buffer.WrittenMemory).Span[JournalFrames.HashLength..];
        JournalFrames.WriteHead(head, _buffer.WrittenCount - Before, _number + 1, _isFlushed);
        Span<byte> hash = stackalloc byte[JournalFrames.HashLength];
        JournalFrames.HashOf(_buffer.WrittenSpan, hash);
        _buffer.Write(hash);
        var record = _buffer.WrittenSpan[JournalFrames.HashLength..];
        try
        {
            if (_room - _length < record.Length) MakeRoom(Math.Max(Room, record.Length));
            _file.WriteAt(record, _length);
            if (flush) _file.Flush(flushToDisk: true);
            hash.CopyTo(_hash);
            _number++;
            _isFlushed = flush;
            // Only flushed records: a head that is ahead of the journal means that records are missing.
            if (flush) new JournalHead(_number, _hash).Write(_headFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
        _length += record.Length;
        Last = next - 1;
    }

    public async IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query, [EnumeratorCancellation]
        CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var entry in Frames(_path, _file, _headFile).Read().Where(query.Wants))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }
    }

    /// <summary>Reads a journal that a session may have open, up to its last complete record. Takes no lease and changes nothing.</summary>
    /// <exception cref="JournalException">The journal does not exist, is not a journal, or is damaged.</exception>
    /// <param name="disk">The disk of the folder; null = the operating system's.</param>
    public static IReadOnlyList<JournalEntry> Peek(string folder, JournalQuery query, string name = "journal.grj", Disk? disk = null) =>
        PeekFrom(null, folder, query, name, disk).Entries;

    /// <summary>Whether a folder has the journal of a session.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, "journal.grj"));

    /// <summary>Reads on from an earlier reading, if all entries of the query come after it.</summary>
    /// <param name="from">Where the earlier reading ended; null without one.</param>
    /// <returns>The entries, and where this reading ended.</returns>
    /// <inheritdoc cref="Peek"/>
    internal static (IReadOnlyList<JournalEntry> Entries, JournalPlace Place) PeekFrom(JournalPlace? from, string folder,
        JournalQuery query, string name = "journal.grj", Disk? disk = null)
    {
        disk ??= Disk.Real;
        var path = Path.Combine(folder, name);
        try
        {
            using var head = OpenFile(JournalHead.FileOf(path));
            using var file = OpenFile(path);
            var frames = Frames(path, file, head, from?.Sequence <= query.After ? from : null);
            return ([.. frames.Read().Where(query.Wants)], frames.Place);
        }
        catch (Exception e) when (!disk.FileExists(path) && e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new JournalException($"{folder} has no journal of a session; name the folder that 'granary live' had as --state", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException(
                $"{path} cannot be read: {e.Message.TrimEnd('.')}; name the folder that 'granary live' had as --state", e);
        }

        DiskFile OpenFile(string path) => disk.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    }

    public ValueTask DisposeAsync()
    {
        try
        {
            if (!_failed) Close();
        }
        catch (IOException)
        {
            // The preallocated space stays, and the head shows an earlier record; the next opening handles both.
            _failed = true;
        }
        _file.Dispose();
        _headFile.Dispose();
        _lease?.Dispose();
        return default;
    }

    private void Close()
    {
        if (_room > _length) _file.SetLength(_length);
        _file.Flush(flushToDisk: true);
        _isFlushed = true;
        new JournalHead(_number, _hash).Write(_headFile);
        _headFile.Flush(flushToDisk: true);
    }
}
