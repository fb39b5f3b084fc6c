using Granary.Engine.Backtesting;

namespace Granary.Application.Batches;

/// <summary>Keeps the events of a batch's strategies in one file, chunk behind chunk, and finds each strategy's again: memory does not grow with the trades.</summary>
public sealed class EventSpool : IEventSink, IDisposable
{
    private readonly FileStream _file;
    private readonly List<(long Offset, int Length)>?[] _chunks;
    private readonly Lock _lock = new();
    private readonly bool _delete;
    private long _length;

    /// <param name="delete">Whether the file goes with the spool.</param>
    public EventSpool(string path, int strategies, bool delete)
    {
        _file = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 1 << 20);
        _chunks = new List<(long, int)>?[strategies];
        _delete = delete;
    }

    public void Append(int strategy, ReadOnlySpan<byte> events)
    {
        lock (_lock)
        {
            _file.Position = _length;
            _file.Write(events);
            (_chunks[strategy] ??= new List<(long, int)>(2)).Add((_length, events.Length));
            _length += events.Length;
        }
    }

    public int ChunkCount(int strategy) => _chunks[strategy]?.Count ?? 0;

    /// <summary>One chunk of a strategy's events.</summary>
    public byte[] Read(int strategy, int chunk)
    {
        var (offset, length) = _chunks[strategy]![chunk];
        var bytes = new byte[length];
        lock (_lock)
        {
            _file.Flush();
        }
        var read = 0;
        while (read < length)
        {
            var n = RandomAccess.Read(_file.SafeFileHandle, bytes.AsSpan(read), offset + read);
            if (n == 0) throw new InvalidDataException("the log of the strategies' events is shorter than it was");
            read += n;
        }
        return bytes;
    }

    public void Dispose()
    {
        var path = _file.Name;
        _file.Dispose();
        if (_delete) File.Delete(path);
    }
}
