using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Granary.Application.Batches;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Application.Simulation;

/// <summary>A market that a batch reads, opened.</summary>
/// <param name="Smaller">Its smaller bars, where the batch names a timeframe for the path within a bar and the source holds it.</param>
public sealed record OpenedMarket(string Symbol, IBarSeries Series, Instrument Instrument, IBarSeries? Smaller = null)
{
    // By the series too: a market whose bars were replaced (with) does not read factors of the old ones.
    private readonly ConcurrentDictionary<(IBarSeries Series, Timeframe Timeframe), FactorMemory> _memories = new();

    /// <summary>Whether its bars end before those of the batch's other markets.</summary>
    public bool HasEnded { get; init; }

    /// <summary>The factors that earlier passes over the bars at a timeframe left; null where they are not kept.</summary>
    public FactorMemory? MemoryOf(Timeframe timeframe) => _memories.GetValueOrDefault((Series, timeframe));

    /// <summary>From now on passes over the bars at a timeframe leave their factors to the next, unless they do already.</summary>
    /// <param name="bars">How many it has.</param>
    public void Keep(Timeframe timeframe, long bars, FactorBudget budget) =>
        _memories.GetOrAdd((Series, timeframe), _ => new FactorMemory(bars, budget));
}

/// <summary>
/// Runs the strategies of a batch in this process, on a fixed number of threads. Feeds are read once, factors computed once,
/// strategies run in parallel; results do not depend on the number of threads.
/// </summary>
public sealed class EmbeddedHost(int threads, int blockSize = IBarSeries.DefaultBlockSize) : IBatchHost
{
    public string Description => $"embedded, {threads} thread{(threads == 1 ? "" : "s")}";

    /// <inheritdoc/>
    public Task RunAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, Func<StrategyInstance, bool> include,
        IEventSink? events, bool withFactors,
        Action<IReadOnlyList<StrategyOutcome>> finished, IProgress<BatchProgress>? progress, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => Run(plan, markets, include, events, withFactors, finished, progress, cancellationToken),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, Func<StrategyInstance, bool> include,
        IEventSink? events, bool withFactors,
        Action<IReadOnlyList<StrategyOutcome>> finished, IProgress<BatchProgress>? progress, CancellationToken cancellationToken)
    {
        var waiting = new Queue<(FeedPlan Feed, List<StrategyInstance> Instances)>();
        long total = 0, before = 0;
        var (strategies, done) = (0, 0);
        foreach (var feed in plan.Feeds)
        {
            var wanted = feed.Instances.Where(include).ToList();
            if (wanted.Count == 0) continue;
            waiting.Enqueue((feed, wanted));
            total += FeedBlocks.CountOf(markets[feed.Symbols[0]].Series, feed.Timeframe) * wanted.Count;
            strategies += wanted.Count;
        }

        var gate = new object();
        var reporting = new Lock();
        var active = new List<FeedExecution>();
        Exception? fault = null;
        using var pool = new ComputePool(threads);
        var clock = Stopwatch.StartNew();
        lock (gate)
        {
            while (true)
            {
                var stop = fault is not null || cancellationToken.IsCancellationRequested;
                // As many feeds at once as there are threads: memory is that of a few feeds, however many the batch has.
                while (!stop && active.Count < threads && waiting.TryDequeue(out var next)) Start(next.Feed, next.Instances);
                if (stop) foreach (var feed in active.ToArray()) pool.Stop(feed);
                if (active.Count == 0 && (stop || waiting.Count == 0)) break;
                Monitor.Wait(gate, 100);
                Report(last: false);
            }
        }
        if (fault is not null) ExceptionDispatchInfo.Throw(fault);
        cancellationToken.ThrowIfCancellationRequested();
        Report(last: true);

        void Start(FeedPlan feed, List<StrategyInstance> instances)
        {
            FeedExecution? execution = null;
            execution = new FeedExecution(feed, instances,
                [.. feed.Symbols.Select(x => IntrabarPaths.With(plan.Spec, markets[x], feed.Timeframe))],
                (i, stop) => FeedBlocks.ReadAsync(markets[feed.Symbols[i]].Series, feed.Timeframe, blockSize, stop),
                plan.Spec.Execution.Settings, events, withFactors, memory: markets[feed.Symbols[0]].MemoryOf(feed.Timeframe))
            {
                HasEnded = markets[feed.Symbols[0]].HasEnded,
                Finished = outcomes =>
                {
                    // Feeds report one at a time.
                    lock (reporting) finished(outcomes);
                },
                Ended = failed =>
                {
                    lock (gate)
                    {
                        fault ??= failed;
                        active.Remove(execution!);
                        before += execution!.Evaluations;
                        done += instances.Count;
                        Monitor.PulseAll(gate);
                    }
                },
            };
            active.Add(execution);
            pool.Add(execution);
        }

        void Report(bool last)
        {
            if (progress is null) return;
            var elapsed = clock.Elapsed;
            var evaluations = before + active.Sum(f => f.Evaluations);
            var rate = evaluations / Math.Max(1e-9, elapsed.TotalSeconds);
            var rest = rate > 0 && total > evaluations ? TimeSpan.FromSeconds((total - evaluations) / rate) : (TimeSpan?)null;
            progress.Report(new BatchProgress(last ? strategies : done, strategies, evaluations, total, rate, elapsed, rest, "strategies"));
        }
    }
}
