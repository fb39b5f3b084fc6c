using System.Globalization;
using Granary.Modelling.Weighting;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Telemetry;

namespace Granary.Backtesting.Runs;

/// <summary>
/// The step "simulate": runs each strategy in its own account. Outcomes and events are written to the run's folder as they arrive, so
/// a stopped run can be resumed.
/// </summary>
internal sealed class StrategySimulation(RunContext run) : IDisposable
{
    private readonly Dictionary<int, StrategyOutcome> _outcomes = [];

    /// <summary>The run, whose plan grows with the trials of its searches.</summary>
    public RunContext Run { get; private set; } = run;

    /// <summary>
    /// Maximum size in bytes of the strategies' events, if the weight rule may leave strategies out. Beyond, the strategies that the run
    /// needs run again. Without a maximum, strategies need not be able to run again.
    /// </summary>
    public long MostEvents { get; init; } = long.MaxValue;

    /// <summary>The finished strategies of the plan by index, with trials that a search has stopped.</summary>
    public IReadOnlyDictionary<int, StrategyOutcome> Outcomes => _outcomes;

    /// <summary>Signals and trades of the strategies; null if they are not needed.</summary>
    public EventLog? Log { get; private set; }

    /// <summary>Whether the run was stopped before all strategies had finished.</summary>
    public bool Interrupted { get; private set; }

    /// <summary>Continues with a plan that has more trials.</summary>
    public void Grow(RunContext run) => Run = run;

    /// <summary>Adds the outcome of a trial that its search has stopped.</summary>
    public void Add(StrategyOutcome stopped) => _outcomes[stopped.Index] = stopped;

    /// <summary>Runs the strategies that an interrupted attempt has not finished.</summary>
    /// <param name="host">Runs a strategy pass: a batch host or a live session.</param>
    /// <param name="wanted">Selects the strategies of a round; null = all.</param>
    public async Task RunAsync(Func<StrategyPass, CancellationToken, Task> host, IProgress<BatchProgress>? progress,
        CancellationToken cancellationToken, Func<StrategyInstance, bool>? wanted = null)
    {
        if (Log is null && (Run.Spec.Outputs.NeedsEvents || BatchWeights.NeedsEvents(Run.Plan)))
            Log = OpenLog(IsBounded ? MostEvents : long.MaxValue);
        foreach (var instance in Run.Plan.Instances)
            if (Run.Folder.Finished.TryGetValue(instance.Index, out var finished)) _outcomes[instance.Index] = finished;
        // The logs have the outcomes and events of the others.
        var known = Outcomes.Values.Where(o => Log is null || IsBounded || HasEvents(o.Index)).Select(o => o.Index).ToHashSet();
        List<StrategyOutcome> finishedBefore = [.. known.Select(i => Outcomes[i])];
        Run.Options.Leaders?.Add(Run.Plan, finishedBefore);
        Run.Options.Running?.Begin(Run.Plan);
        Run.Options.Running?.Finished(finishedBefore);
        var pass = new StrategyPass(Run.Plan, Run.Markets)
        {
            Include = i => !known.Contains(i.Index) && wanted?.Invoke(i) != false,
            IsRound = wanted is not null,
            Events = Log,
            MemberEvents = Log?.Members,
            WithFactors = Run.Spec.Outputs.Has("factors"),
            Running = Run.Options.Running,
            Finished = finished =>
            {
                foreach (var outcome in finished) Compare(outcome);
                // The events must be written before the outcome that depends on them.
                Log?.Flush();
                Run.Folder.Keep(finished);
                foreach (var outcome in finished) _outcomes[outcome.Index] = outcome;
                Run.Options.Leaders?.Add(Run.Plan, finished);
            },
            Progress = progress,
        };
        Interrupted = !await EndsAsync(host(pass, cancellationToken), cancellationToken);
    }

    /// <summary>Runs trials on some of the bars.</summary>
    public async Task RunPartialAsync(IBatchHost host, StrategyPass pass, CancellationToken cancellationToken) =>
        Interrupted = !await EndsAsync(host.RunAsync(pass, cancellationToken), cancellationToken);

    /// <summary>The step "weigh": computes the weights by the batch's rule.</summary>
    public async Task<WeightChoice> WeighAsync()
    {
        using var step = GranaryInstruments.Traces.StartActivity("weigh");
        return await BatchWeights.ChooseAsync(Run.Plan, Whole, Run.Markets, Log,
            new AllocatorCall(Run.Options.Threads, Run.Options.Allocator, new AllocatorCheckpoints(Run.Folder.Temporary("allocators"))),
            CancellationToken.None);
    }

    /// <summary>
    /// Provides the events that the portfolio follows and that files list. Strategies run again if their events were not kept. So do
    /// weighted strategies whose account was short of cash.
    /// </summary>
    /// <param name="members">By strategy index: not 0 if the strategy has a weight at any time.</param>
    /// <returns>Whether the events exist; without them the portfolio is empty.</returns>
    public async Task<bool> FollowAsync(IReadOnlyList<double> members, IBatchHost host, IProgress<BatchProgress>? progress,
        CancellationToken cancellationToken)
    {
        if (Log is { IsDropped: true }) Dispose();
        Log?.KeepAll();
        if (!Interrupted) await RepeatAsync(members, host, progress, cancellationToken);
        if (Log is null || Interrupted) return Log is not null;
        var resized = MemberRuns.RunAsync(Run.Plan, Run.Markets, members, Log, new EmbeddedHost(Run.Options.Threads), cancellationToken);
        Interrupted = !await EndsAsync(resized, cancellationToken);
        if (!Interrupted) CompareEvents(members);
        return !Interrupted;
    }

    /// <summary>Returns the strategies whose single trades and signals the files contain.</summary>
    /// <param name="members">By strategy index: not 0 if the strategy has a weight at any time.</param>
    public ListedStrategies ListedOf(IReadOnlyList<double> members) => ListedStrategies.Of(Run.Spec.Outputs,
        Interrupted ? Whole.Where(o => Log?.IsComplete(o.Key) == true).ToDictionary() : Whole, members);

    // The strategies that ran on all bars.
    private IReadOnlyDictionary<int, StrategyOutcome> Whole => Run.Plan.Trials.Count == 0 ? Outcomes
        : Outcomes.Where(o => o.Value.IsWhole).ToDictionary();

    // Strategies are deterministic, so their events are the same as in the first Run.
    private async Task RepeatAsync(IReadOnlyList<double> members, IBatchHost host, IProgress<BatchProgress>? progress,
        CancellationToken cancellationToken)
    {
        var needed = Enumerable.Range(0, members.Count).Where(i => members[i] != 0).ToHashSet();
        if (IsBounded) needed.UnionWith(ListedOf(members).Trades);
        if (Log is null && needed.Count == 0) return;
        Log ??= OpenLog();
        needed.RemoveWhere(HasEvents);
        if (needed.Count == 0) return;
        using var step = GranaryInstruments.Traces.StartActivity("repeat");
        step?.SetTag(GranaryInstruments.Strategies, needed.Count);
        var again = new StrategyPass(Run.Plan, Run.Markets)
        {
            Include = i => needed.Contains(i.Index),
            Events = Log,
            WithFactors = Run.Spec.Outputs.Has("factors"),
            IsRepeated = true,
            Progress = progress is null ? null : new RepeatedProgress(progress, Run.Plan.Instances.Count),
            Finished = finished =>
            {
                foreach (var outcome in finished) Compare(outcome);
            },
        };
        if (await EndsAsync(host.RunAsync(again, cancellationToken), cancellationToken)) return;
        Interrupted = true;
        Dispose();
    }

    // Events of a strategy that failed or was stopped are not used.
    private bool HasEvents(int strategy) => Log!.IsComplete(strategy)
        || Outcomes.GetValueOrDefault(strategy) is not { Statistics: not null, IsWhole: true };

    // A strategy that runs again must have the same result as before.
    private void Compare(StrategyOutcome again)
    {
        if (Outcomes.GetValueOrDefault(again.Index) is { Error: null } first && again.Digest != first.Digest)
            throw new RecordDiffersException(string.Create(CultureInfo.InvariantCulture,
                $"{Run.Plan.Instances[again.Index].Id} ran again and gave another result: {again.Error ?? ResultOf(again)}"
                    + $", before {ResultOf(first)}; a strategy must do the same on the same bars each time, so correct "
                    + $"its class, or start the run without --resume if the class was changed"));
    }

    // The events that the portfolio follows and that files list must be those of the outcomes.
    private void CompareEvents(IReadOnlyList<double> members)
    {
        var listed = ListedOf(members);
        foreach (var outcome in Whole.Values.Where(o => o.Statistics is not null))
        {
            var (isComplete, tally) = (Log!.IsComplete(outcome.Index), Log.TallyOf(outcome.Index));
            var isNeeded = members[outcome.Index] != 0 || listed.Trades.Contains(outcome.Index) && Run.Spec.Outputs.NeedsEvents;
            if (isComplete ? (tally.Signals, tally.Trades) == (outcome.Signals, outcome.Statistics!.Trades) : !isNeeded) continue;
            throw new RecordDiffersException(string.Create(CultureInfo.InvariantCulture,
                $"the events of {Run.Plan.Instances[outcome.Index].Id} are {ResultOf(tally.Signals, tally.Trades)}"
                    + $"{(isComplete ? "" : " without an end")}, and its outcome has {ResultOf(outcome)}; start the "
                    + $"run without --resume, and report this fault if it comes again"));
        }
    }

    private static string ResultOf(StrategyOutcome outcome) => ResultOf(outcome.Signals, outcome.Statistics?.Trades ?? 0);

    private static string ResultOf(int signals, long trades) => Counted.Of(signals, "signal") + " and " + Counted.Of(trades, "trade");

    // Whether the rule may leave strategies out, and nothing needs the events of all strategies.
    private bool IsBounded => MostEvents < long.MaxValue && Run.Spec.Outputs is { NeedsEvents: true, OfAllStrategies: false }
        && !Run.Options.Separate && Run.Learning is null && !BatchWeights.NeedsEvents(Run.Plan)
        && Run.Spec.Portfolio.Rule != WeightMethods.Equal && !WeightMethods.IsAllocation(Run.Spec.Portfolio.Rule);

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

    private EventLog OpenLog(long most = long.MaxValue) =>
        new(Run.Folder.Temporary("events.bin"), Run.Folder.Key, Run.Plan.Capacity, Run.Folder.Resumed, most);

    public void Dispose()
    {
        Log?.Dispose();
        Log = null;
    }
}
