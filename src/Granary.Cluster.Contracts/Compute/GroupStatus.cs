using Granary.Cluster.Batches;

namespace Granary.Cluster.Compute;

[GenerateSerializer, Alias("granary.GroupState")]
internal enum GroupState
{
    Starting = 0,
    Running = 1,

    /// <summary>The reporting grain has the results.</summary>
    Done = 2,

    /// <summary>The group failed.</summary>
    Failed = 3,
}

/// <param name="Strategies">Indices of its strategies in the plan.</param>
/// <param name="Evaluations">Bars times strategies so far.</param>
/// <param name="Bars">Bars that all its strategies have processed.</param>
/// <param name="Fault">The fault in one sentence; null without one.</param>
/// <param name="MayPass">Whether a repeated run may succeed.</param>
/// <param name="StartSeconds">Seconds from the order to the first block; 0 before it.</param>
[GenerateSerializer, Immutable, Alias("granary.GroupStatus")]
internal sealed record GroupStatus(
    [property: Id(0)] Guid Id,
    [property: Id(1)] PassKey Pass,
    [property: Id(2)] int Feed,
    [property: Id(3)] GroupState State,
    [property: Id(4)] int[] Strategies,
    [property: Id(5)] long Evaluations,
    [property: Id(6)] long Bars,
    [property: Id(7)] string? Fault,
    [property: Id(8)] bool MayPass,
    [property: Id(9)] double StartSeconds);
