using System.Security.Cryptography;
using System.Text;
using Granary.Contracts.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Models;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Learning;

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
    /// <summary>Whether the models become versions of their registry.</summary>
    public VersionUse Versions { get; init; }

    /// <summary>No version is promoted after this time, UTC; null = at any time.</summary>
    public DateTimeOffset? PromoteUntil { get; init; }

    /// <summary>Whether predictions of training samples are kept beside those of tests.</summary>
    public bool KeepsTrainingSamples { get; init; }

    public IProgress<TrainingProgress>? Progress { get; init; }

    private ParallelOptions Options(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = Math.Max(1, threads), CancellationToken = cancellationToken };

    /// <summary>
    /// Makes fits of the units of a market before they are measured, and reports each window; null = each is made where it is measured.
    /// </summary>
    internal Func<IReadOnlyList<UnitTraining>, Action<UnitTraining, int>, CancellationToken, Task>? Fit { get; init; }

    /// <summary>Trades of the strategies without models, where they are known.</summary>
    internal StrategyTrades? Trades { get; init; }

    /// <summary>Trains the models that judge entries; sections of the risk are trained by <see cref="RiskTraining"/>.</summary>
    /// <param name="from">Samples begin here, UTC ticks; bars before it only warm features up.</param>
    public async Task<IReadOnlyList<TrainedUnit>> TrainAsync(IReadOnlyList<LearningSpec> specs, BatchPlan plan,
        IReadOnlyDictionary<string, OpenedMarket> markets, CancellationToken cancellationToken, long from = 0)
    {
        var preparation = new UnitPreparation([.. specs.Where(s => !s.IsOfRisk)], plan, markets)
        {
            From = from,
            KeepsTraining = KeepsTrainingSamples,
        };
        await preparation.OpenAsync(host, Trades, cancellationToken);
        var (units, counter) = (new List<TrainedUnit>(), new Counter(Progress));
        for (var market = 0; market < preparation.Markets.Count; market++)
        {
            var caches = new Dictionary<LearningSpec, WindowCache>(ReferenceEqualityComparer.Instance);
            try
            {
                var jobs = await preparation.MakeAsync(market, (spec, feed) =>
                {
                    if (!caches.TryGetValue(spec, out var cache)) caches.Add(spec, cache = OpenCache(spec, feed));
                    return cache;
                }, cancellationToken);
                counter.Add(jobs.Sum(j => j.Folds.Count));
                if (Fit is not null) await Fit(jobs, counter.Step, cancellationToken);
                units.AddRange(await FinishAsync(jobs, counter, cancellationToken));
            }
            finally
            {
                foreach (var cache in caches.Values) cache.Dispose();
            }
        }
        return units;
    }

    private async Task<TrainedUnit[]> FinishAsync(List<UnitTraining> jobs, Counter counter, CancellationToken cancellationToken)
    {
        await Parallel.ForEachAsync(jobs.SelectMany(j => j.Folds.Select(f => (Job: j, Fold: f))), Options(cancellationToken),
            (x, token) =>
            {
                x.Job.TrainWindow(x.Fold, token);
                counter.Step(x.Job, x.Fold.Index);
                return ValueTask.CompletedTask;
            });
        var finished = new TrainedUnit[jobs.Count];
        Parallel.For(0, jobs.Count, Options(cancellationToken),
            j => finished[j] = jobs[j].Finish(Versions, PromoteUntil, clock, cancellationToken));
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

    // One file for what this program trains on this feed, or on the entries in this market, for this section.
    private static WindowCache OpenCache(LearningSpec spec, string feed) => new(Path.Combine(spec.Cache,
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(UnitFits.TextOf(spec, feed)))) + ".windows"));

    private sealed class Counter(IProgress<TrainingProgress>? progress)
    {
        private readonly Lock _lock = new();
        private readonly HashSet<(UnitTraining, int)> _done = [];
        private int _total;

        public void Add(int count)
        {
            lock (_lock) _total += count;
        }

        // A window counts once, when it is first fitted or measured.
        public void Step(UnitTraining unit, int window)
        {
            lock (_lock)
                if (_done.Add((unit, window)))
                    progress?.Report(new TrainingProgress(_done.Count, _total,
                        $"{unit.Name}, window {window + 1} of {unit.Folds.Count}"));
        }
    }
}
