using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>
/// One feed under way in this process: each of its blocks is prepared once, and groups of strategies walk over it. While the groups are at
/// one block the next is prepared; never more than two are held, so that the slowest group holds the feed back.
/// </summary>
public sealed class FeedExecution
{
    /// <summary>
    /// Number of strategies that one thread at a time has process a block, so that their state stays in its cache; they are given up
    /// together.
    /// </summary>
    public const int GroupSize = 50;

    private readonly FeedStrategy[][] _groups;
    private readonly Func<FeedReader> _open;
    private readonly CancellationTokenSource _stop = new();
    private FeedReader? _reader;
    private object? _current, _next, _prepared;
    private Task<bool>? _coming;
    private int _inUse, _kept, _taken, _done, _underWay;
    private bool _made, _preparing, _more, _ended, _finished, _stopped;

    /// <param name="strategies">Those of the feed's strategies that are wanted.</param>
    /// <param name="blocksOf">The bars of one of its symbols. Where a block has to be waited for, no thread waits with it.</param>
    public FeedExecution(SharedFeed feed, IReadOnlyList<FeedStrategy> strategies,
        Func<int, CancellationToken, IAsyncEnumerable<BarBlock>> blocksOf)
    {
        Strategies = strategies;
        _groups = [.. Strategies.Chunk(GroupSize)];
        _inUse = _kept = _groups.Length;
        _open = () => feed.Open(i => blocksOf(i, _stop.Token), _stop.Token);
    }

    /// <summary>The strategies, which are made when the feed begins.</summary>
    public IReadOnlyList<FeedStrategy> Strategies { get; }

    /// <summary>Whether the bars of its first symbol end before those of the batch's other symbols.</summary>
    public bool HasEnded { get; init; }

    /// <summary>Is given the outcomes of all strategies, by a thread of the pool, before <see cref="Ended"/>.</summary>
    public Action<IReadOnlyList<StrategyOutcome>>? Finished { get; init; }

    /// <summary>
    /// Called when the feed has ended, was stopped (null), or failed, after its last thread has left it. Not under the pool's lock.
    /// </summary>
    public Action<Exception?>? Ended { get; init; }

    /// <summary>
    /// Whether to wait before the next piece of work, as the receiver of the events cannot keep up. <see cref="ComputePool.Pulse"/> has it
    /// asked again.
    /// </summary>
    public Func<bool>? Held { get; init; }

    /// <summary>Bars times strategies so far.</summary>
    public long Evaluations { get; private set; }

    /// <summary>Bars that all strategies have processed.</summary>
    public long Bars { get; private set; }

    internal Exception? Fault { get; private set; }

    internal bool IsOver => _underWay == 0 && (_finished || _stopped || Fault is not null);

    internal enum PieceKind
    {
        Make,
        Prepare,
        Process,
        Finish,
    }

    internal readonly record struct Piece(FeedExecution Feed, PieceKind Kind, FeedStrategy[]? Group = null, object? Block = null);

    /// <summary>Takes the next piece of work, if there is one; the caller holds the pool's lock.</summary>
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

    /// <summary>Does a piece of work, without the pool's lock.</summary>
    internal void Do(in Piece piece, Action pulse, StrategyWatch watch)
    {
        switch (piece.Kind)
        {
            case PieceKind.Make:
                foreach (var strategy in Strategies) strategy.Make(watch);
                watch.Leave();
                _reader = _open();
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
                        // A source over a network: the thread goes to other work until the block is there.
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
                _prepared = _more ? _reader!.Prepare() : null;
                break;
            default:
                Finished?.Invoke([.. Strategies.Take(_kept * GroupSize).Select(s => s.Finish(_reader!.Clock, HasEnded))]);
                break;
        }
    }

    /// <summary>Books a finished piece of work; the caller holds the pool's lock.</summary>
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
                var bars = _reader!.BarsOf(piece.Block!);
                Evaluations += (long)piece.Group!.Length * bars;
                if (++_done < _inUse) break;
                Bars += bars;
                _reader.Return(_current!);
                _current = null;
                break;
            default:
                _finished = true;
                break;
        }
    }

    /// <summary>
    /// Gives up strategies that another host will run from their first bar: whole groups, from the end; they see no further block. The
    /// caller holds the pool's lock.
    /// </summary>
    internal IReadOnlyList<FeedStrategy> GiveUp(int most)
    {
        var before = _kept;
        if (_stopped || _finished || _ended || Fault is not null) return [];
        while (_kept > 1 && most >= _groups[_kept - 1].Length) most -= _groups[--_kept].Length;
        return [.. _groups[_kept..before].SelectMany(g => g)];
    }

    /// <summary>No more work is taken; the caller holds the pool's lock.</summary>
    internal void Stop()
    {
        _stopped = true;
        _stop.Cancel();
    }

    /// <summary>Lets go of the source, when it is over.</summary>
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
