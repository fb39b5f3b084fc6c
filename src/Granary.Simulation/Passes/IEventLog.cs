namespace Granary.Simulation.Passes;

/// <summary>Events of a batch's strategies, to be read as often as needed.</summary>
public interface IEventLog
{
    /// <summary>The log of the run that the portfolio follows: the strategy's own, unless it has another as a member.</summary>
    int Followed(int strategy) => strategy;

    /// <summary>The runs of a strategy that the portfolio follows, one after the other.</summary>
    IReadOnlyList<FollowedRun> RunsOf(int strategy) => [new FollowedRun(Followed(strategy), 0)];

    int ChunkCount(int strategy);

    /// <summary>One chunk of a strategy's events.</summary>
    byte[] Read(int strategy, int chunk);
}
