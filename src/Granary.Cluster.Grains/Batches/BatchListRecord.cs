namespace Granary.Cluster.Grains.Batches;

/// <summary>Persistent state of the list of batches.</summary>
[GenerateSerializer, Alias("granary.BatchListRecord")]
public sealed class BatchListRecord
{
    /// <summary>Not ended, oldest first.</summary>
    [Id(0)]
    public List<string> Unfinished { get; set; } = [];

    /// <summary>Newest last.</summary>
    [Id(1)]
    public List<string> All { get; set; } = [];
}
