using Granary.Engine;
using Granary.Learning.Features;
using Granary.Modelling.Learning;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Experiments;

/// <summary>Prepares the units of a search: features, samples and windows of each market or strategy.</summary>
/// <param name="caches">Fit caches by learning section.</param>
internal sealed class SearchUnits(OpenedBatch opened, IReadOnlyList<LearningSpec> specs, IReadOnlyDictionary<LearningSpec,
    WindowCache> caches)
{
    /// <param name="trades">Trades of the strategies that run without models.</param>
    public async Task<List<SearchUnit>> MakeAsync(StrategyTrades trades, CancellationToken cancellationToken)
    {
        var plan = opened.Plan;
        var units = new List<SearchUnit>();
        var from = plan.Spec.Data is { WarmUp: true, From: { } start } ? start : 0;
        foreach (var feed in plan.Markets)
            foreach (var group in feed.Instances.GroupBy(i => specs.FirstOrDefault(s => s.Covers(i))))
            {
                if (group.Key is not { } spec) continue;
                var (union, features, error) = await FeaturesAsync(spec, feed, cancellationToken);
                var members = spec.Label.Kind == LabelKind.Trade ? group.Select(i => new[] { i }) : [group.ToArray()];
                foreach (var strategies in members)
                {
                    var source = new UnitSource(spec.Label.Kind == LabelKind.Trade ? strategies[0].Id : feed.ToString(),
                        [.. strategies.Select(i => i.Index)])
                    { References = feed.Symbols.Count > 1 ? [] : FeatureBars.ReferencesOf(feed, [union.Features]) };
                    var training = new UnitTraining(union, source, caches[spec], from, (long)plan.Spec.Seed, keepsTraining: false)
                    {
                        Error = error,
                    };
                    units.Add(Make(union, strategies, features, training, trades));
                }
            }
        return units;
    }

    private static SearchUnit Make(LearningSpec spec, IReadOnlyList<StrategyInstance> strategies, FeatureTable? features,
        UnitTraining training, StrategyTrades trades)
    {
        training.RunStep(() => training.Prepare(features!, trades));
        SearchUnit? unit = null;
        training.RunStep(() => unit = new SearchUnit(spec, strategies, features, training, trades.Of));
        return unit ?? new SearchUnit(spec, strategies, null, training, trades.Of);
    }

    // One pass computes the features of all sets, so that all candidates have the same samples.
    private async Task<(LearningSpec Union, FeatureTable? Features, string? Error)> FeaturesAsync(LearningSpec spec, FeedPlan feed,
        CancellationToken cancellationToken)
    {
        var names = spec.Search!.FeatureSets.SelectMany(s => s.Names).Distinct(StringComparer.Ordinal);
        var union = spec with { Features = FeatureSet.Parse([.. names], spec.Catalogues.Factors), Keep = 0 };
        if (feed.Symbols.Count > 1)
            return (union, null, "a strategy of several symbols is not judged by a model; leave it out of 'strategies'");
        try
        {
            return (union, (await UnitPreparation.FeaturesAsync(feed, opened.Markets, [union.Features], cancellationToken))[0], null);
        }
        catch (InputException e)
        {
            return (union, null, e.Message);
        }
    }
}
