using System.Collections.Concurrent;
using Granary.Engine.Trading;

namespace Granary.Simulation.Passes;

/// <summary>Stores the events of a few strategies in memory.</summary>
internal sealed class MemoryEventLog : IEventSink, IEventLog
{
    private readonly ConcurrentDictionary<int, List<byte[]>> _chunks = new();

    public void Append(int strategy, int chunk, ReadOnlySpan<byte> events)
    {
        var own = _chunks.GetOrAdd(strategy, _ => []);
        // A repeated run writes the same chunks again; they are ignored.
        if (chunk == own.Count) own.Add(events.ToArray());
    }

    // The events of a run count as they come, since the log ends with the process.
    public void End(int strategy, in EventTally tally)
    {
    }

    public int ChunkCount(int strategy) => ChunksOf(strategy).Count;

    public byte[] Read(int strategy, int chunk) => _chunks[strategy][chunk];

    /// <summary>Returns all chunks of a strategy, in order.</summary>
    public IReadOnlyList<byte[]> ChunksOf(int strategy) => _chunks.TryGetValue(strategy, out var own) ? own : [];
}
