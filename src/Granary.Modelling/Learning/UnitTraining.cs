using System.Collections.Concurrent;
using Granary.Engine;
using Granary.Learning.Evaluation;
using Granary.Learning.Features;
using Granary.Learning.Gating;
using Granary.Learning.ModelFiles;
using Granary.Learning.Registry;
using Granary.Learning.Retraining;
using Granary.Learning.Splits;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Models;

namespace Granary.Modelling.Learning;

/// <summary>The market or strategy of a model, and the strategies whose entries the model filters.</summary>
/// <param name="Data">Name of the market, or of the strategy whose trades are learned.</param>
/// <param name="Strategies">Indices of the filtered strategies.</param>
internal sealed record UnitSource(string Data, IReadOnlyList<int> Strategies)
{
    /// <summary>Other symbols whose closes the features read.</summary>
    public IReadOnlyList<string> References { get; init; } = [];
}

/// <summary>Walk-forward training of one model: its table, its windows, and the model of all samples.</summary>
/// <param name="from">Time of the first sample, UTC ticks.</param>
/// <param name="keepsTraining">Whether predictions of training samples are kept in addition to test samples.</param>
internal sealed class UnitTraining(LearningSpec spec, UnitSource source, WindowCache cache, long from, long seed, bool keepsTraining)
{
    /// <summary>Index that stands for the fit on all samples.</summary>
    public const int Whole = -1;

    private readonly ConcurrentDictionary<int, Window> _windows = new();
    private readonly ConcurrentDictionary<int, string> _failures = new();
    private TrainingTable? _table;
    private UnitRetraining? _retraining;
    private UnitFits? _fits;

    /// <param name="Number">Window number, from 1.</param>
    private sealed record Window(int Number, ITrainedModel Model, WindowResult Result, Measured Train, Measured Test, double[] Importance);

    /// <param name="From">Time of the first training sample, UTC.</param>
    /// <param name="To">Time at which the last training label was known, UTC.</param>
    /// <param name="Data">Hash of the rows available for training.</param>
    private sealed record RegisteredModel(ITrainedModel Model, IReadOnlyDictionary<string, double> InSample,
        IReadOnlyDictionary<string, double> OutOfSample, DateTime From, DateTime To, int Samples, string Data)
    {
        public DateTime? TrainedAt { get; init; }
    }

    private readonly record struct Measured(IReadOnlyDictionary<string, double> Figures, int[] Rows, double[] Predicted, double[] Labels);

    public string Name { get; } = $"{spec.Name}-{ModelRegistry.NameFor(source.Data)}";

    /// <summary>Name of the market, or of the strategy whose trades are learned.</summary>
    public string Data => source.Data;

    public IReadOnlyList<Fold> Folds { get; private set; } = [];

    /// <summary>The samples; set by Prepare.</summary>
    public TrainingTable Table => _table!;

    /// <summary>The fits; set by Prepare.</summary>
    public UnitFits Fits => _fits!;

    public string? Error { get; set; }

    // If a model cannot be trained, the batch continues without it.
    public void RunStep(Action action)
    {
        if (Error is not null) return;
        try
        {
            action();
        }
        catch (InputException e)
        {
            Error = e.Message;
        }
    }

    public void Prepare(FeatureTable features, StrategyTrades? trades)
    {
        var label = spec.Label;
        var first = Array.BinarySearch(features.Time, from);
        if (first < 0) first = ~first;
        if (label.Kind == LabelKind.Trade)
        {
            var (column, sides, bars) = trades!.LabelOf(source.Strategies[0], features);
            if (bars.Count == 0)
                throw new InputException($"{Data} has closed no trade: there is nothing to learn from");
            _table = features.With(column, label.ToString(), bars.Where(b => b >= first), out _, sides);
        }
        else
        {
            _table = features.With(LabelColumns.Of(features, label), label.ToString(), Enumerable.Range(first, features.Bars - first),
                out _);
        }
        // The number of trades is not known in advance. If trades are the samples, the schedule follows from those of the first two fifths
        // of the bars.
        int? early = label.Kind == LabelKind.Trade ? EarlySamples(features.KnownAt(Math.Max(0, features.Bars * 2 / 5 - 1))) : null;
        if (spec.Retrain is null) Split(early);
        else Schedule(spec.Retrain, early, features, trades!);
    }

    /// <summary>Accepts prepared samples of entries.</summary>
    /// <param name="early">Number of samples whose labels were known in the first two fifths of the bars.</param>
    public void Prepare(TrainingTable table, int early)
    {
        FeatureCausality.RequireClean(spec.Features);
        _table = table;
        Split(early);
    }

    /// <param name="early">Null if the samples are bars, because their number is known in advance.</param>
    private (int Train, int Test) Lengths(int? early) => (spec.WalkForward.Train ?? Math.Max(20, early ?? _table!.Count * 2 / 5),
        spec.WalkForward.Test ?? Math.Max(5, early / 4 ?? _table!.Count / 10));

    private void Split(int? early)
    {
        var (schedule, table, (train, test)) = (spec.WalkForward, _table!, Lengths(early));
        Folds = schedule.Rolling ? TimeSplits.Rolling(table, train, test, schedule.Gap)
            : TimeSplits.Expanding(table, train, test, schedule.Gap);
        _fits = new UnitFits(spec, table, cache, seed, growing: false);
    }

    private void Schedule(RetrainingRule rule, int? early, FeatureTable features, StrategyTrades trades)
    {
        var (train, test) = Lengths(early);
        _retraining = new UnitRetraining(rule, new RetrainingSamples(train, test, spec.WalkForward.Gap, spec.WalkForward.Rolling), _table!,
            features, trades.Of(source.Strategies[0]));
        Folds = _retraining.Folds;
        // Later bars do not change the retrainings of an earlier run.
        _fits = new UnitFits(spec, _table!, cache, seed, growing: true);
    }

    // Number of samples whose outcome was known by a time, UTC ticks.
    private int EarlySamples(long by)
    {
        var count = 0;
        while (count < _table!.Count && _table.LabelEnd[count] <= by) count++;
        return count;
    }

    /// <summary>
    /// Trains and measures a window. If windows fail, there is no model, and the first one gives the reason, whatever the order of
    /// training. A retraining that fails leaves the version in force unchanged.
    /// </summary>
    public void TrainWindow(Fold fold, CancellationToken cancellationToken)
    {
        if (Error is not null || _retraining is null && _failures.Keys.Any(w => w < fold.Index)) return;
        try
        {
            TrainFold(fold, cancellationToken);
        }
        catch (InputException e)
        {
            _failures[fold.Index] = e.Message;
        }
    }

    private void TrainFold(Fold fold, CancellationToken cancellationToken)
    {
        if (fold.Train.Length == 0) throw new InputException("no training sample is left");
        var (model, reused) = _fits!.Of(fold.Train, cancellationToken);
        var (train, test) = (Measure(model, fold.Train), Measure(model, fold.Test));
        var importance = PermutationImportance.Of(model, new TrainingSet(_table!, fold.Test), seed);
        var trainTo = fold.Train.Max(row => _table!.LabelEnd[row]);
        var result = new WindowResult(At(_table!.Time[fold.Train[0]]), At(trainTo), At(_table.Time[fold.Test[0]]),
            At(_table.LabelEnd[fold.Test[^1]]), fold.Train.Length, fold.Test.Length, train.Figures, test.Figures, reused)
        {
            Importance = model.Features.Zip(importance).ToDictionary(p => p.First, p => p.Second, StringComparer.Ordinal),
        };
        _windows[fold.Index] = new Window(fold.Index + 1, model, result, keepsTraining ? train : default, test, importance);
    }

    /// <summary>Returns the rows that a fit learns from.</summary>
    /// <param name="window">Index of the window; <see cref="Whole"/> for the model of all samples.</param>
    public int[] RowsOf(int window) => window == Whole ? [.. Enumerable.Range(0, _table!.Count)] : Folds[window].Train;

    private static DateTime At(long ticks) => new(ticks, DateTimeKind.Utc);

    private Measured Measure(ITrainedModel model, int[] rows)
    {
        var (usable, predicted) = Prediction.Of(model, new TrainingSet(_table!, rows));
        var labels = Prediction.Labels(_table!, usable);
        return new Measured(ModelMetrics.Of(predicted, labels, _table!.Task, model.Task), usable, predicted, labels);
    }

    private List<PredictedSample> Predictions(List<Window> windows, in Measured all)
    {
        var samples = new List<PredictedSample>();
        foreach (var window in windows)
        {
            if (keepsTraining) Add(window.Number, false, window.Train);
            Add(window.Number, true, window.Test);
        }
        if (keepsTraining) Add(0, false, all);
        return samples;

        void Add(int window, bool isTest, in Measured measured)
        {
            for (var i = 0; i < measured.Rows.Length; i++)
                samples.Add(new PredictedSample(window, isTest, _table!.Time[measured.Rows[i]], _table.LabelEnd[measured.Rows[i]],
                    measured.Predicted[i], measured.Labels[i]));
        }
    }

    /// <param name="promoteUntil">After this time, UTC, the version is not promoted; null = no limit.</param>
    public TrainedUnit Finish(VersionUse use, DateTimeOffset? promoteUntil, TimeProvider clock, CancellationToken cancellationToken)
    {
        var members = source.Strategies;
        var none = new Dictionary<string, double>();
        TrainedUnit? unit = null;
        RunStep(() =>
        {
            var windows = Trained();
            double[] predicted = [.. windows.SelectMany(w => w.Test.Predicted)], labels = [.. windows.SelectMany(w => w.Test.Labels)];
            var (table, last) = (_table!, windows[^1].Model);
            var outOfSample = ModelMetrics.Of(predicted, labels, table.Task, last.Task);
            var importance = Importance(windows, last);
            var (final, _) = _fits!.Of(RowsOf(Whole), cancellationToken);
            var all = Measure(final, RowsOf(Whole));
            EntryModel? filter = null, whole = null;
            RetrainedVersions? retrained = null;
            var risk = spec.IsOfRisk ? RiskOf(windows) : null;
            if (risk is null && last.Input.Kind == ModelInputKind.Features)
            {
                whole = new EntryModel(Name, spec.Features, [new ModelWindow(table.LabelEnd.ToArray().Max(), final)], spec.Rule,
                    spec.Label.Meaning)
                { Watch = spec.Watch };
                retrained = Succession();
                filter = new EntryModel(Name, spec.Features,
                    retrained?.Windows ?? [.. windows.Select(w => new ModelWindow(w.Result.TestFrom.Ticks, w.Model))],
                    spec.Rule, spec.Label.Meaning)
                { Watch = spec.Watch };
            }
            else if (use != VersionUse.None && risk is null)
                throw new InputException($"{spec.Trainer} reads no features: it is a baseline for 'experiment' "
                    + $"and judges no entries, so choose another trainer");

            ModelVersion? version = null;
            var shown = InForce(retrained, outOfSample) ?? new RegisteredModel(final, all.Figures, outOfSample,
                At(table.Time[0]), At(table.LabelEnd.ToArray().Max()), table.Count, _fits.TableHash);
            if (use != VersionUse.None)
            {
                version = Register(use, shown, clock);
                // The test predictions belong to the registered version only if no retraining put other versions in force.
                if (filter is not null && version is not null && retrained is null)
                    filter.Origin = new ModelOrigin(ModelStores.Kept(spec.Registry), version.Model, version.Number);
            }
            var isLate = use == VersionUse.Add && spec.Promote && !TryPromote(version!, promoteUntil, clock);
            unit = new TrainedUnit(Name, Data, spec, members, table.Count, [.. windows.Select(w => w.Result)], shown.InSample, outOfSample,
                last.Task == LearningTask.Classification ? Calibration.Of(predicted, labels) : [], importance, version, filter, null)
            {
                References = source.References,
                LateFor = isLate ? promoteUntil : null,
                Whole = whole,
                Risk = risk,
                Retrained = retrained,
                Predictions = Predictions(windows, all),
                Notes = LeakCheck.Of(table, [.. windows.SelectMany(w => w.Test.Rows)], predicted),
                LearnedTo = shown.To,
                DissimilarityThreshold = (shown.Model as GuardedModel)?.Area.Threshold,
            };
        });
        return unit ?? new TrainedUnit(Name, Data, spec, members, _table?.Count ?? 0, [], none, none, [], [], null, null, Error);
    }

    private static List<FeatureImportance> Importance(List<Window> windows, ITrainedModel last) => [.. last.Features
        .Select((name, f) => new FeatureImportance(name, windows.Average(w => w.Importance[f]),
            GainOf(last, f) is null ? null : windows.Average(w => GainOf(w.Model, f))))
        .OrderByDescending(i => i.Permutation)];

    private List<Window> Trained()
    {
        if (_retraining is null && !_failures.IsEmpty) throw new InputException(_failures.MinBy(f => f.Key).Value);
        var windows = Folds.Where(f => _windows.ContainsKey(f.Index)).Select(f => _windows[f.Index]).ToList();
        return windows.Count > 0 ? windows : throw new InputException(Folds.Count == 0
            ? "the bars end before the first training takes effect: take shorter windows or more data"
            : $"none of the {Folds.Count} trainings could learn; the last: {_failures[Folds[^1].Index]}");
    }

    private RetrainedVersions? Succession() => _retraining is null ? null
        : new VersionSuccession(Data, _retraining).Decide([.. Folds.Select(f => _windows.GetValueOrDefault(f.Index) is { } w
            ? new TrainedVersion(f.Index + 1, w.Model, w.Result, null)
            : new TrainedVersion(f.Index + 1, null, null, _failures[f.Index]))]);

    private RiskModel RiskOf(List<Window> windows) => windows[^1].Model is { Input.Length: not 1 } model
        ? throw new InputException($"{model.Trainer} looks back on several rows or on past labels, but entries are not evenly "
            + "spaced: choose another trainer")
        : new RiskModel(Name, spec.EntryFeatures, [.. windows.Select(w => new ModelWindow(w.Result.TestFrom.Ticks, w.Model))],
            (LimitRule)spec.Rule);

    private static double? GainOf(ITrainedModel model, int feature) =>
        GuardedModel.Unguarded(model) is IGainImportance trees ? trees.Gain[feature] : null;

    // The version in force at the end of the run, unless another version was promoted; null without retraining. Out of sample, a version
    // has the figures of the tests of all windows, as in the table of its training.
    private RegisteredModel? InForce(RetrainedVersions? retrained, IReadOnlyDictionary<string, double> outOfSample)
    {
        if (retrained is null) return null;
        var (_, model, result, _, _, _) = _windows[retrained.Windows[^1].Number - 1];
        return new RegisteredModel(model, result.InSample, outOfSample, result.TrainFrom, result.TrainTo,
            result.TrainSamples, _table!.Hash(Folds[retrained.Windows[^1].Number - 1].Train[^1] + 1))
        { TrainedAt = At(retrained.TrainedAt) };
    }

    // Returns null if the version must already exist but does not.
    private ModelVersion? Register(VersionUse use, RegisteredModel registered, TimeProvider clock)
    {
        var final = registered.Model;
        var registry = spec.Catalogues.OpenRegistry(spec.Registry);
        var lineage = new ModelLineage
        {
            DataHash = registered.Data,
            Data = Data,
            From = registered.From,
            To = registered.To,
            TrainedAt = registered.TrainedAt,
            Samples = registered.Samples,
            Features = final.Features,
            References = source.References.Count > 0 ? source.References : null,
            Label = spec.Label.ToString(),
            Trainer = spec.Trainer,
            Parameters = spec.Parameters,
            Seed = seed,
            InSample = registered.InSample,
            OutOfSample = registered.OutOfSample,
            TrainTestGap = ModelMetrics.GapOf(registered.InSample, registered.OutOfSample),
            DissimilarityThreshold = (final as GuardedModel)?.Area.Threshold,
            CreatedAt = clock.GetUtcNow().UtcDateTime,
        };
        // The same model on the same data keeps its version, so training again adds none.
        var known = registry.Find(Name, ModelRegistry.HashOf(final), registered.Data);
        if (use == VersionUse.Find) return known;
        return known ?? registry.Add(Name, final, lineage);
    }

    // Returns false if the deadline has passed.
    private bool TryPromote(ModelVersion version, DateTimeOffset? until, TimeProvider clock)
    {
        var registry = spec.Catalogues.OpenRegistry(spec.Registry);
        if (until < clock.GetUtcNow()) return registry.Pointer(Name).Current == version.Number;
        registry.Promote(Name, version.Number);
        return true;
    }
}
