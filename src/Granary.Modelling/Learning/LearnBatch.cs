using Granary.Engine;
using Granary.Engine.Trading;
using Granary.Learning.Gating;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Models;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Learning;

/// <summary>
/// Trains and evaluates the models of a batch, for <c>train</c>, <c>evaluate</c> and <c>backtest</c>.
/// </summary>
internal sealed class LearnBatch(IBatchHost host, TimeProvider clock, int threads)
{
    /// <summary>After this time, UTC, a training promotes no version; null = no limit.</summary>
    public DateTimeOffset? PromoteUntil { get; init; }

    /// <inheritdoc cref="ModelTraining.Fit"/>
    internal Func<IReadOnlyList<UnitTraining>, Action<UnitTraining, int>, CancellationToken, Task>? Fit { get; init; }

    /// <inheritdoc cref="ModelTraining.Trades"/>
    internal StrategyTrades? Trades { get; init; }

    /// <summary>Trains the models of a batch and adds a version of each to its registry.</summary>
    /// <param name="strategies">The number of strategies to use, counted from the first one of the batch; null = all.</param>
    /// <exception cref="InputException">The batch or its learning section is invalid, or the batch has no learning section.</exception>
    public async Task<LearningReport> TrainAsync(BatchSpec batch, int? strategies = null, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        await using var opened = await OpenAsync(batch, strategies, cancellationToken);
        var (units, _) = await TrainAllAsync(opened, Specs(opened.Plan, strategies), VersionUse.Add, progress, cancellationToken);
        return LearningReports.Of(units, opened.Plan, judged: null);
    }

    /// <summary>
    /// Trains walk-forward, or reuses trained models, and runs every strategy with and without its model. Only out-of-sample trades count.
    /// </summary>
    public async Task<LearningReport> EvaluateAsync(BatchSpec batch, int? strategies = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        await using var opened = await OpenAsync(batch, strategies, cancellationToken);
        var plan = opened.Plan;
        var (units, risk) = await TrainAllAsync(opened, Specs(plan, strategies), VersionUse.None, progress, cancellationToken);
        var (judged, free) = await JudgeAsync(opened, units, cancellationToken);
        return LearningReports.Of(units, plan, judged, free, risk);
    }

    // Returns the trades of the strategies with their models. If a model moves stops, also returns their trades without it; a model that
    // only accepts or refuses trades does not need them.
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

    /// <summary>Returns the entry filters of a trained batch, by strategy index.</summary>
    public static IReadOnlyDictionary<int, IEntryModel> Models(IEnumerable<TrainedUnit> units)
    {
        var models = new Dictionary<int, IEntryModel>();
        foreach (var unit in units)
            if (unit.Model is not null)
                foreach (var strategy in unit.Strategies)
                    models[strategy] = unit.Model;
        return models;
    }

    /// <summary>Trains the models of some sections and returns them in the order of the sections.</summary>
    internal async Task<IReadOnlyList<TrainedUnit>> TrainAsync(OpenedBatch opened, IReadOnlyList<LearningSpec> specs, VersionUse versions,
        IProgress<TrainingProgress>? progress, CancellationToken cancellationToken) =>
        (await TrainAllAsync(opened, specs, versions, progress, cancellationToken)).Units;

    // Also runs the portfolio with and without its risk models; <c>Risk</c> is null if there are none.
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

    // Sections that cover none of the selected strategies are left out.
    // An experiment compares models on the same windows, without retraining.
    internal static IReadOnlyList<LearningSpec> Specs(BatchPlan plan, int? strategies, bool inWindows = false) =>
        [.. LearningReader.Read(plan.Spec).Where(s => strategies is null || plan.Instances.Any(s.Covers))
            .Select(s => inWindows ? s with { Retrain = null } : s)];

    private Task<OpenedBatch> OpenAsync(BatchSpec batch, int? strategies, CancellationToken cancellationToken) =>
        OpenAsync(batch, strategies, threads, cancellationToken);

    /// <summary>Opens a batch that has a learning section, optionally with its first strategies only.</summary>
    /// <param name="planned">Changes the plan before the markets are opened; null = no change.</param>
    /// <exception cref="InputException">The section is missing, or the batch or <paramref name="strategies"/> is invalid.</exception>
    public static Task<OpenedBatch> OpenAsync(BatchSpec batch, int? strategies, int threads, CancellationToken cancellationToken,
        Func<BatchPlan, BatchPlan>? planned = null)
    {
        if (batch.Learning is null)
            throw new InputException("the batch has no \"learning\" section: add one, as \"learning\": { \"trainer\": "
                + "\"gradient-boosting\", \"label\": \"direction\" }");
        // Validates the section first, so that its errors are reported before those of the bars.
        LearningReader.Read(batch);
        return OpenedBatch.OpenAsync(batch, new BatchOpening
        {
            Threads = threads,
            Yes = true,
            Planned = plan => planned is null ? First(plan) : planned(First(plan)),
        }, cancellationToken);

        BatchPlan First(BatchPlan plan) => strategies is { } count ? plan.First(count) : plan;
    }
}
