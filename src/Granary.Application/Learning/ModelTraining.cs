using System.Security.Cryptography;
using System.Text;
using Granary.Application.Batches;
using Granary.Application.Models;
using Granary.Application.Simulation;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Learning;
using Granary.Learning.Features;
using Granary.Learning.ModelFiles;
using Granary.Learning.Trainers;

namespace Granary.Application.Learning;

/// <summary>How far a training is.</summary>
/// <param name="Done">Windows trained or found trained.</param>
/// <param name="Current">What is being worked on.</param>
public readonly record struct TrainingProgress(int Done, int Total, string Current)
{
    /// <summary>The best models of a search so far, the best first, each with the trades that it left; null for other trainings.</summary>
    public IReadOnlyList<StrategyLeader>? Leaders { get; init; }
}

/// <summary>
/// Trains the models of a batch walk-forward: every window on what was known before its test. Features are computed once for a market,
/// windows run in parallel, and a window that an earlier run has trained on the same data is taken from the registry's cache, so that a
/// stopped training goes on where it was.
/// </summary>
public sealed class ModelTraining(IBatchHost host, TimeProvider clock, int threads)
{
    // Bytes of factor columns that a batch keeps between its passes.
    private const long KeptFactors = 256 << 20;

    private sealed record Work(LearningSpec Spec, FeedPlan Feed, IReadOnlyList<StrategyInstance> Strategies);

    /// <summary>Whether the models become versions of their registry.</summary>
    public VersionUse Versions { get; init; }

    /// <summary>Whether predictions of training samples are kept beside those of tests.</summary>
    public bool KeepsTrainingSamples { get; init; }

    public IProgress<TrainingProgress>? Progress { get; init; }

    private ParallelOptions Options(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = Math.Max(1, threads), CancellationToken = cancellationToken };

    /// <summary>Trains the models that judge entries; sections of the risk are trained by <see cref="RiskTraining"/>.</summary>
    /// <param name="from">Samples begin here, UTC ticks; bars before it only warm features up.</param>
    public async Task<IReadOnlyList<TrainedUnit>> TrainAsync(IReadOnlyList<LearningSpec> specs, BatchPlan plan,
        IReadOnlyDictionary<string, OpenedMarket> markets, CancellationToken cancellationToken, long from = 0)
    {
        specs = [.. specs.Where(s => !s.IsOfRisk)];
        if (plan.Spec.Data is { WarmUp: true, From: { } start }) from = Math.Max(from, start);
        var owner = plan.Instances.Select(i => specs.FirstOrDefault(s => s.Covers(i))).ToArray();
        foreach (var spec in specs)
            if (Array.IndexOf(owner, spec) < 0)
                throw (spec.Place.Find("strategies")
                    ?? spec.Place).Fault("no strategy of the batch is covered by this section; name classes or ids that it runs, or leave "
                        + "'strategies' out");
        await KeepFactorsAsync(plan, owner, markets, cancellationToken);
        bool LearnsTrades(StrategyInstance i) => owner[i.Index]?.IsOfOneStrategy == true;
        var trades = plan.Instances.Any(LearnsTrades)
            ? await StrategyTrades.RunAsync(plan, markets, host, LearnsTrades, cancellationToken) : null;

        var units = new List<TrainedUnit>();
        var counter = new Counter(Progress);
        foreach (var feed in plan.Markets)
        {
            List<Work> work = [.. feed.Instances.Where(i => owner[i.Index] is not null).GroupBy(i => owner[i.Index]!)
                .SelectMany(g => g.Key.IsOfOneStrategy ? g.Select(i => new Work(g.Key, feed, [i]))
                    : [new Work(g.Key, feed, [.. g])])];
            if (work.Count == 0) continue;
            units.AddRange(await TrainAsync(work, markets, (trades, from, (long)plan.Spec.Seed), counter, cancellationToken));
        }
        return units;
    }

    // The models of one feed. Its tables are made once for all of them, in one pass that computes each factor once, and go when the feed
    // is done.
    private async Task<TrainedUnit[]> TrainAsync(List<Work> work, IReadOnlyDictionary<string, OpenedMarket> markets,
        (StrategyTrades? Trades, long From, long Seed) of, Counter counter, CancellationToken cancellationToken)
    {
        FeatureSet[] sets = [.. work.Where(w => w.Feed.Symbols.Count == 1).Select(w => w.Spec.Features).Distinct()];
        var tables = new Dictionary<FeatureSet, FeatureTable>();
        string? unreadable = null;
        try
        {
            if (sets.Length > 0)
                foreach (var table in await FeaturesAsync(work[0].Feed, markets, sets, cancellationToken)) tables.Add(table.Set, table);
        }
        catch (LearningInputException e)
        {
            unreadable = e.Message;
        }
        var jobs = new List<UnitTraining>();
        var caches = new Dictionary<LearningSpec, WindowCache>(ReferenceEqualityComparer.Instance);
        try
        {
            foreach (var (spec, feed, strategies) in work)
            {
                if (!caches.TryGetValue(spec, out var cache)) caches.Add(spec, cache = OpenCache(spec, feed.ToString()));
                var source = new UnitSource(spec.IsOfOneStrategy ? strategies[0].Id : feed.ToString(),
                    [.. strategies.Select(i => i.Index)])
                { References = feed.Symbols.Count > 1 ? [] : FeatureBars.ReferencesOf(feed, [spec.Features]) };
                var job = new UnitTraining(spec, source, cache, of.From, of.Seed, KeepsTrainingSamples);
                jobs.Add(job);
                if (feed.Symbols.Count > 1)
                {
                    job.Error = "a strategy of several symbols is not judged by a model; leave it out of 'strategies'";
                    continue;
                }
                job.RunStep(() => job.Prepare(tables.TryGetValue(spec.Features, out var features) ? features
                    : throw new LearningInputException(unreadable!), of.Trades));
                counter.Add(job.Folds.Count);
            }
            return await FinishAsync(jobs, counter, cancellationToken);
        }
        finally
        {
            foreach (var cache in caches.Values) cache.Dispose();
        }
    }

    private async Task<TrainedUnit[]> FinishAsync(List<UnitTraining> jobs, Counter counter, CancellationToken cancellationToken)
    {
        await Parallel.ForEachAsync(jobs.SelectMany(j => j.Folds.Select(f => (Job: j, Fold: f))), Options(cancellationToken),
            (x, token) =>
            {
                x.Job.RunStep(() => x.Job.TrainWindow(x.Fold, token));
                counter.Step($"{x.Job.Name}, window {x.Fold.Index + 1} of {x.Job.Folds.Count}");
                return ValueTask.CompletedTask;
            });
        var finished = new TrainedUnit[jobs.Count];
        Parallel.For(0, jobs.Count, Options(cancellationToken), j => finished[j] = jobs[j].Finish(Versions, clock, cancellationToken));
        return finished;
    }

    /// <summary>Trains models on samples that are ready: entries, as a portfolio met them.</summary>
    /// <param name="seed">Of the batch.</param>
    internal async Task<IReadOnlyList<TrainedUnit>> TrainAsync(LearningSpec spec, IEnumerable<EntrySamples> samples, long seed,
        CancellationToken cancellationToken)
    {
        var (jobs, caches, counter) = (new List<UnitTraining>(), new List<WindowCache>(), new Counter(Progress));
        try
        {
            foreach (var (source, table) in samples)
            {
                caches.Add(OpenCache(spec, source.Data));
                var job = new UnitTraining(spec, source, caches[^1], 0, seed, KeepsTrainingSamples);
                jobs.Add(job);
                job.RunStep(() =>
                {
                    var (rows, early) = table();
                    job.Prepare(rows, early);
                });
                counter.Add(job.Folds.Count);
            }
            return await FinishAsync(jobs, counter, cancellationToken);
        }
        finally
        {
            foreach (var cache in caches) cache.Dispose();
        }
    }

    // Strategies whose trades are learned, features, and the run that asks the models pass over the same bars: what one has computed the
    // next reads.
    private static async Task KeepFactorsAsync(BatchPlan plan, LearningSpec?[] owner, IReadOnlyDictionary<string, OpenedMarket> markets,
        CancellationToken cancellationToken)
    {
        var budget = new FactorBudget(KeptFactors / sizeof(double));
        foreach (var feed in plan.Markets.Where(f => f.Symbols.Count == 1 && f.Instances.Any(i => owner[i.Index] is not null)))
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

    /// <summary>The features of every bar of a feed of one symbol, with the closes of other symbols that they read.</summary>
    internal static async Task<IReadOnlyList<FeatureTable>> FeaturesAsync(FeedPlan feed, IReadOnlyDictionary<string, OpenedMarket> markets,
        IReadOnlyList<FeatureSet> sets, CancellationToken cancellationToken)
    {
        var bars = await FeatureBars.ReadAsync(feed, FeatureBars.ReferencesOf(feed, sets), markets, cancellationToken);
        return bars.Tables(sets, markets[feed.Symbols[0]].MemoryOf(feed.Timeframe));
    }

    // One file for what this program trains on this feed, or on the entries in this market, for this section.
    private static WindowCache OpenCache(LearningSpec spec, string feed)
    {
        var trainer = spec.Catalogues.Trainers.Find(spec.Trainer).Type.Assembly.ManifestModule.ModuleVersionId;
        var key = $"{ModelFile.FormatVersion} {typeof(ITrainer).Assembly.ManifestModule.ModuleVersionId} {trainer} {feed} "
            + $"{spec.Label} {spec.Keep} {spec.Trainer} {(spec.Abstains ? "abstain " : "")}"
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
}
