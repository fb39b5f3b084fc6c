using System.Globalization;
using Granary.Engine.Analysis;
using Granary.Learning.Gating;
using Granary.Modelling.Learning;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;

namespace Granary.Modelling.Experiments;

/// <summary>Records an experiment's trials in the trial ledger: one combination per strategy, model and rule.</summary>
internal sealed class ExperimentTrials(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets)
{
    private readonly List<TriedCombination> _tried = [];
    private readonly RunTrials _trials = new(plan, RunTrials.HashesOf(markets), isExperiment: true);

    private sealed record TriedCombination(int Strategy, UInt128 Combination, (long Day, double Return)[] Days);

    /// <summary>Text that identifies a model and its rule.</summary>
    public static string ModelText(LearningSpec section, SearchCandidate candidate, EntryRule rule) =>
        string.Create(CultureInfo.InvariantCulture,
            $"{candidate.Text}|{section.Label}|{section.Weights}|{section.WalkForward}|{RuleText.Of(rule)}");

    /// <param name="strategy">Index of the strategy in the plan.</param>
    /// <param name="trades">The strategy's trades that the model had a prediction for; empty if it was not run.</param>
    public void Add(int strategy, string model, IEnumerable<FilteredTrade> trades) =>
        _tried.Add(new TriedCombination(strategy, _trials.CombinationOf(strategy, model),
            [.. trades.Where(t => t.SizeFactor > 0).GroupBy(t => TradeDays.DayOf(t)).OrderBy(g => g.Key)
                .Select(g => (g.Key, g.Sum(t => t.SizeFactor * t.Return)))]));

    /// <summary>Writes the trials to the ledger and returns the number of trials ever made on these bars.</summary>
    /// <exception cref="IOException">The ledger cannot be written.</exception>
    public async Task<TrialCensus> RecordAsync(TrialLedger ledger, CancellationToken cancellationToken)
    {
        foreach (var group in _tried.GroupBy(t => _trials.DataSetOf(t.Strategy), StringComparer.Ordinal))
        {
            List<TriedCombination> all = [.. group.DistinctBy(t => t.Combination)], moving = [.. all.Where(t => t.Days.Length > 0)];
            var (first, last) = moving.Count == 0 ? (0L, 0L) : (moving.Min(t => t.Days[0].Day), moving.Max(t => t.Days[^1].Day));
            double[] Returns(TriedCombination tried)
            {
                var returns = new double[last - first + 1];
                foreach (var (day, value) in tried.Days) returns[day - first] = value;
                return returns;
            }
            var sampled = Math.Min(moving.Count, EffectiveTrials.MostCompared);
            var effective = EffectiveTrials.Of([.. Enumerable.Range(0, sampled).Select(i =>
                Returns(moving[(int)((long)i * moving.Count / sampled)]))], moving.Count);
            var share = effective.Trials > 0 ? Math.Min(1, effective.Number / effective.Trials) : 0;
            foreach (var tried in all)
            {
                var moments = Moments.OfReturns(tried.Days.Length > 0 ? Returns(tried) : []);
                _trials.Add(tried.Strategy, tried.Combination,
                    moments.SampleDeviation > 0 ? moments.Mean / moments.SampleDeviation : double.NaN, share);
            }
        }
        return await _trials.RecordAsync(ledger, markets, cancellationToken);
    }
}
