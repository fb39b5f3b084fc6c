namespace Granary.Cluster.Compute;

/// <param name="Threads">Number of compute threads.</param>
/// <param name="Leaving">Whether the silo is shutting down and accepts no work.</param>
[GenerateSerializer, Immutable, Alias("granary.ComputeStatus")]
internal sealed record ComputeStatus([property: Id(0)] int Threads, [property: Id(1)] bool Leaving, [property: Id(2)]
    IReadOnlyList<GroupStatus> Groups);
