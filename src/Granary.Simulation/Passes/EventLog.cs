using System.Buffers.Binary;
using Granary.Engine.Trading;

namespace Granary.Simulation.Passes;

/// <summary>Thrown if earlier events of a strategy are missing; the strategy must run again from its first bar.</summary>
public sealed class EventGapException(string message) : Exception(message);

/// <summary>
/// Stores the events of a batch's strategies as chunks in one file, with an index by strategy, so that memory does not grow with the number
/// of trades. A repeated chunk is ignored, so that a strategy may run again from its first bar. The file can be continued after the process
/// was lost. A log with a maximum size drops all events when they exceed it, and then only counts chunks.
/// </summary>
public sealed class EventLog : IEventSink, IEventLog, IDisposable
{
    private const int FrameLength = 12; // strategy, number of the chunk, bytes

    private readonly FileStream _file;
    // Entries from the number of strategies on are the runs that the portfolio follows instead of the strategies' own runs.
    private readonly List<(long Offset, int Length)>?[] _chunks;
    private readonly int _strategies;
    private readonly Lock _lock = new();
    private long _most;
    private long _length;

    /// <param name="strategies">Number of strategies of the batch.</param>
    /// <param name="resume">Whether to continue an existing file; an incomplete chunk at its end is dropped.</param>
    /// <param name="most">Maximum size of the file in bytes.</param>
    public EventLog(string path, int strategies, bool resume, long most = long.MaxValue)
    {
        _most = most;
        _strategies = strategies;
        _chunks = new List<(long, int)>?[2 * strategies];
        _file = new FileStream(path, resume ? FileMode.OpenOrCreate : FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 1 << 20);
        if (resume) Recover();
    }

    /// <summary>Whether the events exceeded the maximum size and cannot be read.</summary>
    public bool IsDropped { get; private set; }

    /// <summary>Lifts the maximum size: what is appended from now on is needed.</summary>
    public void KeepAll() => _most = long.MaxValue;

    private void Recover()
    {
        Span<byte> frame = stackalloc byte[FrameLength];
        var end = _file.Length;
        while (_length + FrameLength <= end)
        {
            _file.Position = _length;
            _file.ReadExactly(frame);
            var strategy = BinaryPrimitives.ReadInt32LittleEndian(frame);
            var chunk = BinaryPrimitives.ReadInt32LittleEndian(frame[4..]);
            var length = BinaryPrimitives.ReadInt32LittleEndian(frame[8..]);
            if ((uint)strategy >= (uint)_chunks.Length || length <= 0 || chunk != ChunkCount(strategy)
                || _length + FrameLength + length > end) break;
            (_chunks[strategy] ??= new List<(long, int)>(2)).Add((_length + FrameLength, length));
            _length += FrameLength + length;
        }
        _file.SetLength(_length);
    }

    /// <exception cref="EventGapException">An earlier chunk is missing.</exception>
    public void Append(int strategy, int chunk, ReadOnlySpan<byte> events)
    {
        Span<byte> frame = stackalloc byte[FrameLength];
        BinaryPrimitives.WriteInt32LittleEndian(frame, strategy);
        BinaryPrimitives.WriteInt32LittleEndian(frame[4..], chunk);
        BinaryPrimitives.WriteInt32LittleEndian(frame[8..], events.Length);
        lock (_lock)
        {
            var known = ChunkCount(strategy);
            if (chunk < known) return;
            if (chunk > known) throw new EventGapException($"strategy {strategy}: chunk {chunk} of its events came before chunk {known}");
            if (!IsDropped && _length + FrameLength + events.Length > _most)
            {
                IsDropped = true;
                _file.SetLength(0);
            }
            if (!IsDropped)
            {
                _file.Position = _length;
                _file.Write(frame);
                _file.Write(events);
            }
            (_chunks[strategy] ??= new List<(long, int)>(2)).Add((_length + FrameLength, events.Length));
            _length += FrameLength + events.Length;
        }
    }

    public IEventSink Members => new MemberSink(this);

    private sealed class MemberSink(EventLog log) : IEventSink
    {
        public void Append(int strategy, int chunk, ReadOnlySpan<byte> events) => log.Append(log._strategies + strategy, chunk, events);
    }

    /// <inheritdoc/>
    public int Followed(int strategy) => ChunkCount(_strategies + strategy) > 0 ? _strategies + strategy : strategy;

    public int ChunkCount(int strategy) => _chunks[strategy]?.Count ?? 0;

    /// <summary>Passes all appended chunks to the operating system, and optionally forces them to disk.</summary>
    public void Flush(bool toDisk = false)
    {
        lock (_lock) _file.Flush(toDisk);
    }

    /// <summary>Reads one chunk of a strategy's events.</summary>
    public byte[] Read(int strategy, int chunk)
    {
        var (offset, length) = _chunks[strategy]![chunk];
        var bytes = new byte[length];
        Flush();
        var read = 0;
        while (read < length)
        {
            var n = RandomAccess.Read(_file.SafeFileHandle, bytes.AsSpan(read), offset + read);
            if (n == 0) throw new InvalidDataException("the log of the strategies' events is shorter than it was");
            read += n;
        }
        return bytes;
    }

    public void Dispose() => _file.Dispose();
}
