using System.Text.Json;
using Granary.Application.Batches;
using Granary.Application.Models;
using Granary.Application.Simulation;
using Granary.Reporting.Runs;

namespace Granary.Application.Learning;

/// <summary>The models of a batch that is being run: trained before its strategies, asked while they run, shown in its report.</summary>
public sealed class BatchLearning
{
    private readonly IReadOnlyList<TrainedUnit> _units;
    private readonly Dictionary<int, TrainedUnit> _byStrategy = [];
    private readonly RiskWorth? _risk;

    private BatchLearning(BatchPlan plan, IReadOnlyList<TrainedUnit> units, RiskWorth? risk)
    {
        (_units, _risk) = (units, risk);
        foreach (var unit in units.Where(u => !u.Spec.IsOfRisk))
            foreach (var strategy in unit.Strategies)
                _byStrategy[strategy] = unit;
        Plan = plan.WithModels(LearnBatch.Models(units));
    }

    /// <summary>The plan whose strategies have their models.</summary>
    public BatchPlan Plan { get; }

    /// <returns>Null where the batch has no learning section.</returns>
    /// <exception cref="Json.InputException">The section is wrong.</exception>
    public static async Task<BatchLearning?> PrepareAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets,
        ModelTraining training, CancellationToken cancellationToken)
    {
        var specs = LearningReader.Read(plan.Spec);
        return specs.Count == 0 ? null : new BatchLearning(plan, await training.TrainAsync(specs, plan, markets, cancellationToken),
            null);
    }

    /// <summary>The same with models that cap the portfolio's exposure.</summary>
    internal BatchLearning With(RiskLearning risk) => new(Plan.WithRisk(risk.Uses), [.. _units, .. risk.Units], risk.Worth);

    /// <summary>A strategy's model as name:version; null without one.</summary>
    public string? ModelOf(int strategy) =>
        _byStrategy.TryGetValue(strategy, out var unit) && unit.Version is { } v ? $"{v.Model}:{v.Number}" : null;

    /// <summary>What the retrainings of its models decided, by strategy.</summary>
    internal IReadOnlyList<(StrategyInstance Instance, RetrainedVersions Versions)> Retrained =>
        [.. _units.Where(u => u.Retrained is not null).Select(u => (Plan.Instances[u.Strategies[0]], u.Retrained!))
            .OrderBy(u => u.Item1.Index)];

    /// <summary>The learning section of the run.</summary>
    /// <param name="events">Its strategies' signals and trades; null where they were not kept.</param>
    public LearningReport Report(IRunEvents? events, Func<int, double> multiplier) =>
        LearningReports.Of(_units, Plan, events is null ? null : strategy =>
        [.. events.Signals(strategy).Where(s => s.Trade is { Reason: not Engine.Trading.ExitReason.Open })
            .Select(s => FilteredTrade.Of(s.Trade!.Value, s.Signal.Prediction, s.Signal.SizeFactor, multiplier(strategy)))], risk: _risk);

    /// <summary>Writes predictions.csv: what the models predicted of the samples of their windows, and what came.</summary>
    public void WritePredictions(TextWriter writer) => PredictionCsv.Write(writer, _units);

    /// <summary>What a live run needs to ask the same models.</summary>
    public ProductionModels ProductionModels()
    {
        var registered = _units.Where(u => u.Version is not null).ToList();
        static string NameOf(TrainedUnit unit) => $"{unit.Version!.Model}:{unit.Version.Number}";
        return new ProductionModels(JsonSerializer.Serialize(registered.ToDictionary(NameOf, ReferenceTo), ModelReference.Json),
            registered.Where(u => u.Risk is not null).ToDictionary(u => u.Name, NameOf, StringComparer.Ordinal));
    }

    private static ModelReference ReferenceTo(TrainedUnit unit) =>
        new(unit.Version!.Model, unit.Version.Number, ModelStores.Shown(unit.Spec.Registry),
            [.. unit.Spec.Features.Names, .. unit.Spec.PortfolioFeatures.Select(f => f.Name)],
            unit.Spec.Label.Meaning, unit.Spec.Rule, unit.Spec.Watch);
}
