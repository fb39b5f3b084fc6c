namespace Granary.Application.Batches;

/// <summary>Events of a batch's strategies, to be read as often as needed.</summary>
public interface IEventLog
{
    int ChunkCount(int strategy);

    /// <summary>One chunk of a strategy's events.</summary>
    byte[] Read(int strategy, int chunk);
}
