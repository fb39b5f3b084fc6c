using Granary.Engine;

namespace Granary.Simulation.Work;

/// <summary>
/// Does items of one job in this process for the process that coordinates it. The job's text alone determines the work, so each process
/// that takes part prepares its own copy.
/// </summary>
internal interface IWorkMaker : IAsyncDisposable
{
    /// <summary>Prepares an item. Thread-safe.</summary>
    /// <returns>
    /// A function that does the item on one thread; null if the item does not belong to this job, or if its result would differ here
    /// because the bars or the build are different.
    /// </returns>
    /// <exception cref="InputException">This process cannot use the batch or its data.</exception>
    ValueTask<Func<CancellationToken, Task<WorkResult>>?> FindAsync(WorkItem item, CancellationToken cancellationToken);
}
