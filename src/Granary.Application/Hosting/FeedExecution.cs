using Granary.Application.Batches;
using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
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

/// <summary>
/// One feed under way in this process: reads it once, prepares each block once, and lets groups of strategies walk over it.
/// While the groups are at one block the next is prepared; never more than two are held.
/// </summary>
internal sealed class FeedExecution : IAsyncDisposable
{
    private readonly FeedPipeline _pipeline;
    private readonly RunGroup[] _groups;
    private readonly IAsyncEnumerator<BarBlock> _blocks;
    private PreparedBlock? _current, _next;
    private int _taken, _done;
    private bool _preparing, _ended;

    public FeedExecution(FeedPlan plan, IReadOnlyList<StrategyInstance> instances, MarketSeries series, IAsyncEnumerable<BarBlock> blocks,
        ExecutionSettings execution, IEventSink? events, bool withFactors, CancellationToken cancellationToken)
    {
        Plan = plan;
        var factors = new FactorPlan();
        _groups = [.. instances.Chunk(RunGroup.Size).Select(chunk => new RunGroup(chunk, series, execution, factors, events, withFactors))];
        _pipeline = new FeedPipeline(series, factors);
        _blocks = blocks.GetAsyncEnumerator(cancellationToken);
        Strategies = instances.Count;
    }

    public FeedPlan Plan { get; }

    public int Strategies { get; }

    public FeedClock Clock => _pipeline.Clock;

    /// <summary>All blocks are through all groups.</summary>
    public bool IsDone => _ended && _current is null && _next is null && !_preparing;

    /// <summary>Takes the next piece of work, if there is one for another thread; the caller holds the host's lock.</summary>
    public Func<long>? TryTake()
    {
        if (_current is null && _next is not null)
        {
            (_current, _next) = (_next, null);
            _taken = _done = 0;
        }
        if (_current is { } block && _taken < _groups.Length)
        {
            var group = _groups[_taken++];
            return () =>
            {
                group.Process(block);
                return (long)group.Count * block.Block.Count;
            };
        }
        if (_next is null && !_preparing && !_ended)
        {
            _preparing = true;
            return Prepare;
        }
        return null;
    }

    private long Prepare()
    {
        // Files answer at once; a source over a network blocks this one worker while the others go on.
        var more = _blocks.MoveNextAsync().AsTask().GetAwaiter().GetResult();
        if (more) _prepared = _pipeline.Prepare(_blocks.Current);
        return -1;
    }

    private PreparedBlock? _prepared;

    /// <summary>Books a finished piece of work; the caller holds the host's lock.</summary>
    public void Complete(long evaluations)
    {
        if (evaluations < 0)
        {
            _preparing = false;
            _next = _prepared;
            _prepared = null;
            if (_next is null) _ended = true;
            return;
        }
        if (++_done < _groups.Length) return;
        _pipeline.Return(_current!);
        _current = null;
    }

    public IEnumerable<StrategyOutcome> Finish() => _groups.SelectMany(g => g.Finish(_pipeline.Clock));

    public ValueTask DisposeAsync() => _blocks.DisposeAsync();
}
