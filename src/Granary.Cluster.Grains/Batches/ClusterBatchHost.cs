using Granary.Application.Batches;
using Granary.Application.Hosting;
using Granary.Engine.Backtesting;

namespace Granary.Cluster.Batches;

/// <summary>The activation goes: the run is gone on with by another.</summary>
internal sealed class RunAbandonedException() : Exception("the run is gone on with elsewhere");

/// <summary>
/// Runs the strategies of a plan on the cluster: says what is wanted, and takes what is reported until nothing is wanted any more. Around it the very
/// same <see cref="BatchRunner"/> works as around the embedded host.
/// </summary>
/// <param name="changed">Is called when something new is wanted, or nothing any more.</param>
internal sealed class ClusterBatchHost(Action changed) : IBatchHost
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _abandoned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Pass? _pass;
    private int _passes;

    private sealed class Pass(int number, BatchPlan plan, IReadOnlyList<FeedWork> work, int strategies, long total, EventSpool? events, bool withFactors, Action<IReadOnlyList<StrategyOutcome>> finished)
    {
        public int Number => number;

        public Guid Token { get; } = Guid.NewGuid();

        public BatchPlan Plan => plan;

        public IReadOnlyList<FeedWork> Work => work;

        public int Strategies => strategies;

        public long Total => total;

        public EventSpool? Events => events;

        public bool WithFactors => withFactors;

        public Action<IReadOnlyList<StrategyOutcome>> Finished => finished;

        public HashSet<int> Wanted { get; } = [.. work.SelectMany(w => w.Strategies)];

        public int Failed { get; set; }

        public TaskCompletionSource Complete { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Where it ran, for the manifest.</summary>
    public string Description { get; set; } = "cluster";

    /// <inheritdoc/>
    public async Task RunAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, Func<StrategyInstance, bool> include, IEventSink? events, bool withFactors,
        Action<IReadOnlyList<StrategyOutcome>> finished, IProgress<BatchProgress>? progress, CancellationToken cancellationToken)
    {
        var work = new List<FeedWork>();
        var (strategies, total) = (0, 0L);
        foreach (var feed in plan.Feeds)
        {
            int[] wanted = [.. feed.Instances.Where(include).Select(i => i.Index).Order()];
            if (wanted.Length == 0) continue;
            var bars = FeedBlocks.CountOf(markets[feed.Symbols[0]].Series, feed.Timeframe);
            work.Add(new FeedWork(feed.Index, feed.Symbols, feed.Timeframe.ToString(), [.. feed.Symbols.Select(s => markets[s].Series.ContentHash)], bars, wanted));
            strategies += wanted.Length;
            total += bars * wanted.Length;
        }
        Pass pass;
        lock (_lock)
        {
            pass = new Pass(++_passes, plan, work, strategies, total, events as EventSpool, withFactors, finished);
            if (strategies == 0) return;
            _pass = pass;
        }
        changed();
        try
        {
            using var cancelled = cancellationToken.Register(() => pass.Complete.TrySetCanceled(cancellationToken));
            await (await Task.WhenAny(_abandoned.Task, pass.Complete.Task));
        }
        finally
        {
            lock (_lock) _pass = null;
            changed();
        }
    }

    /// <summary>What is wanted just now.</summary>
    public (Guid? Token, int Done, int Failed, int Strategies, long Total) Status
    {
        get
        {
            lock (_lock) return _pass is { } p ? (p.Token, p.Strategies - p.Wanted.Count, p.Failed, p.Strategies, p.Total) : (null, 0, 0, 0, 0);
        }
    }

    public PassOrder? Order(Guid token)
    {
        lock (_lock)
        {
            if (_pass is not { } p || p.Token != token) return null;
            var left = p.Work.Select(w => w with { Strategies = [.. w.Strategies.Where(p.Wanted.Contains)] }).Where(w => w.Strategies.Length > 0).ToList();
            return new PassOrder(p.Number, p.Token, left, p.Strategies, p.Events is not null, p.WithFactors, p.Plan.Symbols);
        }
    }

    /// <summary>Takes a report; what is in it twice is taken once.</summary>
    public ReportAnswer Take(StrategyReport report)
    {
        lock (_lock)
        {
            if (_abandoned.Task.IsCompleted || report.Pass > _passes) return ReportAnswer.NotYet;
            // What comes for a pass that is complete is a second copy.
            if (_pass is not { } pass || report.Pass < pass.Number) return ReportAnswer.Taken;
            try
            {
                foreach (var chunk in report.Events)
                    if (pass.Wanted.Contains(chunk.Strategy))
                        pass.Events?.Append(chunk.Strategy, chunk.Chunk, chunk.Events);
            }
            catch (EventGapException)
            {
                return ReportAnswer.Incomplete;
            }
            pass.Events?.Flush();
            if (report.Outcomes.Count == 0) return ReportAnswer.Taken;
            var fresh = new List<StrategyOutcome>(report.Outcomes.Count);
            for (var i = 0; i < report.Outcomes.Count; i++)
            {
                var outcome = report.Outcomes[i];
                if (!pass.Wanted.Contains(outcome.Index)) continue;
                if (pass.Events is { } events && events.ChunkCount(outcome.Index) < report.Chunks[i]) return ReportAnswer.Incomplete;
                fresh.Add(outcome);
            }
            if (fresh.Count == 0) return ReportAnswer.Taken;
            pass.Finished(fresh); // durable when it returns
            foreach (var outcome in fresh)
            {
                pass.Wanted.Remove(outcome.Index);
                if (outcome.Statistics is null) pass.Failed++;
            }
            if (pass.Wanted.Count == 0) pass.Complete.TrySetResult();
            return ReportAnswer.Taken;
        }
    }

    /// <summary>Ends it without a trace: another activation goes on.</summary>
    public void Abandon() => _abandoned.TrySetException(new RunAbandonedException());
}
