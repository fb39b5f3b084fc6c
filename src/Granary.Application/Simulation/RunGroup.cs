using Granary.Application.Batches;
using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Application.Simulation;

/// <summary>
/// Some strategies of one feed that are run by one thread at a time, block after block, so that their state stays in its cache.
/// </summary>
public abstract class RunGroup
{
    /// <summary>Strategies in a full group.</summary>
    public const int Size = 50;

    private const int Slots = 8; // bits of a turn that number the strategy

    private readonly StrategyInstance[] _instances;
    private readonly object _making;
    private readonly IStrategyRun?[] _runs;
    private readonly RunEventWriter?[] _writers;
    private readonly string?[] _errors;
    private string?[]? _stops;

    // Whose turn it is: the number of the walk, and the strategy. Only who moves it on may touch the group, so that a watchdog can take
    // the group away from a thread that a strategy keeps.
    private long _turn = 1L << Slots;

    /// <param name="making">What is locked while strategies declare their factors.</param>
    private protected RunGroup(IReadOnlyList<StrategyInstance> instances, object making, FeedSettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(instances.Count, 1 << Slots);
        _instances = [.. instances];
        (_making, Settings) = (making, settings);
        _runs = new IStrategyRun?[_instances.Length];
        _writers = new RunEventWriter?[_instances.Length];
        _errors = new string?[_instances.Length];
    }

    public IReadOnlyList<StrategyInstance> Instances => _instances;

    private protected FeedSettings Settings { get; }

    public int Count => _instances.Length;

    /// <summary>The run of a made strategy, its factors declared.</summary>
    private protected abstract IStrategyRun Make(StrategyInstance instance, Strategy strategy, RunEventWriter? events);

    private protected abstract void Run(IStrategyRun run, object block);

    private protected abstract int BarsOf(object block);

    /// <summary>Makes the strategies that are not there yet.</summary>
    public void CreateAll()
    {
        for (var i = 0; i < _instances.Length; i++) Create(i);
    }

    /// <summary>
    /// Makes one strategy; one that cannot be made fails alone. Different ones may be made by several threads, all before the first block.
    /// </summary>
    /// <returns>null where it failed.</returns>
    public IStrategyRun? Create(int i)
    {
        try
        {
            if (_runs[i] is { } made) return made;
            if (_errors[i] is not null) return null;
            if (_instances[i].Unmade is { } reason)
            {
                lock (_making) _errors[i] = reason;
                return null;
            }
            var strategy = _instances[i].Create();
            var writer = Settings.WriterOf(_instances[i]);
            lock (_making)
            {
                if (_errors[i] is not null) return null;
                var run = Make(_instances[i], strategy, writer);
                _writers[i] = writer;
                _runs[i] = run;
                return run;
            }
        }
        catch (Exception e)
        {
            lock (_making) _errors[i] ??= Said(e);
            return null;
        }
    }

    /// <summary>The run of one strategy; null while it is not made, after it failed, and after the end.</summary>
    public IStrategyRun? RunOf(int i) => _runs[i];

    /// <summary>Fails a strategy that could not be made in time.</summary>
    /// <returns>false where it is there already.</returns>
    public bool FailUnmade(int i, string reason)
    {
        lock (_making)
        {
            if (_runs[i] is not null) return false;
            _errors[i] ??= reason;
            return true;
        }
    }

    /// <summary>Why a strategy failed; null while it has not.</summary>
    public string? ErrorOf(int i) => _errors[i];

    /// <summary>
    /// Lets every strategy walk over a prepared block; called again after <see cref="TryTakeAway"/>, it goes on with the strategies that
    /// are left of it.
    /// </summary>
    /// <returns>false where the group was taken away meanwhile: the caller's thread has nothing more to do with it.</returns>
    internal bool Process(object block)
    {
        var limited = Settings.Limits.BytesPerBlock < long.MaxValue;
        var mine = Volatile.Read(ref _turn);
        var first = (int)(mine & ((1 << Slots) - 1));
        for (var i = first; i < _runs.Length; i++)
        {
            if (_runs[i] is not { } run) continue;
            if (_stops is { } stops && Volatile.Read(ref stops[i]) is { } reason)
            {
                if (Volatile.Read(ref _turn) != mine) return false;
                Fail(i, reason);
                continue;
            }
            var next = mine & -(1L << Slots) | (uint)i;
            if (next != mine && Interlocked.CompareExchange(ref _turn, next, mine) != mine) return false;
            mine = next;
            var before = limited ? GC.GetAllocatedBytesForCurrentThread() : 0;
            try
            {
                Run(run, block);
            }
            // A strategy that throws fails alone, be it for want of memory; the others go on.
            catch (Exception e)
            {
                if (Volatile.Read(ref _turn) != mine) return false;
                Fail(i, Said(e));
                continue;
            }
            if (limited && GC.GetAllocatedBytesForCurrentThread() - before is var bytes && bytes > Settings.Limits.BytesPerBlock)
            {
                if (Volatile.Read(ref _turn) != mine) return false;
                Fail(i, FormattableString.Invariant(
                    $"allocated {bytes / 1e6:N0} MB over a block of {BarsOf(block):N0} bars, ")
                        + FormattableString.Invariant($"where {Settings.Limits.BytesPerBlock / 1e6:N0} MB are allowed"));
            }
        }
        var end = ((mine >> Slots) + 1) << Slots;
        return Interlocked.CompareExchange(ref _turn, end, mine) == mine;
    }

    /// <summary>Fails a strategy before its next block. Any thread may call it; a strategy that has ended stays as it is.</summary>
    public void Stop(int i, string reason)
    {
        Interlocked.CompareExchange(ref _stops, new string?[_runs.Length], null);
        Volatile.Write(ref _stops[i], reason);
    }

    /// <summary>Which strategy of which walk is having its turn: while it does not change, that strategy has not come back.</summary>
    internal long Turn => Volatile.Read(ref _turn);

    /// <summary>
    /// Takes the group away from the thread that is walking it: the strategy that keeps the thread fails, and the others can be walked by
    /// another.
    /// </summary>
    /// <returns>false where that turn has passed.</returns>
    internal bool TryTakeAway(long turn, string reason)
    {
        var i = (int)(turn & ((1 << Slots) - 1));
        if (i >= _runs.Length || Interlocked.CompareExchange(ref _turn, (((turn >> Slots) + 1) << Slots) + i + 1, turn) != turn)
            return false;
        Fail(i, reason);
        return true;
    }

    private void Fail(int i, string reason)
    {
        _errors[i] = reason;
        _runs[i] = null;
        _writers[i] = null;
    }

    /// <summary>What a strategy that threw is said to have failed of.</summary>
    internal static string Said(Exception e) =>
        e is System.Reflection.TargetInvocationException { InnerException: { } inner } ? Said(inner) : $"{e.GetType().Name}: {e.Message}";

    /// <summary>Ends the strategies after the last block, once.</summary>
    /// <param name="hasEnded">Whether the bars of the feed's first symbol end before those of others.</param>
    internal IEnumerable<StrategyOutcome> Finish(FeedPlan feed, FeedClock clock, bool hasEnded = false)
    {
        for (var i = 0; i < _runs.Length; i++)
        {
            StrategyResult? result = null;
            if (_runs[i] is { } run)
            {
                try
                {
                    if (hasEnded) (run as StrategyRun)?.EndData();
                    result = run.Finish();
                    _writers[i]?.Flush();
                }
                catch (Exception e) when (e is not IOException)
                {
                    result = null;
                    Fail(i, Said(e));
                }
            }
            yield return StrategyOutcome.Of(_instances[i].Index, result, clock, feed.Metrics, _errors[i]) with
            {
                Trace = EquityTrace.Of(result?.Equity, feed.TracePeriod),
            };
            _runs[i] = null;
            _writers[i] = null;
        }
    }
}

/// <summary>Strategies of one symbol.</summary>
internal sealed class SingleGroup(IReadOnlyList<StrategyInstance> instances, MarketSeries series, FactorPlan factors,
    FeedSettings settings)
    : RunGroup(instances, factors, settings)
{
    private protected override IStrategyRun Make(StrategyInstance instance, Strategy strategy, RunEventWriter? events)
    {
        var run = new StrategyRun(instance.Id, strategy, series, instance.Trading, Settings.Execution, factors,
            Settings.Observe?.Invoke(instance, 0) ?? events);
        run.FilterEntries(instance.Model);
        if (events is not null) events.Run = run;
        return run;
    }

    private protected override void Run(IStrategyRun run, object block)
    {
        // Of a joined stretch its own bars, where it has any.
        if ((block as PreparedBlock ?? ((PreparedJoin)block).Symbol(0)) is not { } prepared) return;
        ((StrategyRun)run).Process(prepared);
    }

    private protected override int BarsOf(object block) => (block as PreparedBlock ?? ((PreparedJoin)block).Symbol(0))?.Block.Count ?? 0;
}

/// <summary>Strategies that trade several symbols, on their joined timeline.</summary>
internal sealed class JoinedGroup(IReadOnlyList<StrategyInstance> instances, IReadOnlyList<MarketSeries> series,
    IReadOnlyList<FactorPlan> factors, FeedSettings settings)
    : RunGroup(instances, factors, settings)
{
    private protected override IStrategyRun Make(StrategyInstance instance, Strategy strategy, RunEventWriter? events)
    {
        var observers = events is null ? null : series.Select((_, s) => events.ForSymbol(s)).ToArray();
        var run = new MultiSymbolRun(instance.Id, (MultiSymbolStrategy)strategy, series, instance.Trading, Settings.Execution, factors,
            Settings.Observe is { } observe ? [.. series.Select((_, s) => observe(instance, s))] : observers);
        for (var s = 0; observers is not null && s < observers.Length; s++) observers[s].Run = run.Factors(s);
        return run;
    }

    private protected override void Run(IStrategyRun run, object block) => ((MultiSymbolRun)run).Process((PreparedJoin)block);

    private protected override int BarsOf(object block) => ((PreparedJoin)block).Block.Count;
}
