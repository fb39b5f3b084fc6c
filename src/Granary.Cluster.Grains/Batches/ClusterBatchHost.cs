using Granary.Backtesting.Runs;
using Granary.Cluster.Batches;
using Granary.Engine.Trading;
using Granary.Learning.Gating;
using Granary.Modelling.Learning;
using Granary.Simulation.Batches;
using Granary.Simulation.LookAhead;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;

namespace Granary.Cluster.Grains.Batches;

/// <summary>Thrown when the activation ends; another activation resumes the run.</summary>
internal sealed class RunAbandonedException() : Exception("the run was resumed on another silo");

/// <summary>
/// Runs the strategies of a plan on the cluster: it publishes the remaining work and stores reports until none remains. The same
/// <see cref="BatchRunner"/> uses it and the embedded host.
/// </summary>
/// <param name="changed">Called when there is new work, or none any more.</param>
/// <param name="spreadFrom">Bars times strategies from which on validation checks run on all silos too.</param>
/// <param name="ids">Makes the tokens of the passes.</param>
internal sealed class ClusterBatchHost(Action changed, long spreadFrom, GrainIds ids) : IBatchHost
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _abandoned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<PassKey> _complete = [];
    private ClusterPass? _pass;

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
                market.HasEnded, [.. feed.Symbols.Select(s => markets[s].Instrument.Calendar)],
                plan.Spec.Universe is null ? null : [.. feed.Symbols.Select(s => markets[s].Instrument.Membership!)]));
        }
        if (work.Count == 0) return;
        // The changes are those of all markets of a plan.
        var pass = new ClusterPass(ordered, work, ModelsOf(plan, ordered.Include),
            SeriesChanges.Of(markets[plan.Feeds[0].Symbols[0]].Series), ids.Next());
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
    public (Guid? Token, int Done, int Failed, int Strategies, long Total, bool IsRepeated) Status
    {
        get
        {
            lock (_lock)
            {
                return _pass is not { } p ? default
                    : p.IsValidation ? (p.Token, 0, 0, 0, 0, false)
                    : (p.Token, p.Strategies - p.Wanted.Count, p.Failed, p.Strategies, p.Total, p.IsRepeated);
            }
        }
    }

    /// <summary>The remaining work of a pass; null if a different pass runs.</summary>
    public PassWork? Pass(Guid token)
    {
        lock (_lock) return _pass is { } p && p.Token == token ? p.ToOrder() : null;
    }

    /// <summary>A model of the pass, by its number.</summary>
    public byte[]? Model(PassKey key, int number)
    {
        lock (_lock) return _pass is { } p && p.Key == key && number < p.Models.Count ? p.Models[number].Bytes : null;
    }

    private static List<(byte[] Bytes, int[] Strategies)> ModelsOf(BatchPlan plan, Func<StrategyInstance, bool> include) =>
        [.. plan.Instances.Where(i => i.Model is not null && include(i)).GroupBy(i => i.Model!).Select(g => (
            EntryModelFile.ToBytes(g.Key as EntryModel
                ?? throw new NotSupportedException($"a {g.Key.GetType().Name} cannot be sent to other silos")), g.Select(i => i.Index)
                    .ToArray()))];

    /// <summary>Stores a report; duplicates count once.</summary>
    public ReportAnswer Take(StrategyReport report)
    {
        lock (_lock)
        {
            if (_abandoned.Task.IsCompleted) return ReportAnswer.NotYet;
            // A report for a complete pass is a duplicate; other passes may run again after a loss.
            return _pass is { } pass && report.Pass == pass.Key ? Take(pass, report)
                : _complete.Contains(report.Pass) ? ReportAnswer.Taken : ReportAnswer.NotYet;
        }
    }

    // If a report cannot be stored, or differs from what is stored, the pass ends with that fault: the groups would repeat it.
    private static ReportAnswer Take(ClusterPass pass, StrategyReport report)
    {
        try
        {
            return pass.Take(report);
        }
        catch (Exception e)
        {
            pass.Complete.TrySetException(e);
            return ReportAnswer.NotYet;
        }
    }

    /// <summary>Ends the host without results; another activation continues.</summary>
    public void Abandon() => _abandoned.TrySetException(new RunAbandonedException());
}
