using Granary.Application.Batches;
using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Application.Hosting;

/// <summary>Some strategies of one feed that are run by one thread at a time, block after block, so that their state stays in its cache.</summary>
internal sealed class RunGroup
{
    public const int Size = 50;

    private readonly StrategyInstance[] _instances;
    private readonly StrategyRun?[] _runs;
    private readonly RunEventWriter?[] _writers;
    private readonly string?[] _errors;

    public RunGroup(IReadOnlyList<StrategyInstance> instances, MarketSeries series, ExecutionSettings execution, FactorPlan plan, IEventSink? events, bool withFactors)
    {
        _instances = [.. instances];
        _runs = new StrategyRun?[_instances.Length];
        _writers = new RunEventWriter?[_instances.Length];
        _errors = new string?[_instances.Length];
        for (var i = 0; i < _instances.Length; i++)
        {
            try
            {
                var writer = events is null ? null : new RunEventWriter(_instances[i].Index, events, withFactors);
                _runs[i] = new StrategyRun(_instances[i].Id, _instances[i].Create(), series, _instances[i].Trading, execution, plan, writer);
                if (writer is not null) writer.Run = _runs[i];
                _writers[i] = writer;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Fail(i, e);
            }
        }
    }

    public int Count => _instances.Length;

    public void Process(PreparedBlock block)
    {
        for (var i = 0; i < _runs.Length; i++)
        {
            if (_runs[i] is not { } run) continue;
            try
            {
                run.Process(block.Block, block.Sheet, block.Calendar);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Fail(i, e);
            }
        }
    }

    // A strategy that throws fails alone; the others go on.
    private void Fail(int i, Exception e)
    {
        _errors[i] = $"{e.GetType().Name}: {e.Message}";
        _runs[i] = null;
    }

    public IEnumerable<StrategyOutcome> Finish(FeedClock clock)
    {
        for (var i = 0; i < _runs.Length; i++)
        {
            StrategyResult? result = null;
            if (_runs[i] is { } run)
            {
                try
                {
                    result = run.Finish();
                    _writers[i]?.Flush();
                }
                catch (Exception e) when (e is not (OutOfMemoryException or IOException))
                {
                    result = null;
                    Fail(i, e);
                }
            }
            yield return StrategyOutcome.Of(_instances[i].Index, result, clock.Bars, clock.PeriodsPerYear, _errors[i]);
            _runs[i] = null;
            _writers[i] = null;
        }
    }
}

/// <summary>Some strategies of a joined feed.</summary>
internal sealed class JoinedGroup
{
    private readonly StrategyInstance[] _instances;
    private readonly MultiSymbolRun?[] _runs;
    private readonly RunEventWriter?[] _writers;
    private readonly string?[] _errors;

    public JoinedGroup(IReadOnlyList<StrategyInstance> instances, IReadOnlyList<MarketSeries> series, ExecutionSettings execution, IReadOnlyList<FactorPlan> plans,
        IEventSink? events, bool withFactors)
    {
        _instances = [.. instances];
        _runs = new MultiSymbolRun?[_instances.Length];
        _writers = new RunEventWriter?[_instances.Length];
        _errors = new string?[_instances.Length];
        for (var i = 0; i < _instances.Length; i++)
        {
            try
            {
                var writer = events is null ? null : new RunEventWriter(_instances[i].Index, events, withFactors);
                var observers = writer is null ? null : series.Select((_, s) => writer.ForSymbol(s)).ToArray();
                var run = new MultiSymbolRun(_instances[i].Id, (MultiSymbolStrategy)_instances[i].Create(), series, _instances[i].Trading, execution, plans, observers);
                for (var s = 0; observers is not null && s < observers.Length; s++) observers[s].Run = run.Factors(s);
                _runs[i] = run;
                _writers[i] = writer;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Fail(i, e);
            }
        }
    }

    public int Count => _instances.Length;

    public void Process(PreparedJoin block)
    {
        for (var i = 0; i < _runs.Length; i++)
        {
            try
            {
                _runs[i]?.Process(block);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Fail(i, e);
            }
        }
    }

    private void Fail(int i, Exception e)
    {
        _errors[i] = $"{e.GetType().Name}: {e.Message}";
        _runs[i] = null;
    }

    public IEnumerable<StrategyOutcome> Finish(FeedClock clock)
    {
        for (var i = 0; i < _runs.Length; i++)
        {
            StrategyResult? result = null;
            try
            {
                result = _runs[i]?.Finish();
                if (result is not null) _writers[i]?.Flush();
            }
            catch (Exception e) when (e is not (OutOfMemoryException or IOException))
            {
                result = null;
                Fail(i, e);
            }
            yield return StrategyOutcome.Of(_instances[i].Index, result, clock.Bars, clock.PeriodsPerYear, _errors[i]);
        }
    }
}

/// <summary>
/// One feed under way in this process: reads it once, prepares each block once, and lets groups of strategies walk over it.
/// While the groups are at one block the next is prepared; never more than two are held. What the caller does with it is done under the host's lock.
/// </summary>
internal abstract class FeedExecution(FeedPlan plan) : IAsyncDisposable
{
    public FeedPlan Plan => plan;

    /// <summary>All blocks are through all groups.</summary>
    public abstract bool IsDone { get; }

    /// <summary>Takes the next piece of work, if there is one for another thread; it returns the bars times strategies it did, or -1 for preparing.</summary>
    public abstract Func<long>? TryTake();

    /// <summary>Books a finished piece of work.</summary>
    public abstract void Complete(long evaluations);

    public abstract IEnumerable<StrategyOutcome> Finish();

    public abstract ValueTask DisposeAsync();

    /// <summary>Makes the runs of a feed.</summary>
    /// <param name="blocksOf">The bars of one of its symbols.</param>
    public static FeedExecution Create(FeedPlan plan, IReadOnlyList<StrategyInstance> instances, IReadOnlyList<MarketSeries> series,
        Func<int, IAsyncEnumerable<BarBlock>> blocksOf, ExecutionSettings execution, IEventSink? events, bool withFactors, CancellationToken cancellationToken)
    {
        if (!plan.IsJoined)
        {
            var factors = new FactorPlan();
            RunGroup[] groups = [.. instances.Chunk(RunGroup.Size).Select(chunk => new RunGroup(chunk, series[0], execution, factors, events, withFactors))];
            var pipeline = new FeedPipeline(series[0], factors);
            var blocks = blocksOf(0).GetAsyncEnumerator(cancellationToken);
            return new FeedExecution<PreparedBlock>(plan,
                // Files answer at once; a source over a network blocks this one worker while the others go on.
                () => blocks.MoveNextAsync().AsTask().GetAwaiter().GetResult() ? pipeline.Prepare(blocks.Current) : null,
                pipeline.Return, groups.Length,
                (group, block) =>
                {
                    groups[group].Process(block);
                    return (long)groups[group].Count * block.Block.Count;
                },
                () => groups.SelectMany(g => g.Finish(pipeline.Clock)), blocks.DisposeAsync);
        }

        FactorPlan[] plans = [.. series.Select(_ => new FactorPlan())];
        JoinedGroup[] joined = [.. instances.Chunk(RunGroup.Size).Select(chunk => new JoinedGroup(chunk, series, execution, plans, events, withFactors))];
        var pipelines = new JoinedPipeline(series, plans);
        var stretches = JoinedFeed.ReadAsync(series, blocksOf, cancellationToken).GetAsyncEnumerator(cancellationToken);
        return new FeedExecution<PreparedJoin>(plan,
            () => stretches.MoveNextAsync().AsTask().GetAwaiter().GetResult() ? pipelines.Prepare(stretches.Current) : null,
            pipelines.Return, joined.Length,
            (group, block) =>
            {
                joined[group].Process(block);
                return (long)joined[group].Count * block.Block.Count;
            },
            () => joined.SelectMany(g => g.Finish(pipelines.Clock)), stretches.DisposeAsync);
    }
}

/// <inheritdoc cref="FeedExecution"/>
internal sealed class FeedExecution<TBlock>(FeedPlan plan, Func<TBlock?> prepare, Action<TBlock> giveBack, int groups, Func<int, TBlock, long> process,
    Func<IEnumerable<StrategyOutcome>> finish, Func<ValueTask> dispose) : FeedExecution(plan)
    where TBlock : class
{
    private TBlock? _current, _next, _prepared;
    private int _taken, _done;
    private bool _preparing, _ended;

    public override bool IsDone => _ended && _current is null && _next is null && !_preparing;

    public override Func<long>? TryTake()
    {
        if (_current is null && _next is not null)
        {
            (_current, _next) = (_next, null);
            _taken = _done = 0;
        }
        if (_current is { } block && _taken < groups)
        {
            var group = _taken++;
            return () => process(group, block);
        }
        if (_next is null && !_preparing && !_ended)
        {
            _preparing = true;
            return () =>
            {
                _prepared = prepare();
                return -1;
            };
        }
        return null;
    }

    public override void Complete(long evaluations)
    {
        if (evaluations < 0)
        {
            _preparing = false;
            _next = _prepared;
            _prepared = null;
            _ended = _next is null;
            return;
        }
        if (++_done < groups) return;
        giveBack(_current!);
        _current = null;
    }

    public override IEnumerable<StrategyOutcome> Finish() => finish();

    public override ValueTask DisposeAsync() => dispose();
}
