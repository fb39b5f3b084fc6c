namespace Granary.Simulation.Passes;

/// <summary>Stores the events of a batch's strategies for repeated reading.</summary>
public interface IEventLog
{
    /// <summary>Returns the index of the run that the portfolio follows: the strategy's own, unless a member run replaces it.</summary>
    int Followed(int strategy) => strategy;

    /// <summary>Returns the runs of a strategy that the portfolio follows, in chronological order.</summary>
    IReadOnlyList<FollowedRun> RunsOf(int strategy) => [new FollowedRun(Followed(strategy), 0)];

    int ChunkCount(int strategy);

    /// <summary>Reads one chunk of a strategy's events.</summary>
    byte[] Read(int strategy, int chunk);
}
