using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Granary.Application.Batches;
using Granary.Application.Models;
using Granary.Application.Simulation;
using Granary.Engine.Factors;
using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Learning;
using Granary.Learning.Evaluation;
using Granary.Learning.Features;
using Granary.Learning.Gating;
using Granary.Learning.Labels;
using Granary.Learning.ModelFiles;
using Granary.Learning.Registry;
using Granary.Learning.Splits;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Reporting.Runs;

namespace Granary.Application.Learning;

/// <summary>How far a training is.</summary>
/// <param name="Done">Windows trained or found trained.</param>
/// <param name="Current">What is being worked on.</param>
public readonly record struct TrainingProgress(int Done, int Total, string Current);

/// <summary>One walk-forward window of a model.</summary>
/// <param name="TrainFrom">Features of its first training sample known, UTC.</param>
/// <param name="TrainTo">Its last training label known, UTC.</param>
/// <param name="Reused">It was trained by an earlier run and found again.</param>
public sealed record WindowResult(DateTime TrainFrom, DateTime TrainTo, DateTime TestFrom, DateTime TestTo, int TrainSamples,
    int TestSamples, IReadOnlyDictionary<string, double> InSample, IReadOnlyDictionary<string, double> OutOfSample, bool Reused);

/// <summary>What a feature is worth to a model.</summary>
/// <param name="Permutation">Fall of the out-of-sample AUC (or R²) when it is shuffled, over the windows.</param>
/// <param name="Gain">Share of the training loss that its splits took; null for models without trees.</param>
public sealed record FeatureImportance(string Feature, double Permutation, double? Gain);

/// <summary>A model that was trained: for a market (its strategies share it) or for one strategy's trades.</summary>
/// <param name="Name">In the registry.</param>
/// <param name="Error">Why there is none; its strategies go on without it.</param>
/// <param name="OutOfSample">Over all windows' tests together.</param>
public sealed record TrainedUnit(string Name, string Data, LearningSpec Spec, IReadOnlyList<int> Strategies, int Samples,
    IReadOnlyList<WindowResult> Windows,
    IReadOnlyDictionary<string, double> InSample, IReadOnlyDictionary<string, double> OutOfSample, double? TrainTestGap,
    IReadOnlyList<CalibrationBin> Calibration,
    IReadOnlyList<FeatureImportance> Importance, ModelVersion? Version, EntryModel? Model, string? Error)
{
    /// <summary>
    /// Judges by the one model that has learned from all samples, from when their last label was known; null where there is no model.
    /// </summary>
    public EntryModel? Whole { get; init; }

    /// <summary>From when it is asked, UTC ticks; the maximum where it never is.</summary>
    public long ActiveFrom => Windows.Count > 0 && Model is not null ? Windows[0].TestFrom.Ticks : long.MaxValue;
}

/// <summary>
/// Trains the models of a batch walk-forward: every window on what was known before its test. Features are computed once for a market,
/// windows run in parallel, and a window that an earlier run has trained on the same data is taken from the registry's cache, so that a
/// stopped training goes on where it was.
/// </summary>
public sealed class ModelTraining(TimeProvider clock, int threads)
{
    // Bytes of factor columns that a batch keeps between its passes.
    private const long KeptFactors = 256 << 20;

    /// <param name="host">Runs strategies whose trades are the label.</param>
    /// <param name="register">Whether a version of each model is added to its registry.</param>
    /// <param name="from">Samples begin here, UTC ticks; bars before it only warm features up.</param>
    public async Task<IReadOnlyList<TrainedUnit>> TrainAsync(IReadOnlyList<LearningSpec> specs, BatchPlan plan,
        IReadOnlyDictionary<string, OpenedMarket> markets, IBatchHost host,
        bool register, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken, long from = 0)
    {
        if (plan.Spec.Data is { WarmUp: true, From: { } start }) from = Math.Max(from, start);
        var owner = plan.Instances.Select(i => specs.FirstOrDefault(s => s.Covers(i))).ToArray();
        foreach (var spec in specs)
            if (Array.IndexOf(owner, spec) < 0)
                throw (spec.Place.Find("strategies")
                    ?? spec.Place).Fault("no strategy of the batch is covered by this section; name classes or ids that it runs, or leave "
                        + "'strategies' out");
        await KeepFactorsAsync(plan, owner, markets, cancellationToken);
        StrategyTrades? trades = null;
        if (plan.Instances.Any(i => owner[i.Index]?.Label.Kind == LabelKind.Trade))
            trades = await StrategyTrades.RunAsync(plan, markets, host, i => owner[i.Index]?.Label.Kind == LabelKind.Trade,
                cancellationToken);

        var work = new List<(LearningSpec Spec, FeedPlan Feed, IReadOnlyList<StrategyInstance> Strategies)>();
        foreach (var feed in plan.Feeds)
            foreach (var group in feed.Instances.Where(i => owner[i.Index] is not null).GroupBy(i => owner[i.Index]!))
                if (group.Key.Label.Kind == LabelKind.Trade)
                    foreach (var instance in group) work.Add((group.Key, feed, [instance]));
                else
                    work.Add((group.Key, feed, [.. group]));

        var units = new List<TrainedUnit>();
        var state = new Counter(progress);
        foreach (var byFeed in work.GroupBy(w => w.Feed))
        {
            // The tables of a feed are made once for all its models, in one pass that computes each factor once, and go when the feed is
            // done.
            FeatureSet[] sets = [.. byFeed.Where(w => w.Feed.Symbols.Count == 1).Select(w => w.Spec.Features).Distinct()];
            var tables = new Dictionary<FeatureSet, FeatureTable>();
            string? unreadable = null;
            try
            {
                if (sets.Length > 0)
                    foreach (var table in await FeaturesAsync(byFeed.Key, markets, sets, cancellationToken)) tables.Add(table.Set, table);
            }
            catch (LearningInputException e)
            {
                unreadable = e.Message;
            }
            var jobs = new List<UnitJob>();
            var caches = new Dictionary<LearningSpec, WindowCache>(ReferenceEqualityComparer.Instance);
            try
            {
                foreach (var (spec, feed, strategies) in byFeed)
                {
                    if (!caches.TryGetValue(spec, out var cache)) caches.Add(spec, cache = OpenCache(spec, feed));
                    var job = new UnitJob(spec, feed, strategies, cache, from);
                    jobs.Add(job);
                    if (feed.Symbols.Count > 1)
                    {
                        job.Error = feed.IsJoined
                            ? "a strategy of several symbols is not judged by a model; leave it out of 'strategies'"
                            : "a strategy whose factors read another symbol is not judged by a model; leave it out of 'strategies'";
                        continue;
                    }
                    job.RunStep(() => job.Prepare(tables.TryGetValue(spec.Features, out var features) ? features
                        : throw new LearningInputException(unreadable!), trades));
                    state.Add(job.Folds.Count);
                }
                await Parallel.ForEachAsync(jobs.SelectMany(j => j.Folds.Select(f => (Job: j, Fold: f))),
                    new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads), CancellationToken = cancellationToken },
                    (x, token) =>
                    {
                        x.Job.RunStep(() => x.Job.TrainWindow(x.Fold, (long)plan.Spec.Seed, token));
                        state.Step($"{x.Job.Name}, window {x.Fold.Index + 1} of {x.Job.Folds.Count}");
                        return ValueTask.CompletedTask;
                    });
                var finished = new TrainedUnit[jobs.Count];
                Parallel.For(0, jobs.Count,
                    new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads), CancellationToken = cancellationToken },
                    j => finished[j] = jobs[j].Finish((long)plan.Spec.Seed, register, clock, cancellationToken));
                units.AddRange(finished);
            }
            finally
            {
                foreach (var cache in caches.Values) cache.Dispose();
            }
        }
        return units;
    }

    // Strategies whose trades are learned, features, and the run that asks the models pass over the same bars: what one has computed the
    // next reads.
    private static async Task KeepFactorsAsync(BatchPlan plan, LearningSpec?[] owner, IReadOnlyDictionary<string, OpenedMarket> markets,
        CancellationToken cancellationToken)
    {
        var budget = new FactorBudget(KeptFactors / sizeof(double));
        foreach (var feed in plan.Feeds.Where(f => f.Symbols.Count == 1 && f.Instances.Any(i => owner[i.Index] is not null)))
        {
            var market = markets[feed.Symbols[0]];
            if (market.MemoryOf(feed.Timeframe) is not null) continue;
            var bars = market.Series.Count;
            if (feed.Timeframe != market.Series.Timeframe)
            {
                // How many longer bars there are depends on the calendar.
                bars = 0;
                await foreach (var block in FeedBlocks.ReadAsync(market.Series, feed.Timeframe, IBarSeries.DefaultBlockSize,
                    cancellationToken)) bars += block.Count;
            }
            market.Keep(feed.Timeframe, bars, budget);
        }
    }

    private static async Task<IReadOnlyList<FeatureTable>> FeaturesAsync(FeedPlan feed, IReadOnlyDictionary<string, OpenedMarket> markets,
        IReadOnlyList<FeatureSet> sets, CancellationToken cancellationToken)
    {
        var market = markets[feed.Symbols[0]];
        var blocks = new List<BarBlock>();
        await foreach (var block in FeedBlocks.ReadAsync(market.Series, feed.Timeframe, IBarSeries.DefaultBlockSize, cancellationToken))
            blocks.Add(block);
        return FeatureTable.Compute(new MarketSeries(market.Instrument, feed.Timeframe), blocks, sets, supply: feed.Supply,
            memory: market.MemoryOf(feed.Timeframe));
    }

    // One file for what this program trains on this feed for this section.
    private static WindowCache OpenCache(LearningSpec spec, FeedPlan feed)
    {
        var trainer = spec.Catalogues.Trainers.Find(spec.Trainer).Type.Assembly.ManifestModule.ModuleVersionId;
        var key = $"{ModelFile.FormatVersion} {typeof(ITrainer).Assembly.ManifestModule.ModuleVersionId} {trainer} {feed} {spec.Label} {spec.Keep} {spec.Trainer} "
            + string.Join(';', spec.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}"));
        return new WindowCache(Path.Combine(spec.Cache,
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))) + ".windows"));
    }

    private sealed class Counter(IProgress<TrainingProgress>? progress)
    {
        private readonly Lock _lock = new();
        private int _done, _total;

        public void Add(int count)
        {
            lock (_lock) _total += count;
        }

        public void Step(string current)
        {
            lock (_lock) progress?.Report(new TrainingProgress(++_done, _total, current));
        }
    }

    private sealed class UnitJob(LearningSpec spec, FeedPlan feed, IReadOnlyList<StrategyInstance> strategies, WindowCache cache, long from)
    {
        private readonly ConcurrentDictionary<int,
            (ITrainedModel Model, WindowResult Result, double[] Predicted, double[] Labels, double[] Importance)> _windows = new();
        private TrainingTable? _table;
        private string _tableHash = "";

        public string Name { get; } =
            $"{spec.Name}-{ModelRegistry.NameFor(spec.Label.Kind == LabelKind.Trade ? strategies[0].Id : feed.ToString())}";

        public IReadOnlyList<Fold> Folds { get; private set; } = [];

        public string? Error { get; set; }

        // What cannot be learned costs the model, not the batch.
        public void RunStep(Action action)
        {
            if (Error is not null) return;
            try
            {
                action();
            }
            catch (LearningInputException e)
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
                var (column, sides, bars) = trades!.LabelOf(strategies[0].Index, features);
                if (bars.Count == 0)
                    throw new LearningInputException($"{strategies[0].Id} has closed no trade: there is nothing to learn from");
                _table = features.With(column, label.ToString(), bars.Where(b => b >= first), out _, sides);
            }
            else
            {
                _table = features.With(Column(features, label), label.ToString(), Enumerable.Range(first, features.Bars - first), out _);
            }
            var walk = spec.WalkForward;
            // How many trades there will be is not known beforehand: where they are the samples, the schedule follows from those of the
            // first two fifths of the bars.
            var early = label.Kind == LabelKind.Trade ? EarlySamples(features.KnownAt(Math.Max(0, features.Bars * 2 / 5 - 1)))
                : _table.Count * 2 / 5;
            var train = walk.Train ?? Math.Max(20, early);
            var test = walk.Test ?? Math.Max(5, label.Kind == LabelKind.Trade ? early / 4 : _table.Count / 10);
            Folds = walk.Rolling ? TimeSplits.Rolling(_table, train, test, walk.Gap) : TimeSplits.Expanding(_table, train, test, walk.Gap);
            _tableHash = _table.Hash();
        }

        // Samples that were made and whose outcome was known by a time, UTC ticks.
        private int EarlySamples(long by)
        {
            var count = 0;
            while (count < _table!.Count && _table.LabelEnd[count] <= by) count++;
            return count;
        }

        private LabelColumn Column(FeatureTable features, LabelSpec label)
        {
            switch (label.Kind)
            {
                case LabelKind.Direction:
                    return LabelColumn.Direction(features.Close, label.Bars);
                case LabelKind.Return:
                    return LabelColumn.ForwardReturn(features.Close, label.Bars);
                case LabelKind.Volatility:
                    return LabelColumn.ForwardVolatility(features.Close, label.Bars);
                default:
                    // Barriers in deviations of the last twenty returns over the time limit.
                    const int Window = 20;
                    var deviation = new double[features.Bars];
                    var past = LabelColumn.ForwardVolatility(features.Close, Window);
                    Array.Fill(deviation, double.NaN);
                    for (var i = Window; i < deviation.Length; i++) deviation[i] = past.Values[i - Window] * Math.Sqrt(label.Bars);
                    return LabelColumn.TripleBarrier(features.High, features.Low, features.Close,
                        Array.ConvertAll(deviation, d => d * label.Target), Array.ConvertAll(deviation, d => d * label.Stop), label.Bars);
            }
        }

        public void TrainWindow(Fold fold, long seed, CancellationToken cancellationToken)
        {
            var (model, reused) = Train(fold.Train, seed, cancellationToken);
            var (inSample, _, _) = Measure(model, fold.Train);
            var (outOfSample, predicted, labels) = Measure(model, fold.Test);
            var importance = PermutationImportance.Of(model, new TrainingSet(_table!, fold.Test), seed);
            var trainTo = fold.Train.Max(row => _table!.LabelEnd[row]);
            _windows[fold.Index] = (model, new WindowResult(At(_table!.Time[fold.Train[0]]), At(trainTo), At(_table.Time[fold.Test[0]]),
                At(_table.LabelEnd[fold.Test[^1]]),
                fold.Train.Length, fold.Test.Length, inSample, outOfSample, reused), predicted, labels, importance);
        }

        private static DateTime At(long ticks) => new(ticks, DateTimeKind.Utc);

        private (IReadOnlyDictionary<string, double> Figures, double[] Predicted, double[] Labels) Measure(ITrainedModel model, int[] rows)
        {
            var (usable, predicted) = Prediction.Of(model, new TrainingSet(_table!, rows));
            var labels = Prediction.Labels(_table!, usable);
            return (ModelMetrics.Of(predicted, labels, _table!.Task, model.Task), predicted, labels);
        }

        // From the cache where an earlier run has trained the same, else now; a cached model is the same to the bit because training is.
        private (ITrainedModel Model, bool Reused) Train(int[] rows, long seed, CancellationToken cancellationToken)
        {
            var key = $"{_tableHash} {spec.Weights} {seed} {string.Join(',', rows)}";
            if (cache.Find(key) is { } kept)
            {
                try
                {
                    return (spec.Catalogues.ModelKinds.FromBytes(kept, "a cached window"), true);
                }
                catch (LearningInputException)
                {
                    // Damaged or of another program: it is only a cache, so it is made again.
                }
            }
            var table = _table!;
            var set = new TrainingSet(table, rows);
            if (spec.Weights.HasFlag(WeightKinds.Uniqueness))
                set = new TrainingSet(set.Table.With(weight: SampleWeights.Uniqueness(set)), rows);
            if (spec.Weights.HasFlag(WeightKinds.Balanced))
                set = new TrainingSet(set.Table.With(weight: SampleWeights.Balanced(set)), rows);
            var trainer = spec.Catalogues.Trainers.Create(spec.Trainer, spec.Parameters);
            if (spec.Keep > 0) trainer = new SelectingTrainer(trainer, spec.Keep);
            var model = trainer.Train(set, new TrainingOptions(seed, 1, cancellationToken));
            cache.Keep(key, ModelFile.ToBytes(model));
            return (model, false);
        }

        public TrainedUnit Finish(long seed, bool register, TimeProvider clock, CancellationToken cancellationToken)
        {
            IReadOnlyList<int> members = [.. strategies.Select(s => s.Index)];
            var data = spec.Label.Kind == LabelKind.Trade ? strategies[0].Id : feed.ToString();
            var none = new Dictionary<string, double>();
            TrainedUnit? unit = null;
            RunStep(() =>
            {
                var windows = Folds.Select(f => _windows[f.Index]).ToList();
                double[] predicted = [.. windows.SelectMany(w => w.Predicted)], labels = [.. windows.SelectMany(w => w.Labels)];
                var table = _table!;
                var last = windows[^1].Model;
                var outOfSample = ModelMetrics.Of(predicted, labels, table.Task, last.Task);
                var gaps = windows.Select(w => ModelMetrics.Main(w.Result.InSample)).Where(v => v is not null).ToList();
                var gap = gaps.Count > 0 && ModelMetrics.Main(outOfSample) is { } main ? gaps.Average() - main : null;
                var importance = last.Features.Select((name, f) => new FeatureImportance(name, windows.Average(w => w.Importance[f]),
                    last is IGainImportance ? windows.Average(w => ((IGainImportance)w.Model).Gain[f]) : null))
                    .OrderByDescending(i => i.Permutation).ToList();

                var (final, _) = Train([.. Enumerable.Range(0, table.Count)], seed, cancellationToken);
                var (inSample, _, _) = Measure(final, [.. Enumerable.Range(0, table.Count)]);
                EntryModel? filter = null, whole = null;
                if (last.Input.Kind == ModelInputKind.Features)
                {
                    whole = new EntryModel(Name, spec.Features, [new ModelWindow(table.LabelEnd.ToArray().Max(), final)], spec.Rule,
                        spec.Label.Meaning);
                    filter = new EntryModel(Name, spec.Features,
                        [.. windows.Select(w => new ModelWindow(w.Result.TestFrom.Ticks, w.Model))],
                        spec.Rule, spec.Label.Meaning);
                }
                else if (register)
                    throw new LearningInputException($"{spec.Trainer} reads past labels and no features: it is a baseline for 'experiment' "
                        + $"and judges no entries, so choose another trainer");

                ModelVersion? version = null;
                if (register) version = Register(final, inSample, outOfSample, gap, data, seed, clock);
                unit = new TrainedUnit(Name, data, spec, members, table.Count, [.. windows.Select(w => w.Result)], inSample, outOfSample,
                    gap,
                    last.Task == LearningTask.Classification ? Calibration.Of(predicted, labels) : [], importance, version, filter, null)
                { Whole = whole };
            });
            return unit ?? new TrainedUnit(Name, data, spec, members, _table?.Count ?? 0, [], none, none, null, [], [], null, null, Error);
        }

        private ModelVersion Register(ITrainedModel final, IReadOnlyDictionary<string, double> inSample,
            IReadOnlyDictionary<string, double> outOfSample, double? gap, string data, long seed, TimeProvider clock)
        {
            var table = _table!;
            var registry = new ModelRegistry(ModelStores.Open(spec.Registry), spec.Catalogues.ModelKinds);
            var lineage = new ModelLineage
            {
                DataHash = _tableHash,
                Data = data,
                From = At(table.Time[0]),
                To = At(table.LabelEnd.ToArray().Max()),
                Samples = table.Count,
                Features = final.Features,
                Label = spec.Label.ToString(),
                Trainer = spec.Trainer,
                Parameters = spec.Parameters,
                Seed = seed,
                InSample = inSample,
                OutOfSample = outOfSample,
                TrainTestGap = gap,
                CreatedAt = clock.GetUtcNow().UtcDateTime,
            };
            // The same model of the same data is the same version: training again adds nothing.
            var version = registry.Find(Name, ModelRegistry.HashOf(final), _tableHash) ?? registry.Add(Name, final, lineage);
            if (spec.Promote) registry.Promote(Name, version.Number);
            return version;
        }
    }
}
