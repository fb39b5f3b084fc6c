using System.Security.Cryptography;
using System.Text;
using Granary.Contracts.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Models;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Learning;

/// <summary>Progress of a training.</summary>
/// <param name="Done">Number of windows that are trained or were found in the cache.</param>
/// <param name="Current">The market or strategy in progress.</param>
internal readonly record struct TrainingProgress(int Done, int Total, string Current)
{
    /// <summary>The best models of a search so far, best first, each with its remaining trades; null for other trainings.</summary>
    public IReadOnlyList<StrategyLeader>? Leaders { get; init; }
}

/// <summary>
/// Trains the models of a batch walk-forward: each window uses only data known before its test. The features of a market are computed once,
/// and windows run in parallel. Windows that an earlier run trained on the same data come from the registry's cache, so an interrupted
/// training continues where it stopped.
/// </summary>
internal sealed class ModelTraining(IBatchHost host, TimeProvider clock, int threads)
{
    /// <summary>Whether the models are registered as versions.</summary>
    public VersionUse Versions { get; init; }

    /// <summary>After this time, UTC, no version is promoted; null = no limit.</summary>
    public DateTimeOffset? PromoteUntil { get; init; }

    /// <summary>Whether predictions of training samples are kept in addition to test samples.</summary>
    public bool KeepsTrainingSamples { get; init; }

    public IProgress<TrainingProgress>? Progress { get; init; }

    private ParallelOptions Options(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = Math.Max(1, threads), CancellationToken = cancellationToken };

    /// <summary>
    /// Makes the fits of a market's units before they are measured, and reports each window; null = each fit is made when it is measured.
    /// </summary>
    internal Func<IReadOnlyList<UnitTraining>, Action<UnitTraining, int>, CancellationToken, Task>? Fit { get; init; }

    /// <summary>Trades of the strategies without models, if they are already known.</summary>
    internal StrategyTrades? Trades { get; init; }

    /// <summary>Trains entry filters. <see cref="RiskTraining"/> trains the risk models.</summary>
    /// <param name="from">Time of the first sample, UTC ticks. Earlier bars only warm up the features.</param>
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

    /// <summary>Trains models on prepared samples: entries in the state in which the portfolio received them.</summary>
    /// <param name="seed">Seed of the batch.</param>
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

    // One file for each build, section and feed, or for each build, section and market of the entries.
    private static WindowCache OpenCache(LearningSpec spec, string feed) => new(Path.Combine(spec.Cache,
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(UnitFits.TextOf(spec, feed)))) + ".windows"), spec.Registry.Files);

    private sealed class Counter(IProgress<TrainingProgress>? progress)
    {
        private readonly Lock _lock = new();
        private readonly HashSet<(UnitTraining, int)> _done = [];
        private int _total;

        public void Add(int count)
        {
            lock (_lock) _total += count;
        }

        // Counts each window once, when it is first fitted or measured.
        public void Step(UnitTraining unit, int window)
        {
            lock (_lock)
                if (_done.Add((unit, window)))
                    progress?.Report(new TrainingProgress(_done.Count, _total,
                        $"{unit.Name}, window {window + 1} of {unit.Folds.Count}"));
        }
    }
}
