namespace Granary.Simulation.Work;

/// <summary>Does items of work on threads of this process.</summary>
internal sealed class LocalWork(int threads) : IWorkHost
{
    /// <inheritdoc/>
    public Task RunAsync<TItem, TResult>(IReadOnlyList<TItem> items, Func<TItem, CancellationToken, Task<TResult>> make,
        Action<int, TResult> made, CancellationToken cancellationToken) where TItem : WorkItem where TResult : WorkResult =>
        Parallel.ForEachAsync(Enumerable.Range(0, items.Count),
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads), CancellationToken = cancellationToken },
            async (i, token) => made(i, await make(items[i], token)));
}
