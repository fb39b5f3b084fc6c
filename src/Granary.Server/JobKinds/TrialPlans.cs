using System.Globalization;
using Granary.Backtesting.FactorStudies;
using Granary.Reporting.Runs;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Simulation.Validation;

namespace Granary.Server.JobKinds;

/// <summary>Lists what jobs would try. The hashes equal the trial ledger's, with the bars as declared.</summary>
internal static class TrialPlans
{
    /// <summary>
    /// The strategies of a batch. The points of a search are not known before it runs, so each of its trials counts; the same search in the
    /// same batch has the same trials.
    /// </summary>
    /// <param name="kind">The name of the kind, which decides what the portfolio of the configuration is.</param>
    public static async Task<PlannedTrials> OfStrategiesAsync(string kind, BatchSpec spec, CancellationToken cancellationToken)
    {
        var plan = await PlanAsync(spec, cancellationToken).ConfigureAwait(false);
        var tried = new HashSet<UInt128>();
        foreach (var feed in plan.Feeds)
        {
            var around = TrialIdentity.Around(spec, feed.Symbols, withLearning: true);
            foreach (var instance in feed.Instances)
                tried.Add(Hash(spec.Data, SymbolsOf(instance), TrialIdentity.Text(instance, null) + '|' + around));
        }
        var searches = plan.Searches.Count > 0 ? ConfigurationText.AroundSearches(spec) : "";
        foreach (var search in plan.Searches)
        {
            var text = string.Create(CultureInfo.InvariantCulture,
                $"search {search.Entry.Place.ToJson()}|{search.Timeframe}|{search.Seed}|{searches}|");
            for (var i = 0; i < search.Spec.Trials; i++)
                tried.Add(Hash(spec.Data, search.Market, string.Create(CultureInfo.InvariantCulture, $"{text}{i}")));
        }
        return new PlannedTrials(spec.Data, tried,
            Hash(spec.Data, plan.Feeds.SelectMany(f => f.Symbols).Distinct(StringComparer.Ordinal), kind + ConfigurationText.Whole(spec)));
    }

    /// <summary>The models of an experiment: each strategy with each candidate and rule of its sections.</summary>
    public static async Task<PlannedTrials> OfExperimentAsync(BatchSpec spec, CancellationToken cancellationToken)
    {
        var plan = await PlanAsync(spec, cancellationToken).ConfigureAwait(false);
        var tried = new HashSet<UInt128>();
        foreach (var section in LearningReader.Read(spec))
        {
            var candidates = section.Search is { } search
                ? (long)search.Trainers.Count * search.FeatureSets.Count * search.Keeps.Count * search.Rules.Count * section.Labels.Count
                : (long)section.Trainers.Count * section.Labels.Count;
            var text = section.Place.ToJson();
            if (candidates * plan.Instances.Count > BatchPlan.AskAbove)
                throw section.Place.Fault(string.Create(CultureInfo.InvariantCulture, $"the experiment has {candidates:N0} candidates for "
                    + $"each of {Counted.Of(plan.Instances.Count, "strategy")}, which is more than a caller with limits may "
                    + $"try at once; name fewer trainers, labels or rules"));
            foreach (var feed in plan.Feeds)
            {
                var around = TrialIdentity.Around(spec, feed.Symbols, withLearning: false);
                foreach (var instance in feed.Instances)
                    for (var i = 0; i < candidates; i++)
                        tried.Add(Hash(spec.Data, SymbolsOf(instance), string.Create(CultureInfo.InvariantCulture,
                            $"{TrialIdentity.Text(instance, null)}|{around}|model {text}|{i}")));
            }
        }
        return new PlannedTrials(spec.Data, tried);
    }

    /// <summary>The factors of a study.</summary>
    public static async Task<PlannedTrials> OfFactorsAsync(FactorStudySpec spec, string? universe, CancellationToken cancellationToken)
    {
        var symbols = await BatchSources.SymbolsAsync(BatchSources.Open(spec.Catalogues, spec.Data), spec.Data, cancellationToken)
            .ConfigureAwait(false);
        return new PlannedTrials(spec.Data,
            [.. spec.Factors.Select((_, f) => Hash(spec.Data, symbols, $"{spec.IdentityOf(f)}|{universe}")).Distinct()]);
    }

    private static async Task<BatchPlan> PlanAsync(BatchSpec spec, CancellationToken cancellationToken)
    {
        var symbols = await BatchSources.SymbolsAsync(BatchSources.Open(spec.Catalogues, spec.Data), spec.Data, cancellationToken)
            .ConfigureAwait(false);
        return BatchPlan.MakeSearched(spec, symbols, cancellationToken: cancellationToken);
    }

    private static IEnumerable<string> SymbolsOf(StrategyInstance instance) => instance.Symbols.Concat(instance.References);

    // The bars as the batch declares them: other dates or another source are other bars.
    private static UInt128 Hash(DataSpec data, IEnumerable<string> symbols, string combination) =>
        TrialLedger.HashOf(string.Join('\n', symbols.Select(symbol => BarsOf(data, symbol)).Append(combination)));

    private static string BarsOf(DataSpec data, string symbol)
    {
        var own = data.Of(symbol);
        return string.Create(CultureInfo.InvariantCulture, $"{own.Source.Kept}|{own.Format}|{symbol}|{own.Timeframe}|{own.Adjust}|"
            + $"{data.From}|{data.To}|{data.WarmUp}|{own.Holdout}");
    }
}
