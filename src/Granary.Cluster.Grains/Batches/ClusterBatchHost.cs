using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Granary.Application.Batches;
using Granary.Application.Causality;
using Granary.Application.Learning;
using Granary.Application.Runs;
using Granary.Application.Simulation;
using Granary.Cluster.Batches;
using Granary.Engine.Trading;
using Granary.Learning.Gating;

namespace Granary.Cluster.Grains.Batches;

/// <summary>The activation ends; another one resumes the run.</summary>
internal sealed class RunAbandonedException() : Exception("the run was resumed on another silo");

/// <summary>
/// Runs the strategies of a plan on the cluster: it publishes the remaining work and stores reports until none remains. The same
/// <see cref="BatchRunner"/> uses it and the embedded host.
/// </summary>
/// <param name="changed">Called when there is new work, or none any more.</param>
/// <param name="spreadFrom">Bars times strategies from which on validation checks run on all silos too.</param>
internal sealed class ClusterBatchHost(Action changed, long spreadFrom) : IBatchHost
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _abandoned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<string> _complete = [];
    private Pass? _pass;

    private sealed class Pass(string key, StrategyPass ordered, IReadOnlyList<FeedWork> work,
        IReadOnlyList<(byte[] Bytes, int[] Strategies)> models, string changes)
    {
        public string Key => key;

        public string Changes => changes;

        public bool Stressed => Plan.IsStressed;

        /// <summary>Whether the pass belongs to validation checks, which do not count as progress of the batch.</summary>
        public bool IsValidation => Stressed || changes.Length > 0;

        public Guid Token { get; } = Guid.NewGuid();

        public BatchPlan Plan => ordered.Plan;

        public IReadOnlyList<FeedWork> Work => work;

        public int Strategies { get; } = work.Sum(w => w.Strategies.Length);

        /// <summary>Bars times strategies.</summary>
        public long Total { get; } = work.Sum(w => w.Bars * w.Strategies.Length);

        public IReadOnlyList<(byte[] Bytes, int[] Strategies)> Models => models;

        public bool WithEvents => ordered.Events is not null;

        public bool WithFactors => ordered.WithFactors;

        public Action<IReadOnlyList<StrategyOutcome>> Finished => ordered.Finished;

        public HashSet<int> Wanted { get; } = [.. work.SelectMany(w => w.Strategies)];

        public int Failed { get; set; }

        // An event log knows its chunks, also after a loss; those of other sinks are counted here.
        private readonly Dictionary<int, int> _chunks = [];

        public int ChunksOf(int strategy) =>
            ordered.Events is EventLog log ? log.ChunkCount(strategy) : _chunks.GetValueOrDefault(strategy);

        public void Append(in EventChunk chunk)
        {
            if (ordered.Events is not { } events || chunk.Chunk < ChunksOf(chunk.Strategy)) return;
            if (chunk.Chunk > ChunksOf(chunk.Strategy))
                throw new EventGapException($"chunk {chunk.Chunk} of strategy {chunk.Strategy} came too early");
            events.Append(chunk.Strategy, chunk.Chunk, chunk.Events);
            if (events is not EventLog) _chunks[chunk.Strategy] = chunk.Chunk + 1;
        }

        public void Flush() => (ordered.Events as EventLog)?.Flush();

        public TaskCompletionSource Complete { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>The place of the run, for the manifest.</summary>
    public string Description { get; set; } = "cluster";

    /// <inheritdoc/>
    public IBatchHost ForValidation(long evaluations, int threads) => evaluations >= spreadFrom ? this : new EmbeddedHost(threads);

    /// <inheritdoc/>
    public async Task RunAsync(StrategyPass ordered, CancellationToken cancellationToken)
    {
        var (plan, markets) = (ordered.Plan, ordered.Markets);
        var work = new List<FeedWork>();
        foreach (var feed in plan.Feeds)
        {
            int[] wanted = [.. feed.Instances.Where(ordered.Include).Select(i => i.Index).Order()];
            if (wanted.Length == 0) continue;
            var market = markets[feed.Symbols[0]];
            work.Add(new FeedWork(feed.Index, feed.Symbols, feed.Timeframe.ToString(),
                [.. feed.Symbols.Select(s => markets[s].Series.ContentHash)], FeedBlocks.CountOf(market.Series, feed.Timeframe), wanted,
                market.HasEnded));
        }
        if (work.Count == 0) return;
        var models = ModelsOf(plan, ordered.Include);
        // The changes are those of all markets of a plan.
        var changes = SeriesChanges.Of(markets[plan.Feeds[0].Symbols[0]].Series);
        var pass = new Pass(KeyOf(ordered, models, changes), ordered, work, models, changes);
        lock (_lock) _pass = pass;
        changed();
        try
        {
            using var cancelled = cancellationToken.Register(() => pass.Complete.TrySetCanceled(cancellationToken));
            await (await Task.WhenAny(_abandoned.Task, pass.Complete.Task));
        }
        finally
        {
            lock (_lock)
            {
                _pass = null;
                _complete.Add(pass.Key);
            }
            changed();
        }
    }

    /// <summary>The current work.</summary>
    public (Guid? Token, int Done, int Failed, int Strategies, long Total) Status
    {
        get
        {
            lock (_lock)
            {
                return _pass is not { } p ? (null, 0, 0, 0, 0)
                    : p.IsValidation ? (p.Token, 0, 0, 0, 0)
                    : (p.Token, p.Strategies - p.Wanted.Count, p.Failed, p.Strategies, p.Total);
            }
        }
    }

    public PassOrder? Order(Guid token)
    {
        lock (_lock)
        {
            if (_pass is not { } p || p.Token != token) return null;
            var left = p.Work.Select(w => w with { Strategies = [.. w.Strategies.Where(p.Wanted.Contains)] })
                .Where(w => w.Strategies.Length > 0).ToList();
            return new PassOrder(p.Key, p.Token, left, p.Strategies, p.WithEvents, p.WithFactors, p.Plan.Symbols,
                [.. p.Models.Select((m, i) => new ModelUse(i, m.Strategies))], p.Changes, p.Stressed);
        }
    }

    /// <summary>A model of the pass, by its number.</summary>
    public byte[]? Model(string key, int number)
    {
        lock (_lock) return _pass is { } p && p.Key == key && number < p.Models.Count ? p.Models[number].Bytes : null;
    }

    // The key uses the content of models, not their identity: a repeated pass after a loss has the same key.
    private static List<(byte[] Bytes, int[] Strategies)> ModelsOf(BatchPlan plan, Func<StrategyInstance, bool> include) =>
        [.. plan.Instances.Where(i => i.Model is not null && include(i)).GroupBy(i => i.Model!).Select(g => (
            EntryModelFile.ToBytes(g.Key as EntryModel
                ?? throw new NotSupportedException($"a {g.Key.GetType().Name} cannot be sent to other silos")), g.Select(i => i.Index)
                    .ToArray()))];

    private static string KeyOf(StrategyPass pass, IReadOnlyList<(byte[] Bytes, int[] Strategies)> models, string changes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (bytes, strategies) in models)
        {
            hash.AppendData(SHA256.HashData(bytes));
            hash.AppendData(MemoryMarshal.AsBytes(strategies.AsSpan()));
        }
        return (pass.Events is null ? "r" : "e") + (pass.WithFactors ? "f" : "") + (pass.Plan.IsStressed ? "s" : "")
            + (changes.Length > 0 ? "?" + changes : "")
            + (models.Count > 0 ? "-" + Convert.ToHexStringLower(hash.GetHashAndReset())[..16] : "");
    }

    /// <summary>Stores a report; duplicates count once.</summary>
    public ReportAnswer Take(StrategyReport report)
    {
        lock (_lock)
        {
            if (_abandoned.Task.IsCompleted) return ReportAnswer.NotYet;
            // A report for a complete pass is a duplicate; other passes may run again after a loss.
            if (_pass is not { } pass || report.Pass != pass.Key)
                return _complete.Contains(report.Pass) ? ReportAnswer.Taken : ReportAnswer.NotYet;
            try
            {
                foreach (var chunk in report.Events)
                    if (pass.Wanted.Contains(chunk.Strategy))
                        pass.Append(chunk);
            }
            catch (EventGapException)
            {
                return ReportAnswer.Incomplete;
            }
            pass.Flush();
            if (report.Outcomes.Count == 0) return ReportAnswer.Taken;
            var fresh = new List<StrategyOutcome>(report.Outcomes.Count);
            for (var i = 0; i < report.Outcomes.Count; i++)
            {
                var outcome = report.Outcomes[i];
                if (!pass.Wanted.Contains(outcome.Index)) continue;
                if (pass.WithEvents && pass.ChunksOf(outcome.Index) < report.Chunks[i]) return ReportAnswer.Incomplete;
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

    /// <summary>Ends the host without results; another activation continues.</summary>
    public void Abandon() => _abandoned.TrySetException(new RunAbandonedException());
}
