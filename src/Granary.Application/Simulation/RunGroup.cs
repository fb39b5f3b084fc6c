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

    private readonly StrategyInstance[] _instances;
    private readonly object _making;
    private readonly IStrategyRun?[] _runs;
    private readonly RunEventWriter?[] _writers;
    private readonly string?[] _errors;
    private string?[]? _stops;

    /// <param name="making">What is locked while strategies declare their factors.</param>
    private protected RunGroup(IReadOnlyList<StrategyInstance> instances, object making, FeedSettings settings)
    {
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

    /// <summary>Makes the strategies; one that cannot be made fails alone.</summary>
    internal void CreateAll(StrategyWatch watch)
    {
        for (var i = 0; i < _instances.Length; i++)
        {
            watch.Enter(_instances[i].Id);
            Create(i);
        }
    }

    /// <summary>Makes one strategy, before the first block.</summary>
    /// <returns>null if it failed.</returns>
    public IStrategyRun? Create(int i)
    {
        if (_runs[i] is not null || _errors[i] is not null) return _runs[i];
        try
        {
            var strategy = _instances[i].Create();
            var writer = Settings.WriterOf(_instances[i]);
            lock (_making) _runs[i] = Make(_instances[i], strategy, writer);
            _writers[i] = writer;
        }
        catch (Exception e)
        {
            _errors[i] = Said(e);
        }
        return _runs[i];
    }

    /// <summary>The run of one strategy; null while it is not made, after it failed, and after the end.</summary>
    public IStrategyRun? RunOf(int i) => _runs[i];

    /// <summary>Why a strategy failed; null while it has not.</summary>
    public string? ErrorOf(int i) => _errors[i];

    /// <summary>Has every strategy process a prepared block. A strategy that throws fails alone, and the others continue.</summary>
    internal void Process(object block, StrategyWatch watch)
    {
        for (var i = 0; i < _runs.Length; i++)
        {
            if (_runs[i] is not { } run) continue;
            if (_stops is { } stops && Volatile.Read(ref stops[i]) is { } reason)
            {
                Fail(i, reason);
                continue;
            }
            watch.Enter(_instances[i].Id);
            try
            {
                Run(run, block);
            }
            catch (Exception e)
            {
                Fail(i, Said(e));
            }
        }
    }

    /// <summary>Fails a strategy before its next block. Any thread may call it; a strategy that has ended stays as it is.</summary>
    public void Stop(int i, string reason)
    {
        Interlocked.CompareExchange(ref _stops, new string?[_runs.Length], null);
        Volatile.Write(ref _stops[i], reason);
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
}
