using Granary.Engine.Trading;

namespace Granary.Simulation.Passes;

/// <summary>Stores the events of a batch's strategies for repeated reading.</summary>
internal interface IEventLog
{
    /// <summary>Returns the index of the run that the portfolio follows: the strategy's own, unless a member run replaces it.</summary>
    int Followed(int strategy) => strategy;

    /// <summary>Returns the runs of a strategy that the portfolio follows, in chronological order.</summary>
    IReadOnlyList<FollowedRun> RunsOf(int strategy) => [new FollowedRun(Followed(strategy), 0)];

    int ChunkCount(int strategy);

    /// <summary>Reads one chunk of a strategy's events.</summary>
    byte[] Read(int strategy, int chunk);
}

/// <summary>Reads the events of strategies from their chunks.</summary>
internal static class EventChunks
{
    /// <summary>Returns a strategy's events in chronological order. A chunk is read when its first event is needed.</summary>
    public static IEnumerable<RunEvent> Events(this IEventLog log, int strategy) =>
        Enumerable.Range(0, log.ChunkCount(strategy)).Select(chunk => log.Read(strategy, chunk)).Events();

    /// <summary>Returns the events of chunks in order.</summary>
    public static IEnumerable<RunEvent> Events(this IEnumerable<byte[]> chunks) =>
        chunks.SelectMany(chunk => RunEventReader.ReadAll(chunk));
}
