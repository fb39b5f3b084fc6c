using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>
/// An active feed in this process. Each block is prepared once, and groups of strategies process it. While they process one block, the next
/// one is prepared. At most two blocks are in memory, so the slowest group limits the speed of the feed.
/// </summary>
internal sealed class FeedExecution
{
    /// <summary>
    /// Number of strategies that process a block on one thread, so their state stays in its cache. A group is given up as a
    /// whole.
    /// </summary>
    public const int GroupSize = 50;

    private const int FinishedAtOnce = 10_000;

    private readonly FeedStrategy[][] _groups;
    private readonly Func<FeedReader> _open;
    private readonly CancellationTokenSource _stop = new();
    private FeedReader? _reader;
    private PreparedBars? _current, _next, _prepared;
    private Task<bool>? _coming;
    private int _inUse, _kept, _taken, _done, _underWay;
    private bool _made, _preparing, _more, _ended, _finished, _stopped;

    /// <param name="strategies">The strategies of the feed to run.</param>
    /// <param name="blocksOf">Returns the bars of one of its symbols. Waiting for a block occupies no thread.</param>
    public FeedExecution(SharedFeed feed, IReadOnlyList<FeedStrategy> strategies,
        Func<int, CancellationToken, IAsyncEnumerable<BarBlock>> blocksOf)
    {
        Strategies = strategies;
        _groups = [.. Strategies.Chunk(GroupSize)];
        _inUse = _kept = _groups.Length;
        _open = () => feed.Open(i => blocksOf(i, _stop.Token), _stop.Token);
    }

    /// <summary>The strategies; they are created when the feed starts.</summary>
    public IReadOnlyList<FeedStrategy> Strategies { get; }

    /// <summary>Whether the bars of the first symbol end before the other symbols' bars.</summary>
    public bool HasEnded { get; init; }

    /// <summary>
    /// Receives the outcomes of all strategies in their order, in one or more parts, on a thread of the pool, before <see cref="Ended"/>.
    /// </summary>
    public Action<IReadOnlyList<StrategyOutcome>>? Finished { get; init; }

    /// <summary>
    /// Called without the pool's lock after the last thread has left the feed. Null if the feed has ended or was stopped; otherwise the
    /// error.
    /// </summary>
    public Action<Exception?>? Ended { get; init; }

    /// <summary>
    /// Returns whether the feed must wait because the receiver of its events cannot keep up. <see cref="ComputePool.Pulse"/> makes the pool
    /// call it again.
    /// </summary>
    public Func<bool>? Held { get; init; }

    /// <summary>Work done so far: bars times strategies.</summary>
    public long Evaluations { get; private set; }

    /// <summary>Number of bars that all strategies have processed.</summary>
    public long Bars { get; private set; }

    /// <summary>Number of blocks that all strategies have processed.</summary>
    public long Blocks { get; private set; }

    internal Exception? Fault { get; private set; }

    internal bool IsOver => _underWay == 0 && (_finished || _stopped || Fault is not null);

    internal enum PieceKind
    {
        Make,
        Prepare,
        Process,
        Finish,
    }

    internal readonly record struct Piece(FeedExecution Feed, PieceKind Kind, FeedStrategy[]? Group = null, PreparedBars? Block = null);

    /// <summary>Takes the next work item if there is one. The caller holds the pool's lock.</summary>
    internal Piece? TryTake()
    {
        if (_stopped || Fault is not null || _finished) return null;
        if (!_made)
        {
            if (_underWay > 0) return null;
            return Taken(new Piece(this, PieceKind.Make));
        }
        if (Held is { } held && held()) return null;
        if (_current is null && _next is not null)
        {
            (_current, _next) = (_next, null);
            _taken = _done = 0;
            _inUse = _kept;
        }
        if (_current is { } block && _taken < _inUse) return Taken(new Piece(this, PieceKind.Process, _groups[_taken++], block));
        if (_next is null && !_preparing && !_ended && _coming is null or { IsCompleted: true })
        {
            _preparing = true;
            return Taken(new Piece(this, PieceKind.Prepare));
        }
        if (_ended && _current is null && _next is null && !_preparing && _underWay == 0) return Taken(new Piece(this, PieceKind.Finish));
        return null;
    }

    private Piece Taken(Piece piece)
    {
        _underWay++;
        return piece;
    }

    /// <summary>Executes a work item, without the pool's lock.</summary>
    internal void Do(in Piece piece, Action pulse, StrategyWatch watch)
    {
        switch (piece.Kind)
        {
            case PieceKind.Make:
                foreach (var strategy in Strategies.TakeWhile(_ => !_stop.IsCancellationRequested)) strategy.Make(watch);
                watch.Leave();
                if (!_stop.IsCancellationRequested) _reader = _open();
                break;
            case PieceKind.Process:
                foreach (var strategy in piece.Group!) strategy.Process(piece.Block!, watch);
                watch.Leave();
                break;
            case PieceKind.Prepare:
                if (_coming is null)
                {
                    var next = _reader!.MoveNextAsync();
                    if (!next.IsCompleted)
                    {
                        // A source over a network: the thread takes other work until the block arrives.
                        _coming = next.AsTask();
                        _ = _coming.ContinueWith((_, p) => ((Action)p!)(), pulse, CancellationToken.None,
                            TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                        break;
                    }
                    _more = next.GetAwaiter().GetResult();
                }
                else
                {
                    _more = _coming.GetAwaiter().GetResult();
                    _coming = null;
                }
                _prepared = _more ? _reader!.Preparer.Prepare() : null;
                break;
            case PieceKind.Finish:
                // In parts, so that a stop does not wait for the outcomes of all strategies.
                foreach (var part in Strategies.Take(_kept * GroupSize).Chunk(FinishedAtOnce))
                    if (!_stop.IsCancellationRequested)
                        Finished?.Invoke([.. part.Select(s => s.Finish(_reader!.Preparer.Clock, HasEnded))]);
                break;
        }
    }

    /// <summary>Records a finished work item. The caller holds the pool's lock.</summary>
    internal void Complete(in Piece piece, Exception? fault)
    {
        _underWay--;
        if (fault is not null)
        {
            Fault ??= fault;
            return;
        }
        switch (piece.Kind)
        {
            case PieceKind.Make:
                _made = true;
                break;
            case PieceKind.Prepare:
                _preparing = false;
                if (_coming is not null) break;
                _next = _prepared;
                _prepared = null;
                if (!_more) _ended = true;
                break;
            case PieceKind.Process:
                var bars = _reader!.Preparer.BarsOf(piece.Block!);
                Evaluations += (long)piece.Group!.Length * bars;
                if (++_done < _inUse) break;
                Bars += bars;
                Blocks++;
                _reader.Preparer.Return(_current!);
                _current = null;
                break;
            case PieceKind.Finish:
                _finished = true;
                break;
        }
    }

    /// <summary>
    /// Gives up strategies that another host will run from their first bar: whole groups, from the end. They receive no further block. The
    /// caller holds the pool's lock.
    /// </summary>
    internal IReadOnlyList<FeedStrategy> GiveUp(int most)
    {
        var before = _kept;
        if (_stopped || _finished || _ended || Fault is not null) return [];
        while (_kept > 1 && most >= _groups[_kept - 1].Length) most -= _groups[--_kept].Length;
        return [.. _groups[_kept..before].SelectMany(g => g)];
    }

    /// <summary>Prevents further work items. The caller holds the pool's lock.</summary>
    internal void Stop()
    {
        _stopped = true;
        _stop.Cancel();
    }

    /// <summary>Closes the source after the feed is over.</summary>
    internal async Task CloseAsync()
    {
        if (_coming is { } coming)
        {
            _stop.Cancel();
            await ((Task)coming).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        }
        if (_reader is not null) await _reader.DisposeAsync();
    }
}
