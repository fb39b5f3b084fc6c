using Orleans.Concurrency;

namespace Granary.Cluster.Compute;

/// <summary>
/// The work of one job on one silo; the key is <c>run|silo</c>, and the grain is always placed on that silo. It prepares the job from the
/// run's definition when the first item comes.
/// </summary>
[Alias("granary.IWorkGrain")]
internal interface IWorkGrain : IGrainWithStringKey
{
    /// <summary>Does an item of the job's work. Repeated orders give the same answer, to the bit.</summary>
    /// <exception cref="SiloUnavailableException">The silo takes no new work.</exception>
    [AlwaysInterleave, ResponseTimeout("1.00:00:00"), Alias("Make")]
    Task<WorkAnswer> MakeAsync(WorkRequest work, CancellationToken cancellationToken);
}
