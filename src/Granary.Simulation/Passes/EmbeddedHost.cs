using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>
/// Runs the strategies of a batch in this process on a fixed number of threads. It reads each feed once, computes each factor once, and
/// runs strategies in parallel. The results do not depend on the number of threads.
/// </summary>
internal sealed class EmbeddedHost(int threads, int blockSize = IBarSeries.DefaultBlockSize) : IBatchHost
{
    public string Description => $"embedded, {threads} thread{(threads == 1 ? "" : "s")}";

    /// <inheritdoc/>
    public bool CanRepeat => true;

    /// <summary>Maximum time of one strategy for one block; if it is exceeded, the batch fails.</summary>
    public TimeSpan Deadline { get; init; } = StrategyWatch.DefaultDeadline;

    /// <summary>Returns an observer for a strategy's actions in one of its symbols, in place of the pass's events; null = none.</summary>
    public Func<StrategyInstance, IRunListener?, IRunListener>? ListenerOf { get; init; }

    /// <summary>Whether the threads leave the processors to other threads that have work, such as those that answer requests.</summary>
    public bool Yields { get; init; }

    /// <inheritdoc/>
    public IBatchHost ForValidation(long evaluations, int threads) => new EmbeddedHost(threads) { Yields = Yields };

    /// <inheritdoc/>
    public async Task RunAsync(StrategyPass pass, CancellationToken cancellationToken)
    {
        if (pass.Running is { } running)
        {
            var finished = pass.Finished;
            pass = pass with
            {
                Finished = outcomes => finished(running.Finished(outcomes)),
            };
        }
        await RecordedRuns.RunAsync(pass, cancellationToken).ConfigureAwait(false);
        var decided = pass with { Include = i => !RecordedRuns.IsRecorded(i) && pass.Include(i) };
        var queue = new FeedQueue(decided, threads, blockSize, Deadline) { ListenerOf = ListenerOf, Yields = Yields };
        await Task.Factory.StartNew(() => queue.Run(cancellationToken), CancellationToken.None,
            TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
    }

    // Runs at most as many feeds at once as there are threads, so that memory does not grow with the number of feeds.
    private sealed class FeedQueue(StrategyPass pass, int threads, int blockSize, TimeSpan deadline)
    {
        private readonly Queue<(FeedPlan Feed, List<StrategyInstance> Instances)> _waiting = new();
        private readonly List<FeedExecution> _active = [];
        private readonly object _gate = new();
        private readonly Lock _reporting = new();
        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private readonly LoadMeter _load = new(TimeProvider.System);
        private long _total, _before;
        private int _strategies, _done;
        private Exception? _fault;

        public Func<StrategyInstance, IRunListener?, IRunListener>? ListenerOf { get; init; }

        public bool Yields { get; init; }

        public void Run(CancellationToken cancellationToken)
        {
            var feeds = pass.Plan.Feeds.Count(f => f.Instances.Any(pass.Include));
            foreach (var feed in pass.Plan.Feeds)
            {
                var wanted = feed.Instances.Where(pass.Include).ToList();
                if (wanted.Count == 0) continue;
                foreach (var part in PartsOf(wanted, feeds)) _waiting.Enqueue((feed, part));
                _total += FeedBlocks.CountOf(pass.Markets[feed.Symbols[0]].Series, feed.Timeframe) * wanted.Count;
                _strategies += wanted.Count;
            }
            using var pool = new ComputePool(threads, deadline, yields: Yields);
            lock (_gate)
            {
                while (true)
                {
                    var stop = _fault is not null || cancellationToken.IsCancellationRequested;
                    while (!stop && _active.Count < threads && _waiting.TryDequeue(out var next)) Start(pool, next.Feed, next.Instances);
                    if (stop) foreach (var feed in _active.ToArray()) pool.Stop(feed);
                    if (_active.Count == 0 && (stop || _waiting.Count == 0)) break;
                    Monitor.Wait(_gate, 100);
                    Report(last: false);
                }
            }
            if (_fault is not null) ExceptionDispatchInfo.Throw(_fault);
            cancellationToken.ThrowIfCancellationRequested();
            Report(last: true);
        }

        // A round of a search has fewer strategies than a group, which one thread would process.
        private IEnumerable<List<StrategyInstance>> PartsOf(List<StrategyInstance> wanted, int feeds)
        {
            var parts = pass.IsRound && wanted.Count < threads * FeedExecution.GroupSize ? Math.Max(1, threads / feeds) : 1;
            return wanted.Chunk((wanted.Count + parts - 1) / parts).Select(part => part.ToList());
        }

        private void Start(ComputePool pool, FeedPlan feed, List<StrategyInstance> instances)
        {
            var (plan, markets) = (pass.Plan, pass.Markets);
            FeedExecution? execution = null;
            var span = GroupSpan.Start(feed.ToString(), instances.Count);
            var settings = new FeedSettings(plan.Spec.Execution.Settings, pass.Events, pass.WithFactors)
            {
                Memory = markets[feed.Symbols[0]].MemoryOf(feed.Timeframe),
                ListenerOf = ListenerOf,
            };
            var shared = new SharedFeed(feed, [.. feed.Symbols.Select(x => IntrabarPaths.With(plan.Spec, markets[x], feed.Timeframe))],
                settings);
            execution = new FeedExecution(shared, [.. instances.Select(i => new FeedStrategy(i, shared))],
                (i, stop) => FeedBlocks.ReadAsync(markets[feed.Symbols[i]].Series, feed.Timeframe, blockSize, stop))
            {
                HasEnded = markets[feed.Symbols[0]].HasEnded,
                Finished = outcomes =>
                {
                    // Only one feed at a time reports.
                    lock (_reporting) pass.Finished(outcomes);
                },
                Ended = failed =>
                {
                    pass.Running?.Remove(execution!);
                    GroupSpan.Count(span, execution!);
                    if (failed is not null) span?.SetStatus(ActivityStatusCode.Error, failed.Message);
                    span?.Dispose();
                    lock (_gate)
                    {
                        _fault ??= failed;
                        _active.Remove(execution!);
                        _before += execution!.Evaluations;
                        _done += instances.Count;
                        Monitor.PulseAll(_gate);
                    }
                },
            };
            _active.Add(execution);
            pass.Running?.Add(execution);
            pool.Add(execution);
        }

        private void Report(bool last)
        {
            if (pass.Progress is not { } progress) return;
            var elapsed = _clock.Elapsed;
            var evaluations = _before + _active.Sum(f => f.Evaluations);
            var rate = evaluations / Math.Max(1e-9, elapsed.TotalSeconds);
            var rest = rate > 0 && _total > evaluations ? TimeSpan.FromSeconds((_total - evaluations) / rate) : (TimeSpan?)null;
            progress.Report(new BatchProgress(last ? _strategies : _done, _strategies, evaluations, _total, rate, elapsed, rest,
                "strategies")
            {
                Load = _load.Measure(_waiting.Count),
            });
        }
    }
}
