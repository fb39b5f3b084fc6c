using System.Collections.Concurrent;
using Granary.Application.Simulation;

namespace Granary.Application.Jobs;

/// <summary>The batches that run in this process, with their strategies.</summary>
public sealed class RunningBatches : IBatchStrategies
{
    private readonly ConcurrentDictionary<string, RunningStrategies> _batches = new(StringComparer.Ordinal);

    /// <summary>Adds a batch; the caller removes it at its end.</summary>
    public RunningStrategies Begin(string batch) => _batches[batch] = new RunningStrategies();

    public void End(string batch) => _batches.TryRemove(batch, out _);

    public ValueTask<BatchStrategy?> FindAsync(string batch, string strategy, CancellationToken cancellationToken = default) =>
        new(_batches.GetValueOrDefault(batch)?.Find(strategy));

    public ValueTask<BatchStrategy?> StopAsync(string batch, string strategy, string who,
        CancellationToken cancellationToken = default) =>
        new(_batches.GetValueOrDefault(batch)?.Stop(strategy, BatchStrategy.StoppedBy(who)));
}
