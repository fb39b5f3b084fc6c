using Granary.Application.Batches;
using Granary.Application.Json;
using Granary.Application.Simulation;
using Granary.Engine.Trading;
using Granary.Learning.Evaluation;
using Granary.Learning.Gating;
using Granary.Reporting.Runs;

namespace Granary.Application.Learning;

/// <summary>One trainer and label that an experiment tried on one market or strategy.</summary>
/// <param name="Figure">AUC or R², out of sample, over all windows.</param>
/// <param name="PValue">Of an AUC this high without edge, times the number of trials (Bonferroni), 1 at the most; null for R².</param>
public sealed record ExperimentTrial(string Data, string Trainer, string Label, int Samples, string FigureName, double? Figure,
    double? TrainTestGap, double? PValue, double Seconds, string? Error)
{
    /// <summary>What the model was worth to the strategies; null where the experiment's fitness is the prediction, or no trade was
    /// judged.</summary>
    public ModelWorth? Worth { get; init; }
}

/// <summary>
/// The machine-learning life of a batch: <c>train</c>, <c>evaluate</c>, <c>experiment</c>, and the models that <c>backtest</c> asks.
/// </summary>
public sealed class LearnBatch(IBatchHost host, TimeProvider clock, int threads)
{
    /// <summary>Trains the models of a batch and adds a version of each to its registry.</summary>
    /// <param name="strategies">"all" or how many of the batch's first strategies.</param>
    /// <exception cref="InputException">The batch or its learning section is wrong, or there is none.</exception>
    public async Task<LearningReport> TrainAsync(BatchSpec batch, string strategies = "all", IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        await using var opened = await OpenAsync(batch, strategies, cancellationToken);
        var units = await TrainAsync(opened, Specs(opened.Plan, strategies), registers: true, progress, cancellationToken);
        return LearningReports.Of(units, opened.Plan, judged: null);
    }

    /// <summary>
    /// Trains walk-forward (or finds trained) and runs every strategy with its model and without, counting out-of-sample trades only.
    /// </summary>
    public async Task<LearningReport> EvaluateAsync(BatchSpec batch, string strategies = "all",
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        await using var opened = await OpenAsync(batch, strategies, cancellationToken);
        var plan = opened.Plan;
        var units = await TrainAsync(opened, Specs(plan, strategies), registers: false, progress, cancellationToken);
        var (judged, free) = await JudgeAsync(opened, units, cancellationToken);
        return LearningReports.Of(units, plan, judged, free);
    }

    // The trades of the strategies with their models; and without them, where a model moves stops and not only chooses among trades.
    private async Task<(Func<int, IReadOnlyList<FilteredTrade>> Judged, Func<int, IReadOnlyList<FilteredTrade>>? Free)> JudgeAsync(
        OpenedBatch opened, IReadOnlyList<TrainedUnit> units, CancellationToken cancellationToken)
    {
        var (plan, markets) = (opened.Plan, opened.Markets);
        var models = Models(units);
        var judged = await StrategyTrades.RunAsync(plan.WithModels(models), markets, host, i => models.ContainsKey(i.Index),
            cancellationToken);
        var moved = units.Where(u => u.Spec.Rule is StopByVolatilityRule).SelectMany(u => u.Strategies).ToHashSet();
        if (moved.Count == 0) return (judged.Of, null);
        var free = await StrategyTrades.RunAsync(plan, markets, host, i => moved.Contains(i.Index), cancellationToken);
        return (judged.Of, i => moved.Contains(i) ? free.Of(i) : [.. judged.Of(i).Where(t => !double.IsNaN(t.Prediction))]);
    }

    /// <summary>Compares trainers and labels on the same windows. Nothing is registered.</summary>
    /// <returns>By market or strategy in the batch's order, the best first.</returns>
    public async Task<IReadOnlyList<ExperimentTrial>> ExperimentAsync(BatchSpec batch, string strategies = "all",
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        await using var opened = await OpenAsync(batch, strategies, cancellationToken);
        var specs = Specs(opened.Plan, strategies);
        var trials = new List<(TrainedUnit Unit, double Seconds, ModelWorth? Worth)>();
        foreach (var spec in specs)
            foreach (var label in spec.Labels)
                foreach (var trainer in spec.Trainers)
                {
                    // A trial's own parameters are its trainer's defaults, but for the section's own trainer.
                    var trial = spec with
                    {
                        Trainer = trainer,
                        Parameters = trainer == spec.Trainer ? spec.Parameters : new Dictionary<string, string>(),
                        Label = label,
                        Rule = RuleFor(label),
                        Strategies = [.. opened.Plan.Instances.Where(i => specs.First(s => s.Covers(i) || s == spec) == spec
                            && spec.Covers(i)).Select(i => i.Id)],
                    };
                    if (trial.Strategies.Count == 0) continue;
                    var started = clock.GetTimestamp();
                    var units = await TrainAsync(opened, [trial], registers: false, progress, cancellationToken);
                    var seconds = clock.GetElapsedTime(started).TotalSeconds / Math.Max(1, units.Count);
                    var worth = await WorthAsync(opened, units, cancellationToken);
                    trials.AddRange(units.Select((u, i) => (u, seconds, worth[i])));
                }
        var result = trials.Select(t => Trial(t.Unit, t.Seconds, trials.Count) with { Worth = t.Worth }).ToList();
        var order = result.Select(t => t.Data).Distinct().ToList();
        return [.. result.OrderBy(t => order.IndexOf(t.Data)).ThenByDescending(t => t.Worth?.With ?? double.NegativeInfinity)
            .ThenByDescending(t => t.FigureName == "auc" ? 1 : 0).ThenByDescending(t => t.Figure ?? double.NegativeInfinity)];
    }

    // By unit; null where its section asks for predictions alone, or there is nothing to compare.
    private async Task<IReadOnlyList<ModelWorth?>> WorthAsync(OpenedBatch opened, IReadOnlyList<TrainedUnit> units,
        CancellationToken cancellationToken)
    {
        if (units.All(u => u.Model is null || u.Spec.Fitness == ExperimentFitness.Prediction)) return new ModelWorth?[units.Count];
        var (judged, free) = await JudgeAsync(opened, units, cancellationToken);
        return [.. units.Select(unit =>
        {
            if (unit.Model is null) return null;
            var (with, without) = (new List<FilteredTrade>(), new List<FilteredTrade>());
            foreach (var strategy in unit.Strategies)
            {
                var trades = LearningReports.OutOfSample(unit, opened.Plan, strategy, judged, free);
                with.AddRange(trades.With);
                without.AddRange(trades.Without);
            }
            return ModelWorth.Of(unit.Spec.Fitness, with, without);
        })];
    }

    /// <summary>The judges of a trained batch, by strategy.</summary>
    public static IReadOnlyDictionary<int, IEntryModel> Models(IEnumerable<TrainedUnit> units)
    {
        var models = new Dictionary<int, IEntryModel>();
        foreach (var unit in units)
            if (unit.Model is not null)
                foreach (var strategy in unit.Strategies)
                    models[strategy] = unit.Model;
        return models;
    }

    private static EntryRule RuleFor(LabelSpec label) => label.Kind switch
    {
        LabelKind.Return => new MinimumReturnRule(0),
        LabelKind.Volatility => new StopByVolatilityRule(),
        _ => new GateRule(),
    };

    private static ExperimentTrial Trial(TrainedUnit unit, double seconds, int trials)
    {
        var classes = unit.Spec.Label.Kind is LabelKind.Direction or LabelKind.TripleBarrier or LabelKind.Trade;
        var name = unit.OutOfSample.ContainsKey("auc") || (unit.Error is not null && classes) ? "auc" : "r2";
        double? figure = unit.OutOfSample.TryGetValue(name, out var value) ? value : null;
        double? p = null;
        if (name == "auc" && figure is not null)
        {
            // Labels that overlap are fewer than they are; as many ones as zeros is the narrowest case and so the strictest.
            var independent =
                Math.Max(4, unit.OutOfSample["samples"] / (unit.Spec.Label.Kind == LabelKind.Trade ? 1 : unit.Spec.Label.Bars));
            var z = (value - 0.5) / ClassificationMetrics.AucStandardError((long)(independent / 2), (long)(independent / 2));
            p = Math.Min(1, trials * (1 - Engine.Analysis.NormalDistribution.Cumulative(z)));
        }
        return new ExperimentTrial(unit.Data, unit.Spec.Trainer, unit.Spec.Label.ToString(), unit.Samples, name, figure, unit.TrainTestGap,
            p, seconds, unit.Error);
    }

    private Task<IReadOnlyList<TrainedUnit>> TrainAsync(OpenedBatch opened, IReadOnlyList<LearningSpec> specs, bool registers,
        IProgress<TrainingProgress>? progress, CancellationToken cancellationToken) =>
        new ModelTraining(host, clock, threads) { Registers = registers, Progress = progress }
            .TrainAsync(specs, opened.Plan, opened.Markets, cancellationToken);

    // A section that only covers strategies beyond the first ones has nothing to do here.
    private static IReadOnlyList<LearningSpec> Specs(BatchPlan plan, string strategies) =>
        [.. LearningReader.Read(plan.Spec).Where(s => strategies == "all" || plan.Instances.Any(s.Covers))];

    private Task<OpenedBatch> OpenAsync(BatchSpec batch, string strategies, CancellationToken cancellationToken) =>
        OpenAsync(batch, strategies, threads, cancellationToken);

    /// <summary>Opens a batch with a learning section, for its first strategies only where a number is given.</summary>
    /// <exception cref="InputException">There is no section, or the batch or <paramref name="strategies"/> is wrong.</exception>
    internal static Task<OpenedBatch> OpenAsync(BatchSpec batch, string strategies, int threads, CancellationToken cancellationToken)
    {
        if (batch.Learning is null)
            throw new InputException("the batch has no \"learning\" section: add one, as \"learning\": { \"trainer\": "
                + "\"gradient-boosting\", \"label\": \"direction\" }");
        // Its faults come before those of the bars.
        LearningReader.Read(batch);
        return OpenedBatch.OpenAsync(batch, new BatchOpening { Threads = threads, Yes = true, Planned = First }, cancellationToken);

        BatchPlan First(BatchPlan plan)
        {
            if (strategies == "all") return plan;
            if (!int.TryParse(strategies, out var count) || count < 1)
                throw new InputException($"--strategies {strategies}: write 'all' or how many of the batch's first strategies");
            return plan.First(count);
        }
    }
}
