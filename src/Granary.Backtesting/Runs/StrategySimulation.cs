using Granary.Engine.Trading;
using Granary.Modelling.Weighting;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.Runs;

/// <summary>
/// The step "simulate": runs each strategy in its own account. Outcomes and events are written to the run's folder as they arrive, so that
/// a stopped run can be resumed.
/// </summary>
public sealed class StrategySimulation(RunContext run) : IDisposable
{
    /// <summary>The finished strategies by index.</summary>
    public IReadOnlyDictionary<int, StrategyOutcome> Outcomes => run.Folder.Finished;

    /// <summary>Signals and trades of the strategies; null if they are not needed.</summary>
    public EventLog? Log { get; private set; }

    /// <summary>Whether the run was stopped before all strategies had finished.</summary>
    public bool Interrupted { get; private set; }

    /// <summary>Runs the strategies that an interrupted attempt has not finished.</summary>
    /// <param name="host">Runs a strategy pass: a batch host or a live session.</param>
    public async Task RunAsync(Func<StrategyPass, CancellationToken, Task> host, IProgress<BatchProgress>? progress,
        CancellationToken cancellationToken)
    {
        if (run.Spec.Outputs.NeedsEvents || WeightRules.NeedsEvents(run.Plan)) Log = OpenLog();
        // The logs have the outcomes and events of the others.
        var known = Outcomes.Values.Where(o => Log is null || o.Signals == 0 || Log.ChunkCount(o.Index) > 0).Select(o => o.Index)
            .ToHashSet();
        List<StrategyOutcome> finishedBefore = [.. known.Select(i => Outcomes[i])];
        run.Options.Leaders?.Add(run.Plan, finishedBefore);
        run.Options.Running?.Begin(run.Plan);
        run.Options.Running?.Finished(finishedBefore);
        var pass = new StrategyPass(run.Plan, run.Markets)
        {
            Include = i => !known.Contains(i.Index),
            Events = Log,
            WithFactors = run.Spec.Outputs.Has("factors"),
            Running = run.Options.Running,
            Finished = finished =>
            {
                // The events must be written before the outcome that depends on them.
                Log?.Flush();
                run.Folder.Keep(finished);
                run.Options.Leaders?.Add(run.Plan, finished);
            },
            Progress = progress,
        };
        Interrupted = !await EndsAsync(host(pass, cancellationToken), cancellationToken);
    }

    /// <summary>The step "weigh": computes the weights by the batch's rule.</summary>
    public Task<WeightChoice> WeighAsync() =>
        WeightRules.ChooseAsync(run.Plan, Outcomes, run.Markets, Log,
            new AllocatorCall(run.Options.Threads, run.Options.Allocator, new AllocatorCheckpoints(run.Folder.Temporary("allocators"))),
            CancellationToken.None);

    /// <summary>
    /// Provides the events that the portfolio follows. Weighted strategies run again if their events were not kept, or if their account was
    /// short of cash.
    /// </summary>
    /// <param name="members">By strategy index: not 0 if the strategy has a weight at any time.</param>
    /// <returns>Whether the events exist; without them the portfolio is empty.</returns>
    public async Task<bool> FollowAsync(IReadOnlyList<double> members, IBatchHost host, CancellationToken cancellationToken)
    {
        if (Log is null && members.Any(w => w != 0) && !Interrupted)
        {
            // Strategies are deterministic, so their events are the same as in the first run.
            Log = OpenLog();
            var again = new StrategyPass(run.Plan, run.Markets) { Include = i => members[i.Index] != 0, Events = Log };
            if (!await EndsAsync(host.RunAsync(again, cancellationToken), cancellationToken))
            {
                Interrupted = true;
                Dispose();
            }
        }
        if (Log is null || Interrupted) return Log is not null;
        var resized = MemberRuns.RunAsync(run.Plan, run.Markets, members, Log, new EmbeddedHost(run.Options.Threads), cancellationToken);
        Interrupted = !await EndsAsync(resized, cancellationToken);
        return !Interrupted;
    }

    private static async Task<bool> EndsAsync(Task work, CancellationToken cancellationToken)
    {
        try
        {
            await work;
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private EventLog OpenLog() => new(run.Folder.Temporary("events.bin"), run.Plan.Instances.Count, run.Folder.Resumed);

    public void Dispose()
    {
        Log?.Dispose();
        Log = null;
    }
}
