using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Granary.Cluster.Feeds;
using Granary.Cluster.Grains.Telemetry;
using Granary.Engine.Market;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>
/// The newest blocks of a feed for its readers on this silo, each once in memory. They come from the feed's stream; those that the stream
/// does not bring are requested from the feed by number. The fastest reader decides how far the feed goes on. A reader that is further
/// behind it than the window holds finds its blocks in another window.
/// </summary>
internal sealed class FeedWindow : IAsyncDisposable
{
    // A block that is on the stream comes within milliseconds, or not at all.
    private static readonly TimeSpan s_blockTimeout = TimeSpan.FromMilliseconds(300);
    private static readonly PublishedBlocks s_none = new(long.MaxValue, 0, false);

    private readonly Lock _lock = new();
    private readonly FeedWindows _silo;
    private readonly FeedLink _link;
    private readonly long _start;
    private readonly ClusterInstruments _instruments;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _filling;

    private readonly Dictionary<long, (BarBlock Block, long Since)> _blocks = [];
    // How many readers want a block next.
    private readonly Dictionary<long, int> _readers = [];
    // Numbers of the first block here, the first one that a reader has yet to process, the one that the fastest reader wants, the first
    // one that is not here, and the newest one of the stream; number of blocks, where it is known.
    private long _first, _passed, _front, _end, _seen = -1, _last = long.MaxValue;
    private bool _isLate;
    private Exception? _fault;
    private TaskCompletionSource _arrived = New(), _moved = New();

    // These blocks come on the stream.
    private PublishedBlocks _promised = s_none;

    /// <param name="silo">The windows of this silo.</param>
    /// <param name="feed">The feed's key.</param>
    /// <param name="consumer">The first reader.</param>
    /// <param name="hash">Hash of the bars that the run began with.</param>
    /// <param name="next">Number of the first block.</param>
    public FeedWindow(FeedWindows silo, string feed, FeedConsumer consumer, string hash, long next)
    {
        (_silo, _instruments) = (silo, silo.Instruments);
        _link = new FeedLink(silo.Cluster, feed, consumer with { Receiver = Guid.NewGuid() }, hash, Take);
        (_start, _first, _passed, _front, _end) = (next, next, next, next, next);
        _filling = Task.Run(FillAsync);
    }

    // Blocks that are requested at a time.
    private int Ahead => _silo.BlocksAhead;

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Most blocks between a reader and the fastest one.</summary>
    private int Room => 4 * Ahead;

    /// <summary>Adds a reader.</summary>
    /// <param name="next">Number of the block that it wants.</param>
    /// <returns>false if that block is not here and will not come.</returns>
    public bool TryJoin(long next)
    {
        lock (_lock)
        {
            if (next < _first || next > _end || _fault is not null) return false;
            Move(next, 1);
            _front = Math.Max(_front, next);
            return true;
        }
    }

    /// <summary>Removes a reader; without readers the window is to be closed.</summary>
    /// <param name="next">Number of the block that it wanted.</param>
    /// <returns>Whether it was the last one.</returns>
    public bool Leave(long next)
    {
        lock (_lock)
        {
            Move(next, -1);
            return _readers.Count == 0;
        }
    }

    /// <summary>Returns a block; null behind the end, and where the window has moved on (<see cref="IsBehind"/>).</summary>
    /// <exception cref="BarDataException">The bars are wrong.</exception>
    /// <exception cref="BarStoreException">The feed does not answer, or cannot read its source.</exception>
    public async ValueTask<BarBlock?> GetAsync(long number, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task arrived;
            lock (_lock)
            {
                if (number < _first || number == _last) return null;
                if (_blocks.TryGetValue(number, out var here)) return here.Block;
                if (_fault is { } fault) ExceptionDispatchInfo.Throw(fault);
                arrived = _arrived.Task;
            }
            await arrived.WaitAsync(cancellationToken);
        }
    }

    public bool IsBehind(long number)
    {
        lock (_lock) return number < _first;
    }

    /// <summary>A reader has processed a block, and wants the next one.</summary>
    public void Pass(long number)
    {
        lock (_lock)
        {
            Move(number, -1);
            Move(number + 1, 1);
            if (number + 1 > _front)
            {
                _front = number + 1;
                _moved.TrySetResult();
            }
            Drop();
        }
    }

    private void Move(long number, int readers)
    {
        var now = _readers.GetValueOrDefault(number) + readers;
        if (now == 0) _readers.Remove(number);
        else _readers[number] = now;
    }

    private void Drop()
    {
        for (; _passed < _front && (!_readers.ContainsKey(_passed) || _passed < _front - Room); _passed++)
        {
            _instruments.BlocksInFlight.Add(-1);
            _instruments.FeedLag.Record(Stopwatch.GetElapsedTime(_blocks[_passed].Since).TotalSeconds);
        }
        // Readers that begin a little later find the first blocks here.
        if (_front > _start + Room)
            for (; _first < _passed; _first++) _blocks.Remove(_first);
    }

    // A block of the stream, where it can arrive twice, too early or not at all.
    private void Take(BlockMessage message)
    {
        lock (_lock)
        {
            _seen = Math.Max(_seen, message.Number);
            if (message.Number >= _end) _isLate = false;
            if (message.Number < _front + Room) Add(message.Number, message.Block, message.Last);
            Arrived();
        }
    }

    private void Add(long number, BarBlock block, bool isLast)
    {
        if (number < _end || _closing.IsCancellationRequested || !_blocks.TryAdd(number, (block, Stopwatch.GetTimestamp()))) return;
        _instruments.BlocksInFlight.Add(1);
        if (isLast) _last = number + 1;
        while (_blocks.ContainsKey(_end)) _end++;
    }

    private void Arrived()
    {
        _arrived.TrySetResult();
        _arrived = New();
    }

    private async Task FillAsync()
    {
        // Calls for several batches and sessions, some each second.
        using var untraced = new Untraced();
        try
        {
            // A few at first, so that processing starts before many blocks have crossed the network.
            for (var most = 1; await WantsAsync();)
            {
                if (_link.IsSubscribed && await StreamedAsync()) continue;
                var batch = await RequestedAsync(most);
                most = Math.Min(Ahead, 4 * most);
                if (batch.Fault is { } fault) throw FeedFault.Of(fault, batch.MayPass);
                lock (_lock)
                {
                    for (var i = 0; i < batch.Blocks.Count; i++)
                        Add(batch.From + i, batch.Blocks[i], batch.Last && i == batch.Blocks.Count - 1);
                    if (batch is { Last: true, Blocks.Count: 0 }) _last = batch.From;
                    Arrived();
                }
                // On the feed's own silo the answers have the very blocks. A stream that is far ahead has none that are wanted here.
                if (!_link.IsSubscribed && most == Ahead && !batch.Last && !batch.Silo.Equals(_silo.Address)
                    && batch.Published < _end + Room) Subscribe();
            }
        }
        catch (Exception e) when (!_closing.IsCancellationRequested)
        {
            lock (_lock)
            {
                _fault = e;
                Arrived();
            }
        }
    }

    // Whether more blocks are needed, when they are; false behind the end.
    private async Task<bool> WantsAsync()
    {
        while (true)
        {
            Task moved;
            lock (_lock)
            {
                if (_end == _last) return false;
                if (_end < _front + (_link.IsSubscribed ? 2 * Ahead : Ahead)) return true;
                if (_moved.Task.IsCompleted) _moved = New();
                moved = _moved.Task;
            }
            await moved.WaitAsync(_closing.Token);
        }
    }

    // Has the feed publish the next blocks, and waits for the first one that is missing; false if it does not come on the stream.
    private async Task<bool> StreamedAsync()
    {
        long end, front;
        lock (_lock) (end, front) = (_end, _front);
        if (!_promised.Last && _promised.End < front + 2 * Ahead)
        {
            var from = Math.Max(end, _promised.End);
            if (await _link.PublishAsync(from, (int)(front + 3 * Ahead - from), _closing.Token) is { } more)
                _promised = more with { From = Math.Min(_promised.From, more.From) };
        }
        return end >= _promised.From && end < _promised.End && await ArrivesAsync(end);
    }

    private async Task<bool> ArrivesAsync(long number)
    {
        while (true)
        {
            Task arrived;
            lock (_lock)
            {
                if (_end > number) return true;
                // Blocks arrive in order: one before the newest was lost, or there was no room for it.
                if (_seen > number || _isLate) return false;
                arrived = _arrived.Task;
            }
            try
            {
                await arrived.WaitAsync(s_blockTimeout, _closing.Token);
            }
            catch (TimeoutException)
            {
                // Until the stream is ahead again, nothing is waited for. The subscription may have been lost.
                lock (_lock) _isLate = true;
                Subscribe();
                return false;
            }
        }
    }

    private Task<BlockBatch> RequestedAsync(int most)
    {
        long from;
        lock (_lock)
        {
            from = _end;
            // Up to the first block that is here, or comes on the stream.
            var known = _blocks.Keys.Where(n => n > from).Append(_promised.From > from ? _promised.From : long.MaxValue).Min();
            most = (int)Math.Min(most, known - from);
        }
        return _link.ReadAsync(from, most, _closing.Token);
    }

    private void Subscribe()
    {
        _link.Subscribe();
        _promised = s_none;
    }

    /// <summary>Leaves the feed and its stream.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _filling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
        lock (_lock)
        {
            _instruments.BlocksInFlight.Add(-_blocks.Keys.Count(n => n >= _passed));
            _blocks.Clear();
        }
        await _link.DisposeAsync();
    }
}
