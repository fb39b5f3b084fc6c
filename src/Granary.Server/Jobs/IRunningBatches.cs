using Granary.Contracts.Batches;

namespace Granary.Server.Jobs;

/// <summary>
/// Shows single strategies and the portfolios of running batches, and stops strategies. The in-process host and the cluster implement it.
/// </summary>
internal interface IRunningBatches
{
    /// <returns>Null if the batch does not run strategies at present, or has no such strategy.</returns>
    ValueTask<BatchStrategy?> FindAsync(string batch, string strategy, CancellationToken cancellationToken = default);

    /// <summary>Stops one strategy before its next block, as an error of this strategy only. A strategy that has ended is
    /// unchanged.</summary>
    /// <param name="who">The caller's name, for the strategy's error.</param>
    /// <returns>The strategy's previous state; null as for <see cref="FindAsync"/>.</returns>
    ValueTask<BatchStrategy?> StopAsync(string batch, string strategy, string who, CancellationToken cancellationToken = default);

    /// <summary>Returns the current state of a batch's portfolio.</summary>
    /// <returns>Null if the batch is not running, or its portfolio has not begun.</returns>
    ValueTask<BatchPortfolio?> PortfolioAsync(string batch, CancellationToken cancellationToken = default);
}
