using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Learning.Evaluation;
using Granary.Learning.Tables;
using Granary.Modelling.Learning;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Simulation.Models;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;
using Granary.Simulation.Work;

namespace Granary.Modelling.Experiments;

/// <summary>Compares trainers and labels on the same windows, for an experiment without a search.</summary>
/// <param name="ledger">Counts the trials; null = the user's, <see cref="TrialLedger.None"/> counts none.</param>
/// <param name="work">Makes the fits of entry filters; null = the threads of this process.</param>
internal sealed class TrainerComparison(IBatchHost host, TimeProvider clock, int threads, TrialLedger? ledger = null,
    IWorkHost? work = null)
{
    private readonly TrialLedger _ledger = ledger ?? TrialLedger.OfUser();

    private sealed record Tried(TrainedUnit Unit, double Seconds, ModelWorth? Worth);

    /// <summary>Compares trainers and labels on the same windows. Adds no versions to the registry.</summary>
    /// <returns>Results by market or strategy in the batch's order, best first.</returns>
    /// <exception cref="InputException">The batch or its learning section is invalid, or the batch has no learning section.</exception>
    /// <exception cref="IOException">The trial ledger cannot be written.</exception>
    public async Task<IReadOnlyList<ExperimentTrial>> RunAsync(BatchSpec batch, int? strategies = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        await using var opened = await LearnBatch.OpenAsync(batch, strategies, threads, cancellationToken);
        var sections = ComparedSections.Of(opened.Plan, strategies);
        var trades = await ComparedSections.TradesAsync(sections, opened, host, cancellationToken);
        var (tried, counted) = (new List<Tried>(), new ExperimentTrials(opened.Plan, opened.Markets));
        foreach (var (number, section) in sections.Index())
        {
            var learn = new LearnBatch(host, clock, threads)
            {
                Trades = trades,
                Fit = work is null ? null : new ComparedFits(work, number).MakeAsync,
            };
            var started = clock.GetTimestamp();
            var units = await learn.TrainAsync(opened, [section], VersionUse.None, progress, cancellationToken);
            var seconds = clock.GetElapsedTime(started).TotalSeconds / Math.Max(1, units.Count);
            var worth = await WorthAsync(learn, opened, units, counted, cancellationToken);
            tried.AddRange(units.Select((u, i) => new Tried(u, seconds, worth[i])));
        }
        if (!_ledger.IsNone) await counted.RecordAsync(_ledger, cancellationToken);
        return Ranked(tried);
    }

    private static List<ExperimentTrial> Ranked(List<Tried> tried)
    {
        var fitness = tried.ToDictionary(t => t, t => t.Unit.Spec.Fitness);
        var trials = tried.Select(t => (Trial: Trial(t.Unit, t.Seconds, tried.Count) with { Worth = t.Worth }, Fitness: fitness[t]))
            .ToList();
        var order = trials.Select(t => t.Trial.Data).Distinct().ToList();
        return [.. trials.OrderBy(t => order.IndexOf(t.Trial.Data))
            .ThenByDescending(t => t.Trial.Worth?.Rank ?? double.NegativeInfinity)
            .ThenByDescending(t => t.Trial.FigureName == "auc" ? 1 : 0)
            .ThenByDescending(t => SearchScore.Rank(t.Fitness, t.Trial.Figure ?? double.NaN)).Select(t => t.Trial)];
    }

    // By unit; null if its section only rates predictions or there are no trades to compare.
    private static async Task<IReadOnlyList<ModelWorth?>> WorthAsync(LearnBatch learn, OpenedBatch opened,
        IReadOnlyList<TrainedUnit> units, ExperimentTrials counted, CancellationToken cancellationToken)
    {
        if (units.All(u => u.Model is null || !u.Spec.Fitness.IsOfTrades()))
        {
            foreach (var unit in units.Where(u => u.Error is null))
                foreach (var strategy in unit.Strategies) counted.Add(strategy, TextOf(unit), []);
            return new ModelWorth?[units.Count];
        }
        var (judged, free) = await learn.JudgeAsync(opened, units, cancellationToken);
        return [.. units.Select(unit =>
        {
            if (unit.Model is null) return null;
            var (with, without) = (new List<FilteredTrade>(), new List<FilteredTrade>());
            foreach (var strategy in unit.Strategies)
            {
                var trades = LearningReports.OutOfSample(unit, opened.Plan, strategy, judged, free);
                with.AddRange(trades.With);
                without.AddRange(trades.Without);
                counted.Add(strategy, TextOf(unit), trades.With);
            }
            return ModelWorth.Of(unit.Spec.Fitness, with, without);
        })];
    }

    private static string TextOf(TrainedUnit unit) => ExperimentTrials.ModelText(unit.Spec,
        new SearchCandidate(0, new TrainerSetting(unit.Spec.Trainer, unit.Spec.Parameters), 0, unit.Spec.Features, unit.Spec.Keep),
        unit.Spec.Rule);

    private static ExperimentTrial Trial(TrainedUnit unit, double seconds, int trials)
    {
        var classes = unit.Spec.Label.Kind is LabelKind.Direction or LabelKind.TripleBarrier or LabelKind.Trade;
        var name = unit.OutOfSample.ContainsKey("auc") || (unit.Error is not null && classes) ? "auc" : "r2";
        double? figure = unit.OutOfSample.TryGetValue(name, out var value) ? value : null;
        double? p = null;
        if (name == "auc" && figure is not null)
        {
            // Overlapping labels count as fewer independent samples. Balanced classes give the smallest number and thus the strictest test.
            var independent =
                Math.Max(4, unit.OutOfSample["samples"] / (unit.Spec.Label.Kind == LabelKind.Trade ? 1 : unit.Spec.Label.Bars));
            var z = (value - 0.5) / ClassificationMetrics.AucStandardError((long)(independent / 2), (long)(independent / 2));
            p = Math.Min(1, trials * (1 - NormalDistribution.Cumulative(z)));
        }
        if (unit.Spec.Fitness is ExperimentFitness.LogLoss or ExperimentFitness.Precision)
        {
            var tests = unit.Predictions.Where(s => s.IsTest).ToList();
            name = unit.Spec.Fitness == ExperimentFitness.LogLoss ? "logLoss" : "precision";
            var own = SearchScore.Of(unit.Spec.Fitness, unit.Spec.Top, LearningTask.Classification,
                [.. tests.Select(s => s.Prediction)], [.. tests.Select(s => s.Label)]);
            figure = JsonNumber.Finite(own);
        }
        return new ExperimentTrial(unit.Data, unit.Spec.Trainer, unit.Spec.Label.ToString(), unit.Samples, name, figure, unit.TrainTestGap,
            p, seconds, unit.Error)
        {
            Notes = unit.Notes.Count > 0 ? unit.Notes : null,
        };
    }
}
