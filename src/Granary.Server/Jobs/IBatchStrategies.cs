using Granary.Contracts.Batches;

namespace Granary.Server.Jobs;

/// <summary>
/// Asks single strategies and the portfolios of running batches, and stops strategies. The in-process host and the cluster both serve it.
/// </summary>
public interface IBatchStrategies
{
    /// <returns>null if the batch does not run strategies at present, or has no such strategy.</returns>
    ValueTask<BatchStrategy?> FindAsync(string batch, string strategy, CancellationToken cancellationToken = default);

    /// <summary>Stops one strategy before its next block: it fails alone. One that has ended stays as it is.</summary>
    /// <param name="who">Name of the caller, for the strategy's error.</param>
    /// <returns>The strategy as it stood; null as for <see cref="FindAsync"/>.</returns>
    ValueTask<BatchStrategy?> StopAsync(string batch, string strategy, string who, CancellationToken cancellationToken = default);

    /// <summary>Returns the portfolio of a batch as it stands.</summary>
    /// <returns>null if the batch does not run, or its portfolio has not begun.</returns>
    ValueTask<BatchPortfolio?> PortfolioAsync(string batch, CancellationToken cancellationToken = default);
}
