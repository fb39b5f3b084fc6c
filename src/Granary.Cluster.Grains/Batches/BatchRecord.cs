using Granary.Cluster.Batches;
using Granary.Contracts.Jobs;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Batches;

/// <summary>Persistent state of a batch; survives the loss of its silo.</summary>
[GenerateSerializer, Alias("granary.BatchRecord")]
internal sealed class BatchRecord
{
    [Id(0)]
    public QueuedJob? Batch { get; set; }

    [Id(1)]
    public JobStatus? Status { get; set; }

    [Id(2)]
    public IReadOnlyList<string>? Symbols { get; set; }

    /// <summary>The batch's trace context (W3C), which an activation after a loss continues.</summary>
    [Id(3)]
    public string? Trace { get; set; }

    /// <summary>Strategies that callers stopped, by id, with the reason.</summary>
    [Id(4)]
    public Dictionary<string, string> Stopped { get; set; } = [];

    /// <summary>Number of strategy groups of each silo at the last write. An activation after a loss counts those of lost silos.</summary>
    [Id(5)]
    public Dictionary<SiloAddress, int> Groups { get; set; } = [];
}
