using Granary.Engine.Trading;
using Granary.Learning.Gating;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Simulation.Models;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Learning;

/// <summary>
/// The machine-learning life of a batch: <c>train</c>, <c>evaluate</c>, and the models that <c>backtest</c> asks.
/// </summary>
public sealed class LearnBatch(IBatchHost host, TimeProvider clock, int threads)
{
    /// <summary>A training promotes no version after this time, UTC; null = at any time.</summary>
    public DateTimeOffset? PromoteUntil { get; init; }

    /// <inheritdoc cref="ModelTraining.Fit"/>
    internal Func<IReadOnlyList<UnitTraining>, Action<UnitTraining, int>, CancellationToken, Task>? Fit { get; init; }

    /// <inheritdoc cref="ModelTraining.Trades"/>
    internal StrategyTrades? Trades { get; init; }

    /// <summary>Trains the models of a batch and adds a version of each to its registry.</summary>
    /// <param name="strategies">"all" or how many of the batch's first strategies.</param>
    /// <exception cref="InputException">The batch or its learning section is wrong, or there is none.</exception>
    public async Task<LearningReport> TrainAsync(BatchSpec batch, string strategies = "all", IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        await using var opened = await OpenAsync(batch, strategies, cancellationToken);
        var (units, _) = await TrainAllAsync(opened, Specs(opened.Plan, strategies), VersionUse.Add, progress, cancellationToken);
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
        var (units, risk) = await TrainAllAsync(opened, Specs(plan, strategies), VersionUse.None, progress, cancellationToken);
        var (judged, free) = await JudgeAsync(opened, units, cancellationToken);
        return LearningReports.Of(units, plan, judged, free, risk);
    }

    // The trades of the strategies with their models; and without them, where a model moves stops and not only chooses among trades.
    internal async Task<(Func<int, IReadOnlyList<FilteredTrade>> Judged, Func<int, IReadOnlyList<FilteredTrade>>? Free)> JudgeAsync(
        OpenedBatch opened, IReadOnlyList<TrainedUnit> units, CancellationToken cancellationToken)
    {
        var (plan, markets) = (opened.Plan, opened.Markets);
        var models = Models(units);
        var judged = await StrategyTrades.RunAsync(plan.WithModels(models), markets, host, i => models.ContainsKey(i.Index),
            cancellationToken);
        var moved = units.Where(u => u.Spec.Rule is StopByVolatilityRule).SelectMany(u => u.Strategies).ToHashSet();
        if (moved.Count == 0) return (judged.Of, null);
        var free = await StrategyTrades.RunAsync(plan, markets, host, i => moved.Contains(i.Index), cancellationToken);
        return (judged.Of, i => moved.Contains(i) ? free.Of(i) : [.. judged.Of(i).Where(t => t.IsJudged)]);
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

    /// <summary>The models of some sections, in their order.</summary>
    internal async Task<IReadOnlyList<TrainedUnit>> TrainAsync(OpenedBatch opened, IReadOnlyList<LearningSpec> specs, VersionUse versions,
        IProgress<TrainingProgress>? progress, CancellationToken cancellationToken) =>
        (await TrainAllAsync(opened, specs, versions, progress, cancellationToken)).Units;

    // And the portfolio with its models of the risk and without; null without such models.
    private async Task<(IReadOnlyList<TrainedUnit> Units, RiskWorth? Risk)> TrainAllAsync(OpenedBatch opened,
        IReadOnlyList<LearningSpec> specs, VersionUse versions, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var training = new ModelTraining(host, clock, threads)
        {
            Versions = versions,
            PromoteUntil = PromoteUntil,
            Progress = progress,
            Fit = Fit,
            Trades = Trades,
        };
        var units = await training.TrainAsync(specs, opened.Plan, opened.Markets, cancellationToken);
        if (!specs.Any(s => s.IsOfRisk)) return (units, null);
        var risk = await RiskOfBatch.TrainAsync(training, specs, opened.Plan.WithModels(Models(units)), opened.Markets, (host, threads),
            cancellationToken);
        return ([.. units, .. risk.Units], risk.Worth);
    }

    // A section that only covers strategies beyond the first ones has nothing to do here.
    // An experiment compares models on the same windows, without retraining.
    internal static IReadOnlyList<LearningSpec> Specs(BatchPlan plan, string strategies, bool inWindows = false) =>
        [.. LearningReader.Read(plan.Spec).Where(s => strategies == "all" || plan.Instances.Any(s.Covers))
            .Select(s => inWindows ? s with { Retrain = null } : s)];

    private Task<OpenedBatch> OpenAsync(BatchSpec batch, string strategies, CancellationToken cancellationToken) =>
        OpenAsync(batch, strategies, threads, cancellationToken);

    /// <summary>Opens a batch with a learning section, for its first strategies only where a number is given.</summary>
    /// <param name="planned">Changes the plan before its markets are opened; null = nothing does.</param>
    /// <exception cref="InputException">There is no section, or the batch or <paramref name="strategies"/> is wrong.</exception>
    public static Task<OpenedBatch> OpenAsync(BatchSpec batch, string strategies, int threads, CancellationToken cancellationToken,
        Func<BatchPlan, BatchPlan>? planned = null)
    {
        if (batch.Learning is null)
            throw new InputException("the batch has no \"learning\" section: add one, as \"learning\": { \"trainer\": "
                + "\"gradient-boosting\", \"label\": \"direction\" }");
        // Its faults come before those of the bars.
        LearningReader.Read(batch);
        return OpenedBatch.OpenAsync(batch, new BatchOpening
        {
            Threads = threads,
            Yes = true,
            Planned = plan => planned is null ? First(plan) : planned(First(plan)),
        }, cancellationToken);

        BatchPlan First(BatchPlan plan)
        {
            if (strategies == "all") return plan;
            if (!int.TryParse(strategies, out var count) || count < 1)
                throw new InputException($"--strategies {strategies}: write 'all' or how many of the batch's first strategies");
            return plan.First(count);
        }
    }
}
