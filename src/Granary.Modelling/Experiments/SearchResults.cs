using Granary.Learning.Gating;
using Granary.Learning.Numerics;
using Granary.Learning.Tables;
using Granary.Modelling.Learning;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Experiments;

/// <summary>Collects the results of the chosen models in the outer windows and counts the trials.</summary>
/// <param name="searched">Units that were searched.</param>
internal sealed class SearchResults(OpenedBatch opened, IBatchHost host, IReadOnlyList<(SearchUnit Unit, SearchPlan Plan)> searched)
{
    private const string Baseline = "MeanReversion", All = "all", Chosen = "chosen";

    private sealed record OuterWindow(SearchWindow Search, IReadOnlyDictionary<int, SearchFit> Fits, SearchFold Fold);

    public ExperimentTrials Trials { get; } = new(opened.Plan, opened.Markets);

    /// <param name="windows">The search of each outer window, and the fits on its whole training part by candidate.</param>
    public async Task<SearchedUnit> OfAsync(SearchUnit unit, IReadOnlyList<(SearchWindow Search, Dictionary<int, SearchFit> Fits)> windows,
        CancellationToken cancellationToken)
    {
        var spec = unit.Spec;
        var plan = searched.FirstOrDefault(s => s.Unit == unit).Plan;
        var result = new SearchedUnit(unit.Data, spec.Name, spec.Label.ToString(), spec.Fitness.Word(),
            unit.Error is null ? unit.Table.Count
            : 0, plan?.Candidates.Count ?? 0, plan?.Possible ?? 0, unit.Error);
        if (unit.Error is not null || plan is null) return result with { Reason = "there is no model" };
        List<OuterWindow> outer = [.. windows.Select(w => new OuterWindow(w.Search, w.Fits, unit.Outer[w.Search.Index]))];
        var name = (int c) => plan.Candidates[c].NameAmong(spec.Search!.FeatureSets.Count);
        var prediction = PredictionOf(unit, outer);
        var worth = WorthOf(unit, outer);
        Count(unit, plan, outer);
        var judged = Judge(unit, prediction, worth.FirstOrDefault(w => w is { Rule: Chosen, Strategy: All })?.Worth);
        var last = outer[^1].Search;
        return result with
        {
            Windows = [.. outer.Select(w => WindowOf(unit, w, name))],
            Models = ModelsOf(unit, plan, outer, name),
            Prediction = prediction,
            Worth = worth,
            MeanReversion = await BesideBaselineAsync(unit, outer, cancellationToken),
            Promoted = judged.Promoted,
            Reason = judged.Reason,
            Settings = new SearchedSettings(plan.Candidates[last.Chosen].Trainer.Name, plan.Candidates[last.Chosen].Trainer.Parameters,
                plan.Candidates[last.Chosen].Features.Names, plan.Candidates[last.Chosen].Keep,
                RuleText.Json(spec.Search!.Rules[last.ChosenRule])),
        };
    }

    private static SearchedWindow WindowOf(SearchUnit unit, OuterWindow window, Func<int, string> name)
    {
        var (table, fold, search) = (unit.Table, window.Fold, window.Search);
        var rank = search.RankOf(search.Chosen);
        return new SearchedWindow(At(table.Time[fold.Train[0]]), At(table.Time[fold.Test[0]]), At(table.LabelEnd[fold.Test[^1]]),
            fold.Train.Length, fold.Test.Length, fold.Signals.Length, name(search.Chosen),
            RuleText.Of(unit.Spec.Search!.Rules[search.ChosenRule]), FigureOf(unit.Spec.Fitness, rank));
    }

    private static DateTime At(long ticks) => new(ticks, DateTimeKind.Utc);

    private static double? FigureOf(ExperimentFitness fitness, double rank) =>
        JsonNumber.Finite(fitness == ExperimentFitness.LogLoss ? -rank : rank);

    private static List<SearchedModel> ModelsOf(SearchUnit unit, SearchPlan plan, List<OuterWindow> outer, Func<int, string> name)
    {
        var fitness = unit.Spec.Fitness;
        // Windows in which nothing was lost have no figure to show, but they rank above all.
        double Mean(IEnumerable<double> ranks) =>
            ranks.Where(r => r > double.NegativeInfinity).DefaultIfEmpty(double.NegativeInfinity).Average();
        return [.. plan.Candidates.Select(c =>
        {
            List<SearchWindow> finals = [.. outer.Select(w => w.Search).Where(s => s.Finalists.Contains(c.Index))];
            var (first, final) = (Mean(outer.Select(w => w.Search.FirstRankOf(c.Index))), Mean(finals.Select(s => s.RankOf(c.Index))));
            return (Index: c.Index, First: first, Final: final, Model: new SearchedModel(name(c.Index),
                outer.Count(w => w.Search.Chosen == c.Index), finals.Count, FigureOf(fitness, first), FigureOf(fitness, final),
                outer.Select(w => w.Search.ErrorOf(c.Index)
                    ?? w.Fits.GetValueOrDefault(c.Index)?.Error).FirstOrDefault(e => e is not null)));
        }).OrderByDescending(m => m.Model.Chosen).ThenByDescending(m => m.Model.Finals).ThenByDescending(m => m.Final)
            .ThenByDescending(m => m.First).ThenBy(m => m.Index).Select(m => m.Model)];
    }

    private static SearchedPrediction? PredictionOf(SearchUnit unit, List<OuterWindow> outer)
    {
        var (predicted, labels) = SearchScore.Known(outer.SelectMany(w => w.Fits[w.Search.Chosen].Predicted
            .Select((p, i) => (p, unit.Table.Label[w.Fold.Test[i]]))));
        if (labels.Length < 2) return null;
        var figure = SearchScore.Of(ExperimentFitness.Prediction, 0, unit.Table.Task, predicted, labels);
        var (a, b) = (RankCorrelation.Ranks(predicted), RankCorrelation.Ranks(labels));
        var (correlation, pairs) = (RankCorrelation.OfRanks(a, b), RankCorrelation.IndependentPairs(a, b));
        // The test is one-sided: a negative correlation shows no edge.
        var both = RankCorrelation.PValue(correlation, pairs);
        return new SearchedPrediction(labels.Length, unit.Table.Task == LearningTask.Classification ? "auc" : "r2",
            JsonNumber.Finite(figure), correlation, pairs, correlation > 0 ? both / 2 : 1 - both / 2);
    }

    // Trades whose signal has a prediction of the window's model, with the rule applied.
    private static IEnumerable<(int Strategy, FilteredTrade Trade)> TradesOf(SearchUnit unit, OuterWindow window, int candidate,
        EntryRule rule)
    {
        var fit = window.Fits[candidate];
        return fit.Error is not null ? []
            : window.Fold.Signals.Select((s, i) => (unit.Signals[s].Strategy, SearchWindow.Advised(unit, s, fit.Signals[i], rule)))
                .Where(t => double.IsFinite(t.Item2.Prediction));
    }

    private static List<(int Strategy, FilteredTrade Trade)> ChosenTrades(SearchUnit unit, List<OuterWindow> outer) =>
        [.. outer.SelectMany(w => TradesOf(unit, w, w.Search.Chosen, unit.Spec.Search!.Rules[w.Search.ChosenRule]))];

    private List<SearchedWorth> WorthOf(SearchUnit unit, List<OuterWindow> outer)
    {
        var worth = new List<SearchedWorth>();
        Add(Chosen, ChosenTrades(unit, outer));
        foreach (var (r, rule) in unit.Spec.Search!.Rules.Index())
            Add(RuleText.Of(rule), [.. outer.SelectMany(w => TradesOf(unit, w, w.Search.BestByRule[r], rule))]);
        return worth;

        void Add(string rule, List<(int Strategy, FilteredTrade Trade)> trades)
        {
            List<FilteredTrade> all = [.. trades.Select(t => t.Trade)];
            if (ModelWorth.Of(unit.Spec.Fitness, all, all) is { } whole) worth.Add(new SearchedWorth(rule, All, whole));
            if (unit.Strategies.Count == 1) return;
            var byStrategy = trades.ToLookup(t => t.Strategy, t => t.Trade);
            foreach (var strategy in unit.Strategies)
            {
                List<FilteredTrade> own = [.. byStrategy[strategy.Index]];
                if (ModelWorth.Of(unit.Spec.Fitness, own, own) is { } part) worth.Add(new SearchedWorth(rule, strategy.Id, part));
            }
        }
    }

    // Runs the baseline strategy MeanReversion with default parameters on the market and trading settings of the unit's first strategy.
    private async Task<ModelWorth?> BesideBaselineAsync(SearchUnit unit, List<OuterWindow> outer, CancellationToken cancellationToken)
    {
        var definition = opened.Plan.Spec.Catalogues.Strategies.Get(Baseline);
        var instance = unit.Strategies[0] with
        {
            Definition = definition,
            Arguments = [.. definition.Parameters.Select(p => p.Default!)],
            Model = null,
            References = [],
        };
        var trades = await StrategyTrades.RunAsync(opened.Plan.Alone(instance), opened.Markets, host, _ => true, cancellationToken);
        var from = instance.Timeframe.OpenOf(unit.From);
        return ModelWorth.Of(unit.Spec.Fitness, [.. ChosenTrades(unit, outer).Select(t => t.Trade)],
            [.. trades.Of(instance.Index).Where(t => t.Trade.SignalTime >= from)]);
    }

    // Counts the trades of all candidates over the same days: those of the last window's search, or of the outer windows without a search.
    private void Count(SearchUnit unit, SearchPlan plan, List<OuterWindow> outer)
    {
        foreach (var candidate in plan.Candidates)
            foreach (var rule in unit.Spec.Search!.Rules)
            {
                var trades = (plan.Rungs.Count > 0 ? outer[^1].Search.FirstTradesOf(candidate.Index, rule)
                    : outer.SelectMany(w => TradesOf(unit, w, candidate.Index, rule))).ToLookup(t => t.Strategy, t => t.Trade);
                var text = ExperimentTrials.ModelText(unit.Spec, candidate, rule);
                foreach (var strategy in unit.Strategies) Trials.Add(strategy.Index, text, trades[strategy.Index]);
            }
    }

    // Promotion requires both tests, so the probability of a wrong promotion is at most the level of the first one.
    private (bool Promoted, string Reason) Judge(SearchUnit unit, SearchedPrediction? prediction, ModelWorth? worth)
    {
        var needed = unit.Spec.Search!.Level / searched.Count;
        if (prediction is null) return (false, "there is no prediction to judge");
        if (prediction.PValue > needed)
            return (false, FormattableString.Invariant(
                $"the relation of its predictions to what came may be chance: p {prediction.PValue:0.####}, ")
                + FormattableString.Invariant($"and {needed:0.####} is needed"));
        if (!unit.Spec.Fitness.IsOfTrades())
            return (true, FormattableString.Invariant(
                $"its predictions are related to what came: p {prediction.PValue:0.####}, at most {needed:0.####}"));
        if (worth is null) return (false, "no trade was judged");
        return worth.Low > 0
            ? (true, FormattableString.Invariant($"its predictions are related to what came (p {prediction.PValue:0.####}, at most ")
                + FormattableString.Invariant($"{needed:0.####}), and the {worth.Fitness} with it is above that without it: the 95 % ")
                + FormattableString.Invariant($"interval of the difference is {worth.Low:0.###} to {worth.High:0.###}"))
            : (false, worth.Low is null ? $"the interval of the difference in {worth.Fitness} is not defined"
                : FormattableString.Invariant($"the 95 % interval of the difference in {worth.Fitness} begins at {worth.Low:0.###}, ")
                    + "and does not exclude 0");
    }
}
