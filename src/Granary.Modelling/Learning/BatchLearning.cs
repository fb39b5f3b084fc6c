using System.Text.Json;
using Granary.Engine;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Reporting.Tables;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Learning;

/// <summary>Models of a batch run: trained before its strategies run, used while they run, and reported afterwards.</summary>
internal sealed class BatchLearning
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

    /// <summary>Returns the models that another run of the batch had in force.</summary>
    /// <param name="folder">Folder of that run.</param>
    /// <exception cref="InputException">The folder lacks models of the plan's strategies.</exception>
    public static BatchLearning Replay(BatchPlan plan, string folder) => Replay(plan, ModelArchive.Read(folder, plan));

    private static BatchLearning Replay(BatchPlan plan, IReadOnlyDictionary<int, ModelArchive.Filter> filters) =>
        new(plan.WithModels(filters.ToDictionary(f => f.Key, IEntryModel (f) => f.Value.Model)), [], null) { Replayed = filters };

    /// <summary>Whether the models come from another run, so this run trains nothing.</summary>
    public bool IsReplayed => Replayed is not null;

    private IReadOnlyDictionary<int, ModelArchive.Filter>? Replayed { get; init; }

    /// <summary>The plan with each strategy's model attached.</summary>
    public BatchPlan Plan { get; }

    /// <returns>Null if the batch has no learning section.</returns>
    /// <exception cref="InputException">The section is invalid.</exception>
    public static async Task<BatchLearning?> PrepareAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets,
        ModelTraining training, CancellationToken cancellationToken)
    {
        var specs = LearningReader.Read(plan.Spec);
        return specs.Count == 0 ? null : new BatchLearning(plan, await training.TrainAsync(specs, plan, markets, cancellationToken),
            null);
    }

    /// <summary>Adds models that cap the portfolio's exposure.</summary>
    public BatchLearning With(RiskLearning risk) => new(Plan.WithRisk(risk.Uses), [.. _units, .. risk.Units], risk.Worth)
    {
        Replayed = Replayed,
    };

    /// <summary>Returns a strategy's model as name:version; null if it has none.</summary>
    public string? ModelOf(int strategy) => Replayed is not null ? Replayed.GetValueOrDefault(strategy)?.Label
        : _byStrategy.TryGetValue(strategy, out var unit) && unit.Version is { } v ? $"{v.Model}:{v.Number}" : null;

    /// <summary>Decisions of the models' retrainings, by strategy.</summary>
    public IReadOnlyList<(StrategyInstance Instance, RetrainedVersions Versions)> Retrained =>
        [.. Filters().Where(f => f.Value.Retrained is not null).OrderBy(f => f.Key)
            .Select(f => (Plan.Instances[f.Key], f.Value.Retrained!))];

    /// <summary>Writes models.zip.</summary>
    public void WriteArchive(Stream stream) => ModelArchive.Write(stream, Plan, Filters());

    private IReadOnlyDictionary<int, ModelArchive.Filter> Filters() => Replayed ?? _byStrategy.Where(u => u.Value.Model is not null)
        .ToDictionary(u => u.Key, u => new ModelArchive.Filter(ModelOf(u.Key) ?? u.Value.Model!.Name, u.Value.Model!, u.Value.Retrained));

    /// <summary>Creates the learning section of the run's report.</summary>
    /// <param name="events">Signals and trades of the strategies; null if they were not kept.</param>
    public LearningReport Report(IRunEvents? events, Func<int, double> multiplier) =>
        LearningReports.Of(_units, Plan, events is null ? null : strategy =>
        [.. events.Signals(strategy).Where(s => s.Trade is { Reason: not Engine.Trading.ExitReason.Open })
            .Select(s => FilteredTrade.Of(s.Trade!.Value, s.Signal.Prediction, s.Signal.SizeFactor, multiplier(strategy)))], risk: _risk);

    /// <summary>Returns the table predictions: for each sample of the windows, the model's prediction and the actual label.</summary>
    public Table Predictions() => PredictionTable.Of(_units);

    /// <summary>Returns the references with which a live session uses the same models.</summary>
    public ProductionModels ProductionModels()
    {
        var registered = _units.Where(u => u.Version is not null).ToList();
        static string NameOf(TrainedUnit unit) => $"{unit.Version!.Model}:{unit.Version.Number}";
        return new ProductionModels(JsonSerializer.Serialize(registered.ToDictionary(NameOf, ReferenceTo), ModelReference.Json),
            registered.Where(u => u.Risk is not null).ToDictionary(u => u.Name, NameOf, StringComparer.Ordinal));
    }

    private static ModelReference ReferenceTo(TrainedUnit unit) =>
        new(unit.Version!.Model, unit.Version.Number, unit.Spec.Registry,
            [.. unit.Spec.Features.Names, .. unit.Spec.PortfolioFeatures.Select(f => f.Name)],
            unit.Spec.Label.Meaning, unit.Spec.Rule, unit.Spec.Watch)
        {
            Expires = unit.Retrained?.Windows[^1].Until is { } until and < long.MaxValue ? new DateTime(until, DateTimeKind.Utc) : null,
            Age = ModelAge.Of(unit.Retrained?.Age),
            // The holding time of trades is not known in advance.
            Refresh = unit.Retrained is { } trained ? new ModelRefresh(unit.Spec.Retrain!.Days is { } days
                ? FormattableString.Invariant($"{days}d") : "1d", trained.Log.Last(r => r.Training is not null).Time) : null,
        };
}
