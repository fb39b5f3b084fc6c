using System.Globalization;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;

namespace Granary.Backtesting.Charts;

/// <summary>
/// Computes the stops and targets of a strategy's trades by bar. A run's files do not contain moved or trailing stops, so the strategy is
/// run again over the run's bars.
/// </summary>
internal static class StrategyLevels
{
    /// <summary>Runs a strategy of a run again.</summary>
    /// <param name="runFolder">The run's folder.</param>
    /// <param name="spec">The run's batch, with its strategies.</param>
    /// <param name="strategy">The strategy's id.</param>
    /// <param name="symbol">One of the strategy's symbols.</param>
    /// <returns>The recorder of the symbol, or one sentence with the reason why there is none.</returns>
    public static async Task<(LevelRecorder? Recorder, string? Missing)> ReplayAsync(string runFolder, BatchSpec spec, string strategy,
        string symbol, CancellationToken cancellationToken)
    {
        var trades = Path.Combine(runFolder, "trades.csv");
        if (!File.Exists(trades)) return (null, "The run has no trades.csv.");
        StrategyInstance? instance = null;
        var opening = new BatchOpening
        {
            Threads = Environment.ProcessorCount,
            Yes = true,
            Planned = plan =>
            {
                instance = plan.Instances.FirstOrDefault(i => i.Id == strategy);
                return instance is null ? plan.Where(static _ => false) : plan.Alone(instance);
            },
        };
        await using var opened = await OpenedBatch.OpenAsync(spec, opening, cancellationToken).ConfigureAwait(false);
        if (instance is null || RecordedRuns.IsRecorded(instance)) return (null, "The strategy cannot be run again.");
        var recorders = instance.Symbols.Select(_ => new LevelRecorder()).ToArray();
        var host = new EmbeddedHost(threads: 1) { Observe = (_, s, _) => recorders[s] };
        var pass = new StrategyPass(opened.Plan, opened.Markets) { Include = i => i.Index == instance.Index };
        var outcomes = await pass.OutcomesAsync(host, cancellationToken).ConfigureAwait(false);
        if (outcomes[instance.Index].Error is { } error) return (null, $"The strategy failed when it was run again: {error}.");
        return EntriesOf(trades, strategy).SequenceEqual(recorders.SelectMany(r => r.Entries).Order())
            ? (recorders[instance.Symbols.ToList().IndexOf(symbol)], null)
            : (null, "Run again, the strategy makes other trades: a model acts on its signals, or its bars or its code have changed.");
    }

    private static IEnumerable<long> EntriesOf(string trades, string strategy) => new RowQuery(int.MaxValue, strategy).Of(trades).Items
        .Select(row => DateTime.Parse((string)row["entryTime"]!, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal).Ticks)
        .Order();
}
