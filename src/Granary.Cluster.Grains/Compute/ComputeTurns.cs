using Granary.Application.Batches;

namespace Granary.Cluster.Grains.Compute;

/// <summary>
/// Lets strategy grains compute by turns: as many at once as the silo has compute threads, so that the threads of the pool stay free for
/// messages and timers. Strategy groups are served in rotation, so that a large one does not hold up a small one.
/// </summary>
internal sealed class ComputeTurns : IDisposable
{
    private readonly TimeSpan _deadline;
    private readonly Timer _watchdog;
    private readonly Turn[] _turns;
    private readonly Stack<Turn> _free;
    // Groups with a waiter, each once.
    private readonly Queue<TurnLine> _lines = new();

    /// <param name="threads">Number of turns at once.</param>
    /// <param name="deadline">Longest time of one strategy over one block.</param>
    public ComputeTurns(int threads, TimeSpan deadline)
    {
        Threads = threads;
        _deadline = deadline;
        _turns = [.. Enumerable.Range(0, threads).Select(_ => new Turn(this))];
        _free = new Stack<Turn>(_turns);
        _watchdog = new Timer(_ => LookForStuck(), null, StrategyWatch.Interval, StrategyWatch.Interval);
    }

    public int Threads { get; }

    /// <summary>Waits for a turn of a group, in the order of the calls.</summary>
    /// <returns>The turn, which ends when it is disposed of.</returns>
    public ValueTask<Turn> TakeAsync(TurnLine line)
    {
        lock (_lines)
        {
            if (_free.TryPop(out var turn))
            {
                turn.Line = line;
                return new ValueTask<Turn>(turn);
            }
            var waiter = new TaskCompletionSource<Turn>(TaskCreationOptions.RunContinuationsAsynchronously);
            line.Waiting.Enqueue(waiter);
            if (line.Waiting.Count == 1) _lines.Enqueue(line);
            return new ValueTask<Turn>(waiter.Task);
        }
    }

    private void End(Turn turn)
    {
        turn.Watch.Leave();
        TaskCompletionSource<Turn> next;
        lock (_lines)
        {
            turn.Line = null;
            if (!_lines.TryDequeue(out var line))
            {
                _free.Push(turn);
                return;
            }
            turn.Line = line;
            next = line.Waiting.Dequeue();
            if (line.Waiting.Count > 0) _lines.Enqueue(line);
        }
        next.SetResult(turn);
    }

    private void LookForStuck()
    {
        foreach (var turn in _turns)
            if (turn.Watch.Look(_deadline) is { } strategy)
                turn.Line?.Stuck(new StuckStrategyException(strategy, "a block of bars", _deadline));
    }

    public void Dispose() => _watchdog.Dispose();

    /// <summary>The right to compute, until it is disposed of.</summary>
    public sealed class Turn(ComputeTurns owner) : IDisposable
    {
        /// <summary>The group whose strategy has the turn.</summary>
        internal TurnLine? Line { get; set; }

        /// <summary>Watches the strategy that computes.</summary>
        public StrategyWatch Watch { get; } = new();

        public void Dispose() => owner.End(this);
    }
}

/// <summary>The strategies of one group that wait for a turn.</summary>
/// <param name="stuck">Called when a strategy of the group keeps its turn for longer than the deadline.</param>
internal sealed class TurnLine(Action<StuckStrategyException> stuck)
{
    /// <summary>The waiters, guarded by the owner of the turns.</summary>
    public Queue<TaskCompletionSource<ComputeTurns.Turn>> Waiting { get; } = new();

    public void Stuck(StuckStrategyException fault) => stuck(fault);
}
