namespace Granary.Cluster.Grains.Compute;

/// <summary>
/// The silo's window of prepared blocks of one strategy group. Each strategy takes them by reference, in order and at its own pace. A block
/// is given back when the last strategy has processed it; while the window is full, the feed waits for the slowest one.
/// </summary>
/// <param name="strategies">Number of strategies that process the blocks.</param>
/// <param name="giveBack">Takes a block that no strategy reads any more; in the order of the blocks.</param>
internal sealed class PreparedBlocks(int strategies, Action<object> giveBack)
{
    // While strategies process two blocks, the next two are prepared. Each costs the memory of its bars and factors.
    private const int Room = 4;

    private readonly Lock _lock = new();
    private readonly List<Entry> _window = new(Room);
    private TaskCompletionSource _changed = New();
    private int _strategies = strategies;
    private long _first;
    private bool _hasEnded, _isClosed;

    private sealed class Entry(object block, int bars, int strategies)
    {
        public object Block => block;

        public int Bars => bars;

        /// <summary>Strategies that have not processed it.</summary>
        public int Left { get; set; } = strategies;
    }

    /// <summary>Bars times strategies so far.</summary>
    public long Evaluations { get; private set; }

    /// <summary>Number of bars that all strategies have processed.</summary>
    public long Bars { get; private set; }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits for the block with a number.</summary>
    /// <returns>false if the feed ends before it.</returns>
    /// <exception cref="OperationCanceledException">The window was closed.</exception>
    public async ValueTask<bool> WaitAsync(long number)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_isClosed) throw new OperationCanceledException();
                if (number < _first + _window.Count) return true;
                if (_hasEnded) return false;
                changed = _changed.Task;
            }
            await changed;
        }
    }

    /// <summary>Returns the block with a number, which the caller has not processed; null while it has not come, and after the close.</summary>
    public object? TryGet(long number)
    {
        lock (_lock) return !_isClosed && number < _first + _window.Count ? _window[(int)(number - _first)].Block : null;
    }

    /// <summary>Counts that a strategy has processed the block with a number.</summary>
    public void Processed(long number)
    {
        lock (_lock)
        {
            var entry = _window[(int)(number - _first)];
            entry.Left--;
            Evaluations += entry.Bars;
            Shift();
        }
    }

    /// <summary>Removes a strategy that processes no further block.</summary>
    /// <param name="next">Number of the first block that it has not processed.</param>
    public void Leave(long next)
    {
        lock (_lock)
        {
            _strategies--;
            foreach (var entry in _window.Skip((int)(next - _first))) entry.Left--;
            Shift();
        }
    }

    // Gives back the blocks that no strategy reads any more.
    private void Shift()
    {
        var wasFull = _window.Count == Room;
        while (_window is [{ Left: 0 } oldest, ..])
        {
            Bars += oldest.Bars;
            giveBack(oldest.Block);
            _window.RemoveAt(0);
            _first++;
        }
        if (wasFull && _window.Count < Room) Change();
    }

    /// <summary>Waits until the window has room for another block.</summary>
    /// <exception cref="OperationCanceledException">The window was closed.</exception>
    public async ValueTask RoomAsync()
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_isClosed) throw new OperationCanceledException();
                if (_window.Count < Room) return;
                changed = _changed.Task;
            }
            await changed;
        }
    }

    /// <summary>Adds the next block.</summary>
    public void Add(object block, int bars)
    {
        lock (_lock)
        {
            _window.Add(new Entry(block, bars, _strategies));
            Shift();
            Change();
        }
    }

    /// <summary>Ends the feed after the blocks that have come.</summary>
    public void End()
    {
        lock (_lock)
        {
            _hasEnded = true;
            Change();
        }
    }

    /// <summary>Ends all waits: no strategy processes another block.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            Change();
        }
    }

    private void Change()
    {
        var changed = _changed;
        _changed = New();
        changed.SetResult();
    }
}
