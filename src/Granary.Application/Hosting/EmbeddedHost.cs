using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Granary.Application.Batches;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;

namespace Granary.Application.Hosting;

/// <summary>A market that a batch reads, opened.</summary>
public sealed record OpenedMarket(string Symbol, IBarSeries Series, Instrument Instrument);

/// <summary>
/// Runs the strategies of a batch in this process, on a fixed number of threads. Feeds are read once, factors computed once,
/// strategies run in parallel; results do not depend on the number of threads.
/// </summary>
public sealed class EmbeddedHost(int threads, int blockSize = IBarSeries.DefaultBlockSize) : IBatchHost
{
    private readonly Lock _lock = new();
    private readonly object _signal = new();

    public string Description => $"embedded, {threads} thread{(threads == 1 ? "" : "s")}";

    /// <inheritdoc/>
    public Task RunAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, Func<StrategyInstance, bool> include, IEventSink? events, bool withFactors,
        Action<IReadOnlyList<StrategyOutcome>> finished, IProgress<BatchProgress>? progress, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => Run(plan, markets, include, events, withFactors, finished, progress, cancellationToken),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, Func<StrategyInstance, bool> include, IEventSink? events, bool withFactors,
        Action<IReadOnlyList<StrategyOutcome>> finished, IProgress<BatchProgress>? progress, CancellationToken cancellationToken)
    {
        var waiting = new Queue<(FeedPlan Feed, List<StrategyInstance> Instances)>();
        long total = 0;
        var strategies = 0;
        foreach (var feed in plan.Feeds)
        {
            var wanted = feed.Instances.Where(include).ToList();
            if (wanted.Count == 0) continue;
            waiting.Enqueue((feed, wanted));
            total += markets[feed.Symbols[0]].Series.Count / Math.Max(1, feed.Timeframe.Ticks / markets[feed.Symbols[0]].Series.Timeframe.Ticks) * wanted.Count;
            strategies += wanted.Count;
        }
        var state = new State(waiting, total, strategies, progress);
        var workers = new Thread[Math.Max(0, threads - 1)];
        void Work() => Worker(state, plan, markets, events, withFactors, finished, cancellationToken);
        for (var i = 0; i < workers.Length; i++)
        {
            workers[i] = new Thread(Work) { IsBackground = true, Name = $"strategies {i + 1}" };
            workers[i].Start();
        }
        Work();
        foreach (var worker in workers) worker.Join();
        foreach (var feed in state.Active) feed.DisposeAsync().AsTask().GetAwaiter().GetResult();
        if (state.Fault is { } fault) ExceptionDispatchInfo.Throw(fault);
        cancellationToken.ThrowIfCancellationRequested();
        state.Report("strategies", final: true);
    }

    private sealed class State(Queue<(FeedPlan Feed, List<StrategyInstance> Instances)> waiting, long total, int strategies, IProgress<BatchProgress>? progress)
    {
        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private TimeSpan _reported = TimeSpan.FromSeconds(-1);

        public Queue<(FeedPlan Feed, List<StrategyInstance> Instances)> Waiting { get; } = waiting;

        public List<FeedExecution> Active { get; } = [];

        public int Starting { get; set; }

        public int Finishing { get; set; }

        public long Evaluations { get; set; }

        public int StrategiesDone { get; set; }

        public Exception? Fault { get; set; }

        public void Report(string stage, bool final = false)
        {
            if (progress is null) return;
            var elapsed = _clock.Elapsed;
            if (!final && elapsed - _reported < TimeSpan.FromMilliseconds(100)) return;
            _reported = elapsed;
            var rate = Evaluations / Math.Max(1e-9, elapsed.TotalSeconds);
            var rest = rate > 0 && total > Evaluations ? TimeSpan.FromSeconds((total - Evaluations) / rate) : (TimeSpan?)null;
            progress.Report(new BatchProgress(StrategiesDone, strategies, Evaluations, total, rate, elapsed, rest, stage));
        }
    }

    private void Worker(State state, BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, IEventSink? events, bool withFactors,
        Action<IReadOnlyList<StrategyOutcome>> finished, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                FeedExecution? feed = null, done = null;
                Func<long>? work = null;
                (FeedPlan Feed, List<StrategyInstance> Instances)? start = null;
                lock (_signal)
                {
                    while (true)
                    {
                        if (state.Fault is not null || cancellationToken.IsCancellationRequested)
                        {
                            Monitor.PulseAll(_signal);
                            return;
                        }
                        foreach (var candidate in state.Active)
                        {
                            work = candidate.TryTake();
                            if (work is null)
                            {
                                if (!candidate.IsDone) continue;
                                done = candidate;
                                break;
                            }
                            feed = candidate;
                            break;
                        }
                        if (done is not null)
                        {
                            state.Active.Remove(done);
                            state.Finishing++;
                            break;
                        }
                        if (work is not null) break;
                        // As many feeds at once as there are threads: memory is that of a few feeds, however many the batch has.
                        if (state.Waiting.Count > 0 && state.Active.Count + state.Starting < Math.Max(threads, 1))
                        {
                            start = state.Waiting.Dequeue();
                            state.Starting++;
                            break;
                        }
                        if (state.Active.Count == 0 && state.Waiting.Count == 0 && state.Starting == 0 && state.Finishing == 0)
                        {
                            Monitor.PulseAll(_signal);
                            return;
                        }
                        Monitor.Wait(_signal, 100);
                    }
                }

                if (start is { } s)
                {
                    var created = FeedExecution.Create(s.Feed, s.Instances, [.. s.Feed.Symbols.Select(x => new MarketSeries(markets[x].Instrument, s.Feed.Timeframe))],
                        i => FeedBlocks.ReadAsync(markets[s.Feed.Symbols[i]].Series, s.Feed.Timeframe, blockSize, cancellationToken),
                        plan.Spec.Execution.Settings, events, withFactors, cancellationToken);
                    lock (_signal)
                    {
                        state.Starting--;
                        state.Active.Add(created);
                        Monitor.PulseAll(_signal);
                    }
                    continue;
                }
                if (done is not null)
                {
                    var outcomes = done.Finish().ToList();
                    done.DisposeAsync().AsTask().GetAwaiter().GetResult();
                    // Feeds report one at a time.
                    lock (_lock) finished(outcomes);
                    lock (_signal)
                    {
                        state.Finishing--;
                        state.StrategiesDone += outcomes.Count;
                        state.Report("strategies");
                        Monitor.PulseAll(_signal);
                    }
                    continue;
                }
                var evaluations = work!();
                lock (_signal)
                {
                    feed!.Complete(evaluations);
                    if (evaluations > 0)
                    {
                        state.Evaluations += evaluations;
                        state.Report("strategies");
                    }
                    Monitor.PulseAll(_signal);
                }
            }
        }
        catch (Exception e)
        {
            lock (_signal)
            {
                state.Fault ??= e;
                Monitor.PulseAll(_signal);
            }
        }
    }
}
