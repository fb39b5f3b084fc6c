using System.Globalization;
using Granary.Learning.Drift;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Learning;

/// <summary>Creates the learning section of a run's report.</summary>
internal static class LearningReports
{
    private const int MostPoints = 500;

    /// <param name="judged">Closed trades of a strategy with their predictions; null if the strategies were not run.</param>
    /// <param name="free">Closed trades of a run without models, if a model moved stops; null if models only chose among trades.</param>
    /// <param name="risk">The portfolio with and without its risk models; null without such models.</param>
    public static LearningReport Of(IReadOnlyList<TrainedUnit> units, BatchPlan plan, Func<int, IReadOnlyList<FilteredTrade>>? judged,
        Func<int, IReadOnlyList<FilteredTrade>>? free = null, RiskWorth? risk = null)
    {
        var shown = new List<LearningUnit>();
        var problems = new List<string>();
        var all = new List<(long Time, double With, double Without)>();
        foreach (var unit in units)
        {
            var effects = new List<StrategyEffect>();
            var own = new List<(long Time, double With, double Without)>();
            if (unit.Error is not null)
            {
                var whose = unit.Strategies.Count == 1 ? "the strategy goes" : $"its {unit.Strategies.Count} strategies go";
                problems.Add(unit.Spec.IsOfRisk ? $"{unit.Data}: {unit.Error}; entries there have no cap by a predicted drawdown."
                    : $"{unit.Data}: {unit.Error}; {whose} on without a model.");
            }
            else
            {
                if (judged is not null && !unit.Spec.IsOfRisk)
                    foreach (var s in unit.Strategies) Count(s, judged);
                if (unit is { LateFor: { } late, Version: { } registered })
                    problems.Add(string.Create(CultureInfo.InvariantCulture, $"{registered.Model}:{registered.Number} was trained after "
                        + $"{late.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z, the end of the schedule's window, and not promoted; a later training "
                        + $"promotes it, or 'granary models promote'."));
                if (unit.Model is { Failed: > 0 } model)
                    problems.Add($"{unit.Name} gave no number at {model.Failed} of {model.Predictions} entries: these were taken without "
                        + "it.");
            }
            problems.AddRange(unit.Notes.Select(note => $"{unit.Name}: {note}"));
            all.AddRange(own);
            shown.Add(ShownOf(unit, effects, own));

            void Count(int s, Func<int, IReadOnlyList<FilteredTrade>> judged)
            {
                var (with, without) = OutOfSample(unit, plan, s, judged, free);
                var taken = with.Where(t => t.SizeFactor > 0).ToList();
                own.AddRange(with.Select(t => (t.Trade.ExitTime, t.SizeFactor * t.Return, 0.0)));
                own.AddRange(without.Select(t => (t.Trade.ExitTime, 0.0, t.Return)));
                effects.Add(new StrategyEffect(plan.Instances[s].Id, without.Count, taken.Count, Rate(without) ?? 0, Rate(taken),
                    without.Sum(t => t.Return), taken.Sum(t => t.SizeFactor * t.Return)));
            }
        }
        return new LearningReport(shown, problems, Curve(all)) { Risk = risk };

        static double? Rate(List<FilteredTrade> trades) =>
            trades.Count == 0 ? null : trades.Count(t => t.Trade.NetProfit > 0) / (double)trades.Count;
    }

    private static LearningUnit ShownOf(TrainedUnit unit, IReadOnlyList<StrategyEffect> effects,
        List<(long Time, double With, double Without)> own)
    {
        var (watched, changes) = Watch(unit);
        return new LearningUnit
        {
            Name = unit.Name,
            Version = unit.Version is { } v ? $"{v.Model}:{v.Number}" : null,
            Data = unit.Data,
            Trainer = unit.Spec.Trainer,
            Label = unit.Spec.Label.ToString(),
            Rule = unit.Spec.Rule.Name,
            Samples = unit.Samples,
            Error = unit.Error,
            InSample = unit.InSample,
            OutOfSample = unit.OutOfSample,
            TrainTestGap = unit.TrainTestGap,
            Windows = unit.Windows,
            Calibration = [.. unit.Calibration.Select(b => new CalibrationRow(b.From, b.To, b.Count, b.Predicted, b.Observed))],
            Importance = unit.Importance,
            Strategies = effects,
            Equity = Curve(own),
            Section = unit.Spec.Name,
            Watched = watched,
            LossChanges = changes,
            LearnedTo = unit.LearnedTo,
            DissimilarityThreshold = unit.DissimilarityThreshold,
            Limits = LimitsOf(unit, changes.Count),
        };
    }

    private static IReadOnlyList<string> LimitsOf(TrainedUnit unit, int changes) => unit.Error is not null ? [] : new ModelLimits
    {
        Data = unit.Data,
        Label = unit.Spec.Label.ToString(),
        References = unit.References,
        LearnedTo = unit.LearnedTo,
        OutOfSample = unit.OutOfSample,
        TrainTestGap = unit.TrainTestGap,
        Threshold = unit.DissimilarityThreshold,
        Changes = changes,
    }.Sentences();

    /// <summary>
    /// Returns a strategy's trades whose signals its model predicted out of sample, and its trades of the same time without it.
    /// </summary>
    /// <inheritdoc cref="Of"/>
    public static (List<FilteredTrade> With, List<FilteredTrade> Without) OutOfSample(TrainedUnit unit, BatchPlan plan, int strategy,
        Func<int, IReadOnlyList<FilteredTrade>> judged, Func<int, IReadOnlyList<FilteredTrade>>? free)
    {
        // A signal is known at the close of its bar.
        var from = plan.Instances[strategy].Timeframe.OpenOf(unit.ActiveFrom);
        var with = judged(strategy).Where(t => t.Trade.SignalTime >= from && t.IsJudged).ToList();
        // A moved stop shifts later entries, so the trades without the model are matched by time and not one by one.
        return (with, free is null ? with : [.. free(strategy).Where(t => t.Trade.SignalTime >= from)]);
    }

    private static (int Watched, List<LossChangeRow> Changes) Watch(TrainedUnit unit)
    {
        var (watch, changes) = (new LossWatch(), new List<LossChangeRow>());
        foreach (var sample in unit.Predictions)
            if (sample.IsTest && watch.Add(sample.Time, sample.LabelTime, sample.Prediction, sample.Label) is { } change)
                changes.Add(new LossChangeRow(new DateTime(change.Noticed, DateTimeKind.Utc), new DateTime(change.Since, DateTimeKind.Utc),
                    change.Before, change.After));
        return (watch.Count, changes);
    }

    // Cumulative sums in chronological order, thinned evenly to at most MostPoints. The last point always stays.
    private static List<ModelEquityPoint> Curve(List<(long Time, double With, double Without)> trades)
    {
        var points = new List<ModelEquityPoint>();
        var (with, without) = (0.0, 0.0);
        foreach (var at in trades.GroupBy(t => t.Time).OrderBy(g => g.Key))
        {
            foreach (var t in at)
            {
                with += t.With;
                without += t.Without;
            }
            points.Add(new ModelEquityPoint(new DateTime(at.Key, DateTimeKind.Utc), with, without));
        }
        return points.Count <= MostPoints ? points
            : [.. Enumerable.Range(1, MostPoints).Select(k => points[(int)((long)points.Count * k / MostPoints) - 1])];
    }
}
