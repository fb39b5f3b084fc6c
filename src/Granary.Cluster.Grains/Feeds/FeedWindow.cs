using System.Runtime.ExceptionServices;
using Granary.Cluster.Feeds;
using Granary.Cluster.Grains.Telemetry;
using Granary.Engine.Market;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>
/// The newest blocks of a feed for its readers on this silo, each once in memory. They arrive on the feed's stream. The window requests
/// missing ones from the feed by number. The fastest reader decides how far the feed advances. A reader that falls behind the window
/// reads from another one.
/// </summary>
internal sealed class FeedWindow : IAsyncDisposable
{
    // The stream delivers a block within milliseconds, or not at all.
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
    // Number of readers that need a block next, by block number.
    private readonly Dictionary<long, int> _readers = [];
    // Block numbers. _first: first one in the window. _passed: first one that a reader has not processed. _front: next one of the fastest
    // reader. _end: first missing one. _seen: newest one of the stream. _last: number of blocks, if known.
    private long _first, _passed, _front, _end, _seen = -1, _last = long.MaxValue;
    // Whether the stream has not delivered a block in time, and when the window last looked after its subscription.
    private bool _isLate;
    private long _subscribedAt;
    private Exception? _fault;
    private TaskCompletionSource _arrived = New(), _moved = New();

    // Blocks that the feed has published on the stream.
    private PublishedBlocks _promised = s_none;

    /// <param name="silo">The windows of this silo.</param>
    /// <param name="feed">The feed's key.</param>
    /// <param name="consumer">The first reader.</param>
    /// <param name="hash">Hash of the bars that the run began with.</param>
    /// <param name="next">Number of the first block.</param>
    public FeedWindow(FeedWindows silo, string feed, FeedConsumer consumer, string hash, long next)
    {
        (_silo, _instruments) = (silo, silo.Instruments);
        _link = new FeedLink(silo, feed, consumer with { Receiver = silo.Ids.Next() }, hash, Take);
        (_start, _first, _passed, _front, _end) = (next, next, next, next, next);
        _filling = Task.Run(FillAsync);
    }

    // Maximum number of blocks in one request.
    private int Ahead => _silo.BlocksAhead;

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Maximum number of blocks that a reader may lag behind the fastest one.</summary>
    private int Room => 4 * Ahead;

    /// <summary>Adds a reader.</summary>
    /// <param name="next">Number of the block that the reader needs first.</param>
    /// <returns>false if the window does not have that block and will not get it.</returns>
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

    /// <summary>Removes a reader. The caller closes a window without readers.</summary>
    /// <param name="next">Number of the block that the reader needed next.</param>
    /// <returns>Whether no reader remains.</returns>
    public bool Leave(long next)
    {
        lock (_lock)
        {
            Move(next, -1);
            return _readers.Count == 0;
        }
    }

    /// <summary>Returns a block; null after the last one, or if the window has dropped it (<see cref="IsBehind"/>).</summary>
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

    /// <summary>Records that a reader has processed a block and needs the next one.</summary>
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
            _instruments.FeedLag.Record(_silo.Clock.GetElapsedTime(_blocks[_passed].Since).TotalSeconds);
        }
        // Keep the first blocks at the start, for readers that begin a little later.
        if (_front > _start + Room)
            for (; _first < _passed; _first++)
                if (_blocks.Remove(_first, out var passed)) _instruments.WindowSize.Add(-SizeOf(passed.Block));
    }

    // Takes a block of the stream, which can arrive twice, too early or not at all.
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
        if (number < _end || _closing.IsCancellationRequested || !_blocks.TryAdd(number, (block, _silo.Clock.GetTimestamp()))) return;
        _instruments.BlocksInFlight.Add(1);
        _instruments.WindowSize.Add(SizeOf(block));
        if (isLast) _last = number + 1;
        while (_blocks.ContainsKey(_end)) _end++;
    }

    // The time and five columns of every block, and its further ones, 8 bytes each.
    private static long SizeOf(BarBlock block) => 8L * block.Count * (6 + (block.Further?.Count ?? 0));

    private void Arrived()
    {
        _arrived.TrySetResult();
        _arrived = New();
    }

    private async Task FillAsync()
    {
        // These calls serve several batches and sessions, several times a second: they belong to no single trace.
        using var untraced = new Untraced();
        try
        {
            // Request few blocks first, so that processing starts before many blocks have crossed the network.
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
                // Do not subscribe on the feed's own silo, which passes blocks by reference, or if the stream is too far ahead.
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

    // Waits until more blocks are needed; false after the last block.
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

    // Makes the feed publish the next blocks and waits for the first missing one; false if the stream does not deliver it.
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
            bool isLate;
            lock (_lock)
            {
                if (_end > number) return true;
                // Blocks arrive in order: one before the newest was lost, or there was no room for it.
                if (_seen > number) return false;
                (arrived, isLate) = (_arrived.Task, _isLate);
            }
            if (isLate)
            {
                if (_silo.Clock.GetElapsedTime(_subscribedAt) > s_blockTimeout) Subscribe();
                return false;
            }
            try
            {
                await arrived.WaitAsync(s_blockTimeout, _silo.Clock, _closing.Token);
            }
            catch (TimeoutException)
            {
                // The subscription may be lost. Do not wait for the stream until it delivers a block beyond those in the window, but look
                // after the subscription meanwhile: it may be lost later.
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
            // Request up to the first block that the window has, or that the stream delivers.
            var known = _blocks.Keys.Where(n => n > from).Append(_promised.From > from ? _promised.From : long.MaxValue).Min();
            most = (int)Math.Min(most, known - from);
        }
        return _link.ReadAsync(from, most, _closing.Token);
    }

    private void Subscribe()
    {
        _link.Subscribe();
        _promised = s_none;
        _subscribedAt = _silo.Clock.GetTimestamp();
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
            _instruments.WindowSize.Add(-_blocks.Values.Sum(b => SizeOf(b.Block)));
            _blocks.Clear();
        }
        await _link.DisposeAsync();
    }
}
