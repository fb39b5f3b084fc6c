using Granary.Engine.Analysis;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Simulation.Validation;

/// <summary>Converts a batch's strategies to trials.</summary>
internal static class BatchTrials
{
    /// <param name="hashes">Hashes of the bars, by symbol.</param>
    /// <param name="modelOf">Returns the name of a strategy's model without its version; null without a model.</param>
    /// <param name="effective">Effective number of independent trials in the batch.</param>
    public static RunTrials Of(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes,
        IReadOnlyDictionary<string, string> hashes, Func<int, string?> modelOf, EffectiveTrials effective)
    {
        // Strategies with identical results are one trial. Strategies that never moved count as trials, but with a share of 0.
        var identical = IdenticalResults.Of(plan, outcomes);
        var share = effective.Trials > 0 ? Math.Min(1, effective.Number / effective.Trials) : 0;
        var trials = new RunTrials(plan, hashes);
        foreach (var index in plan.Feeds.SelectMany(f => f.Instances).Select(i => i.Index))
        {
            trials.Include(index);
            if (!identical.IsFirst(index) || !outcomes.TryGetValue(index, out var outcome)) continue;
            // A trial of a search that failed on the bars has steered the search.
            if (outcome.Statistics is null && (outcome.Bars == 0 || !plan.IsTrial(index))) continue;
            var sharpe = outcome.Trace is { } trace ? Trial.DailySharpeOf(trace) : double.NaN;
            trials.Add(index, trials.CombinationOf(index, modelOf(index)), sharpe, share);
        }
        return trials;
    }
}
