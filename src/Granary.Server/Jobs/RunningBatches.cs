using System.Collections.Concurrent;
using Granary.Contracts.Batches;
using Granary.Simulation.Passes;

namespace Granary.Server.Jobs;

/// <summary>The batches that run in this process, with their strategies and portfolios.</summary>
internal sealed class RunningBatches : IRunningBatches
{
    private readonly ConcurrentDictionary<string, RunningBatch> _batches = new(StringComparer.Ordinal);

    /// <summary>Adds a batch; the caller removes it when it ends.</summary>
    public RunningBatch Begin(string batch) => _batches[batch] = new RunningBatch(new RunningStrategies(), new RunningPortfolio());

    public void End(string batch) => _batches.TryRemove(batch, out _);

    public ValueTask<BatchStrategy?> FindAsync(string batch, string strategy, CancellationToken cancellationToken = default) =>
        new(_batches.GetValueOrDefault(batch)?.Strategies.Find(strategy));

    public ValueTask<BatchStrategy?> StopAsync(string batch, string strategy, string who,
        CancellationToken cancellationToken = default) =>
        new(_batches.GetValueOrDefault(batch)?.Strategies.Stop(strategy, BatchStrategy.StoppedBy(who)));

    public ValueTask<BatchPortfolio?> PortfolioAsync(string batch, CancellationToken cancellationToken = default) =>
        new(_batches.GetValueOrDefault(batch)?.Portfolio.Snapshot);
}
