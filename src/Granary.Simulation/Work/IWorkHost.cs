namespace Granary.Simulation.Work;

/// <summary>Does the items of a job's work in this process or on silos. Their results are bit-identical in both.</summary>
internal interface IWorkHost
{
    /// <summary>Does items in parallel and in any order.</summary>
    /// <param name="make">Does one item in this process; the host may call it from several threads.</param>
    /// <param name="made">Called once per item with its index in the list and its result, from any thread.</param>
    /// <exception cref="OperationCanceledException">The host had already passed on the results of finished items.</exception>
    Task RunAsync<TItem, TResult>(IReadOnlyList<TItem> items, Func<TItem, CancellationToken, Task<TResult>> make,
        Action<int, TResult> made, CancellationToken cancellationToken) where TItem : WorkItem where TResult : WorkResult;
}
