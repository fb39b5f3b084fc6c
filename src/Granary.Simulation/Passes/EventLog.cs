using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Granary.Engine.Trading;

namespace Granary.Simulation.Passes;

/// <summary>Thrown if earlier events of a strategy are missing; the strategy must run again from its first bar.</summary>
internal sealed class MissingEventsException(string message) : Exception(message);

/// <summary>
/// Stores the events of a batch's strategies as chunks in one file, with an index by strategy, so memory does not grow with the
/// number of trades. The events of a strategy count when their end is stored. The file can be continued after the process was lost: a
/// strategy without an end runs again from its first bar, and a repeated chunk must be equal to the stored one. A log with a maximum size
/// drops all events when they exceed it.
/// </summary>
/// <remarks>
/// The file begins with the hash of the run's key. It follows a frame for each chunk: <c>strategy i32 · number i32 · length i32 · hash
/// u64 · events</c>. The hash is over the events, the first two numbers and the hash of the strategy's frame before. The end of a strategy
/// is a frame with the number −1 and the <see cref="EventTally"/>, so its hash covers all events of the strategy. After a crash, the file
/// is valid up to the first frame that is incomplete or has a different hash.
/// </remarks>
internal sealed class EventLog : IEventSink, IEventLog, IDisposable
{
    private const int HeadLength = 16, FrameLength = 20, EndNumber = -1, MostOfChunk = 1 << 20;

    private readonly FileStream _file;
    private readonly string _path;
    private readonly byte[] _head;
    // First the strategies' own runs, by index. Behind them, in the same order, the runs that the portfolio follows instead of these.
    private readonly Kept?[] _kept;
    private readonly int _strategies;
    private readonly Lock _lock = new();
    private volatile bool _isDropped;
    private long _most;
    private long _length;

    // The stored chunks of one strategy.
    private sealed class Kept
    {
        public List<(long Offset, int Length, ulong Hash)> Chunks { get; } = new(2);

        public EventTally Tally { get; set; }

        public bool IsComplete { get; set; }

        // The hash of the frame before a chunk.
        public ulong HashBefore(int chunk) => chunk == 0 ? 0 : Chunks[chunk - 1].Hash;

        public void Add(long offset, ReadOnlySpan<byte> events, ulong hash)
        {
            Tally = Tally.With(events);
            Chunks.Add((offset, events.Length, hash));
        }
    }

    /// <param name="key">Identifies the run: a file of another run is not continued.</param>
    /// <param name="strategies">Number of strategies of the batch.</param>
    /// <param name="resume">Whether to continue an existing file up to the place where it is damaged.</param>
    /// <param name="most">Maximum size of the file in bytes.</param>
    public EventLog(string path, string key, int strategies, bool resume, long most = long.MaxValue)
    {
        _most = most;
        _path = path;
        _strategies = strategies;
        _kept = new Kept?[2 * strategies];
        _head = XxHash128.Hash(Encoding.UTF8.GetBytes("events of " + key));
        _file = new FileStream(path, resume ? FileMode.OpenOrCreate : FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 1 << 20);
        if (resume) Recover();
        if (_length == 0)
        {
            _file.Position = 0;
            _file.Write(_head);
            _length = HeadLength;
        }
        _file.SetLength(_length);
    }

    /// <summary>Whether the events exceeded the maximum size and cannot be read.</summary>
    public bool IsDropped => _isDropped;

    /// <summary>Lifts the maximum size: what is appended from now on is needed.</summary>
    public void KeepAll() => _most = long.MaxValue;

    private void Recover()
    {
        Span<byte> frame = stackalloc byte[FrameLength];
        var end = _file.Length;
        if (end < HeadLength) return;
        var head = new byte[HeadLength];
        _file.ReadExactly(head);
        if (!head.AsSpan().SequenceEqual(_head)) return;
        _length = HeadLength;
        var payload = new byte[4096];
        while (_length + FrameLength <= end)
        {
            _file.ReadExactly(frame);
            var length = BinaryPrimitives.ReadInt32LittleEndian(frame[8..]);
            if (length is < 0 or > MostOfChunk || _length + FrameLength + length > end) break;
            if (payload.Length < length) payload = new byte[length];
            _file.ReadExactly(payload, 0, length);
            if (!IsTaken(BinaryPrimitives.ReadInt32LittleEndian(frame), BinaryPrimitives.ReadInt32LittleEndian(frame[4..]),
                payload.AsSpan(0, length), BinaryPrimitives.ReadUInt64LittleEndian(frame[12..]))) break;
            _length += FrameLength + length;
        }
    }

    // Takes a frame of the file; false if it is not valid.
    private bool IsTaken(int strategy, int chunk, ReadOnlySpan<byte> payload, ulong hash)
    {
        if ((uint)strategy >= (uint)_kept.Length) return false;
        var kept = _kept[strategy] ??= new Kept();
        if (kept.IsComplete || HashOf(kept.HashBefore(kept.Chunks.Count), strategy, chunk, payload) != hash) return false;
        if (chunk == EndNumber)
        {
            if (payload.Length != Unsafe.SizeOf<EventTally>() || MemoryMarshal.Read<EventTally>(payload) != kept.Tally) return false;
            kept.IsComplete = true;
            return true;
        }
        if (chunk != kept.Chunks.Count || payload.Length == 0) return false;
        kept.Add(_length + FrameLength, payload, hash);
        return true;
    }

    private static ulong HashOf(ulong before, int strategy, int chunk, ReadOnlySpan<byte> payload) =>
        XxHash3.HashToUInt64(payload, (long)before ^ ((long)strategy << 32 | (uint)chunk));

    /// <inheritdoc/>
    /// <exception cref="MissingEventsException">An earlier chunk is missing.</exception>
    /// <exception cref="RecordDiffersException">The chunk is stored with another content.</exception>
    /// <exception cref="EventStoreException">The disk refuses the chunk.</exception>
    public void Append(int strategy, int chunk, ReadOnlySpan<byte> events)
    {
        if (_isDropped) return;
        lock (_lock)
        {
            if (_isDropped) return;
            var kept = _kept[strategy] ??= new Kept();
            var known = kept.Chunks.Count;
            if (chunk > known) throw new MissingEventsException($"strategy {strategy}: chunk {chunk} of its events came before chunk {known}");
            var hash = HashOf(kept.HashBefore(chunk), strategy, chunk, events);
            if (chunk < known ? kept.Chunks[chunk] is var stored && (stored.Length, stored.Hash) != (events.Length, hash) : kept.IsComplete)
                throw Differs(strategy);
            if (chunk < known) return;
            if (Store(strategy, chunk, events, hash) is { } offset) kept.Add(offset, events, hash);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="MissingEventsException">Chunks are missing.</exception>
    /// <exception cref="RecordDiffersException">The stored events are others than those that the run counted.</exception>
    /// <exception cref="EventStoreException">The disk refuses the end.</exception>
    public void End(int strategy, in EventTally tally)
    {
        lock (_lock)
        {
            if (_isDropped) return;
            var kept = _kept[strategy] ??= new Kept();
            if (tally.Chunks > kept.Tally.Chunks)
                throw new MissingEventsException($"strategy {strategy}: {tally.Chunks - kept.Tally.Chunks} chunks of its events did not come");
            if (tally != kept.Tally) throw Differs(strategy);
            if (kept.IsComplete) return;
            var payload = MemoryMarshal.AsBytes(new ReadOnlySpan<EventTally>(in tally));
            var hash = HashOf(kept.HashBefore(kept.Chunks.Count), strategy, EndNumber, payload);
            kept.IsComplete = Store(strategy, EndNumber, payload, hash) is not null;
        }
    }

    // Returns the offset of the payload; null if the log was dropped.
    private long? Store(int strategy, int chunk, ReadOnlySpan<byte> payload, ulong hash)
    {
        Span<byte> frame = stackalloc byte[FrameLength];
        BinaryPrimitives.WriteInt32LittleEndian(frame, strategy);
        BinaryPrimitives.WriteInt32LittleEndian(frame[4..], chunk);
        BinaryPrimitives.WriteInt32LittleEndian(frame[8..], payload.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[12..], hash);
        try
        {
            if (_length + FrameLength + payload.Length > _most)
            {
                _isDropped = true;
                Array.Clear(_kept);
                _file.SetLength(0);
                return null;
            }
            _file.Position = _length;
            _file.Write(frame);
            _file.Write(payload);
        }
        catch (IOException e)
        {
            throw new EventStoreException(e);
        }
        var offset = _length + FrameLength;
        _length = offset + payload.Length;
        return offset;
    }

    private RecordDiffersException Differs(int strategy) => new(string.Create(CultureInfo.InvariantCulture,
        $"the strategy with the index {strategy % _strategies} ran again and gave other signals or trades than before; a strategy must do "
            + $"the same on the same bars each time, so correct its class, or start the run without --resume if the class was changed"));

    /// <summary>
    /// Takes the events of the runs that a portfolio follows, where it follows other runs than the strategies' own.
    /// </summary>
    public IEventSink Members => new MemberSink(this);

    private sealed class MemberSink(EventLog log) : IEventSink
    {
        public void Append(int strategy, int chunk, ReadOnlySpan<byte> events) => log.Append(log._strategies + strategy, chunk, events);

        public void End(int strategy, in EventTally tally) => log.End(log._strategies + strategy, tally);
    }

    /// <inheritdoc/>
    public int Followed(int strategy) =>
        IsComplete(_strategies + strategy) && ChunkCount(_strategies + strategy) > 0 ? _strategies + strategy : strategy;

    /// <summary>Whether all events of a strategy are stored.</summary>
    public bool IsComplete(int strategy) => _kept[strategy] is { IsComplete: true };

    /// <summary>Numbers of the stored events of a strategy.</summary>
    public EventTally TallyOf(int strategy) => _kept[strategy]?.Tally ?? default;

    public int ChunkCount(int strategy) => _kept[strategy]?.Chunks.Count ?? 0;

    /// <summary>Passes all appended chunks to the operating system.</summary>
    /// <exception cref="EventStoreException">The disk refuses them.</exception>
    public void Flush()
    {
        try
        {
            lock (_lock) _file.Flush();
        }
        catch (IOException e)
        {
            throw new EventStoreException(e);
        }
    }

    /// <summary>Reads one chunk of a strategy's events.</summary>
    /// <exception cref="RecordDiffersException">The chunk on the disk has changed.</exception>
    public byte[] Read(int strategy, int chunk)
    {
        var kept = _kept[strategy]!;
        var (offset, length, hash) = kept.Chunks[chunk];
        var bytes = new byte[length];
        Flush();
        var read = 0;
        while (read < length)
        {
            var n = RandomAccess.Read(_file.SafeFileHandle, bytes.AsSpan(read), offset + read);
            if (n == 0) break;
            read += n;
        }
        if (read < length || HashOf(kept.HashBefore(chunk), strategy, chunk, bytes) != hash)
            throw new RecordDiffersException($"{_path} has changed since this run wrote it; check the disk, and continue the run with "
                + "--resume, which computes the damaged part again");
        return bytes;
    }

    public void Dispose() => _file.Dispose();
}
