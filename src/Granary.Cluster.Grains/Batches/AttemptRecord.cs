namespace Granary.Cluster.Grains.Batches;

/// <summary>Persistent state of a run's reporting: the number of its newest attempt.</summary>
[GenerateSerializer, Alias("granary.AttemptRecord")]
public sealed class AttemptRecord
{
    /// <summary>Number of the newest attempt; 0 before the first. It increases only, and is written before the attempt begins.</summary>
    [Id(0)]
    public long Newest { get; set; }
}
