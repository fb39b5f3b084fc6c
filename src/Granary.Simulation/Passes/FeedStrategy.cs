using System.Collections.Frozen;
using System.Reflection;
using Granary.Contracts.Batches;
using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>
/// One running strategy of a feed. Its owner creates it, lets it process each prepared block, and finishes it. A strategy that throws fails
/// alone. If its events cannot be stored, the feed fails.
/// </summary>
/// <param name="settings">Settings of this strategy alone; null = the feed's.</param>
internal sealed class FeedStrategy(StrategyInstance instance, SharedFeed feed, FeedSettings? settings = null)
{
    private readonly FeedSettings _settings = settings ?? feed.Settings;
    private IStrategyRun? _run;
    private RunEventWriter? _events;
    private string? _stop;

    public StrategyInstance Instance => instance;

    /// <summary>The reason of its failure; null if it has not failed.</summary>
    public string? Error { get; private set; }

    /// <summary>The run; null before it is made, after a failure and after the end.</summary>
    public IStrategyRun? Run => _run;

    /// <summary>Creates the run and declares its factors before the first block. Repeated calls have no effect.</summary>
    public void Make(StrategyWatch watch)
    {
        if (_run is not null || Error is not null) return;
        watch.Enter(instance.Id);
        try
        {
            var strategy = instance.Create();
            _events = _settings.WriterOf(instance);
            _run = feed.MakeRun(instance, strategy, _settings, _events);
        }
        catch (Exception e)
        {
            Fail(ErrorOf(e));
        }
    }

    /// <summary>Processes the next prepared block; does nothing after a failure.</summary>
    public void Process(PreparedBars block, StrategyWatch watch)
    {
        if (_run is not { } run) return;
        if (Volatile.Read(ref _stop) is { } reason)
        {
            Fail(reason);
            return;
        }
        watch.Enter(instance.Id);
        try
        {
            run.Process(block);
        }
        catch (Exception e) when (!IsOfEvents(e))
        {
            Fail(ErrorOf(e));
        }
    }

    /// <summary>Fails the strategy before its next block. Thread-safe; has no effect on a strategy that has ended.</summary>
    public void Stop(string reason) => Volatile.Write(ref _stop, reason);

    /// <summary>Returns the digest of its outcome if the bars ended now; it goes on.</summary>
    /// <inheritdoc cref="IStrategyRun.DigestIfEnded"/>
    public UInt128 DigestIfEnded(IRunListener? listener) => _run?.DigestIfEnded(listener) ?? 0;

    /// <summary>Finishes the strategy after the last block; may be called once.</summary>
    /// <param name="clock">Clock of the feed after all bars.</param>
    /// <param name="hasEnded">Whether the bars of the feed's first symbol end before the others' bars.</param>
    public StrategyOutcome Finish(FeedClock clock, bool hasEnded = false)
    {
        StrategyResult? result = null;
        try
        {
            if (hasEnded) _run?.EndData();
            result = _run?.Finish();
            _events?.End();
        }
        catch (Exception e) when (!IsOfEvents(e))
        {
            result = null;
            Fail(ErrorOf(e));
        }
        (_run, _events) = (null, null);
        return StrategyOutcome.Of(instance.Index, result, clock, feed.Plan, Error) with
        {
            Trace = EquityTrace.Of(result?.Equity, feed.Plan.TracePeriod),
        };
    }

    private void Fail(string reason)
    {
        Error = reason;
        (_run, _events) = (null, null);
    }

    // The events of no strategy can be stored, or they are not those of an earlier run: the whole run ends.
    private static bool IsOfEvents(Exception e) => e is EventStoreException or MissingEventsException or RecordDiffersException;

    private static string ErrorOf(Exception e) =>
        e is TargetInvocationException { InnerException: { } inner } ? ErrorOf(inner) : $"{e.GetType().Name}: {e.Message}";

    /// <summary>Current state of the strategy.</summary>
    public BatchStrategy Snapshot =>
        Error is { } error ? Of(StrategyPhase.Failed, error)
        : _run?.Snapshot is { } now
            ? new BatchStrategy(instance.Id, now.Bars > 0 ? StrategyPhase.Running : StrategyPhase.Waiting, now.Bars, now.Trades, now.Equity,
                now.Positions, null)
        : Of(StrategyPhase.Waiting, null);

    private BatchStrategy Of(StrategyPhase phase, string? error) =>
        new(instance.Id, phase, 0, 0, null, FrozenDictionary<string, double>.Empty, error);
}
