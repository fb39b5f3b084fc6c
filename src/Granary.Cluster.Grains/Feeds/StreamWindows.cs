using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Granary.Cluster.Feeds;
using Granary.Cluster.Grains.Telemetry;
using Granary.Engine.Market;
using Orleans.Runtime;
using Orleans.Storage;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>
/// Blocks that this silo has received from the streams of its feeds and not processed. A window is bounded: blocks that arrive too early
/// are dropped and requested later, as are missing ones. Duplicates are dropped.
/// </summary>
public sealed class StreamWindows
{
    private static readonly TimeSpan BlockTimeout = TimeSpan.FromMilliseconds(300);

    private readonly IGrainFactory _grains;
    private readonly GrainSettings _settings;
    private readonly ILocalSiloDetails _silo;
    private readonly ClusterInstruments _instruments;
    private readonly ConcurrentDictionary<string, List<Window>> _windows = new(StringComparer.Ordinal);

    internal StreamWindows(IGrainFactory grains, GrainSettings settings, ILocalSiloDetails silo, ClusterInstruments instruments) =>
        (_grains, _settings, _silo, _instruments) = (grains, settings, silo, instruments);

    internal sealed class Window(int room, BlockFlow flow)
    {
        private readonly Dictionary<long, BlockMessage> _blocks = [];
        private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _next;
        private long _latest = -1;

        /// <summary>Number of waiting blocks.</summary>
        public int Count
        {
            get
            {
                lock (_blocks) return _blocks.Count;
            }
        }

        public void Take(BlockMessage message)
        {
            lock (_blocks)
            {
                if (message.Number < _next) return;
                _latest = Math.Max(_latest, message.Number);
                _news.TrySetResult();
                if (message.Number < _next + room && _blocks.TryAdd(message.Number, message) && message.Block is not null)
                    flow.Arrived(message.Number);
            }
        }

        /// <summary>
        /// Returns the block with a number; null after a timeout, and at once where a later one has arrived: blocks arrive in order, so
        /// that this one was dropped or lost.
        /// </summary>
        public async ValueTask<BlockMessage?> GetAsync(long number, TimeSpan timeout, CancellationToken cancellationToken)
        {
            Task news;
            lock (_blocks)
            {
                _next = number;
                if (Handed(number) is { } here) return here;
                if (_latest > number) return null;
                _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
                news = _news.Task;
            }
            try
            {
                await news.WaitAsync(timeout, cancellationToken);
            }
            catch (TimeoutException)
            {
                return null;
            }
            lock (_blocks) return Handed(number);
        }

        // A block that was returned before is a duplicate.
        private BlockMessage? Handed(long number)
        {
            if (!_blocks.Remove(number, out var here)) return null;
            _next = number + 1;
            return here;
        }

        /// <summary>Returns whether the block with a number is not here although a later one has arrived.</summary>
        public bool HasDropped(long number)
        {
            lock (_blocks) return _latest > number && !_blocks.ContainsKey(number);
        }

        /// <summary>Drops the blocks before a number, also those that arrive later: the reader has received them in another way.</summary>
        public void SkipTo(long number)
        {
            lock (_blocks)
            {
                foreach (var before in _blocks.Keys.Where(n => n < number).ToArray()) _blocks.Remove(before);
                _next = Math.Max(_next, number);
            }
        }
    }

    internal void Take(string feed, BlockMessage message)
    {
        if (!_windows.TryGetValue(feed, out var windows)) return;
        lock (windows)
            foreach (var window in windows)
                window.Take(message);
    }

    /// <summary>Reads a feed's blocks, each once and in order.</summary>
    internal async IAsyncEnumerable<BarBlock> ReadAsync(BlockReader reader, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var feed = reader.Key;
        using var flow = new BlockFlow(_instruments);
        var window = new Window(8 * _settings.BlocksAhead, flow);
        var windows = _windows.GetOrAdd(feed, _ => []);
        lock (windows) windows.Add(window);
        try
        {
            // After the loss of a silo this may take seconds; until then blocks are requested.
            var subscribing = SubscribeAsync(feed, cancellationToken);
            await Task.WhenAny(subscribing, Task.Delay(BlockTimeout, cancellationToken));
            await foreach (var (number, block) in BlocksAsync(reader, window, flow, subscribing, cancellationToken))
            {
                yield return block;
                flow.Processed(number);
            }
        }
        finally
        {
            bool idle;
            lock (windows)
            {
                windows.Remove(window);
                idle = windows.Count == 0;
            }
            if (idle) _ = LeaveAsync(feed);
        }
    }

    private async IAsyncEnumerable<(long Number, BarBlock Block)> BlocksAsync(BlockReader reader, Window window, BlockFlow flow,
        Task subscribing, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var most = _settings.BlocksAhead;
        long next = 0, asked = 0;
        var publishing = Task.FromResult<BlockBatch?>(null);
        var timeout = BlockTimeout;
        while (true)
        {
            // An answer has blocks of the past, or those that the stream did not take; the next request continues behind them.
            if (publishing is { IsCompletedSuccessfully: true, Result: { Blocks.Count: > 0 } past })
                asked = Math.Min(asked, past.From + past.Blocks.Count);
            // Requests the next blocks while earlier ones are processed.
            if (next + 2 * most > asked && publishing.IsCompleted)
            {
                var from = Math.Max(next, asked);
                asked = next + 3 * most;
                publishing = PublishAsync(reader, from, (int)(asked - from), window, cancellationToken);
            }
            var message = await window.GetAsync(next, timeout, cancellationToken);
            var isSilent = message is null && !publishing.IsCompleted && timeout > TimeSpan.Zero;
            if (isSilent && await Task.WhenAny(publishing, Task.Delay(BlockReader.AnswerTimeout, cancellationToken)) == publishing)
                continue;
            if (message is not null)
            {
                timeout = BlockTimeout;
                if (message.Fault is { } inTheStream) throw FeedFault.Of(inTheStream, message.MayPass);
                if (message.Block is { } block) yield return (message.Number, block);
                if (message.Last) yield break;
                next++;
                continue;
            }
            if (publishing.IsCompletedSuccessfully && publishing.Result is { Fault: { } refused } end)
                throw FeedFault.Of(refused, end.MayPass);
            // The block was lost with a silo, arrived before this window existed, was dropped, or is late: request it, and those behind it
            // without another wait until the stream is ahead again. A queue that hangs with its silo would cost a wait for every request.
            timeout = TimeSpan.Zero;
            await foreach (var requested in RequestedAsync(reader, next, most, isSilent, window, cancellationToken))
            {
                if (requested.Block is { } block)
                {
                    flow.Arrived(requested.Number);
                    yield return (requested.Number, block);
                }
                if (requested.Last) yield break;
                next = requested.Number + 1;
            }
            // The subscription may have been lost with the silo that stored it.
            if (subscribing.IsCompleted) subscribing = SubscribeAsync(reader.Key, cancellationToken);
        }
    }

    // Blocks that the reader requests, until the window has not dropped the next one. A batch is requested while the one before is
    // processed.
    private static async IAsyncEnumerable<BlockMessage> RequestedAsync(BlockReader reader, long next, int most, bool isSilent,
        Window window, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var coming = reader.ReadAsync(next, most, isSilent, cancellationToken);
        while (true)
        {
            var batch = await coming;
            var end = next + batch.Blocks.Count;
            window.SkipTo(end);
            var isBehind = !batch.Last && window.HasDropped(end);
            if (isBehind) coming = reader.ReadAsync(end, most, isSilent: false, cancellationToken);
            for (; next < end; next++)
                yield return new BlockMessage(next, batch.Blocks[(int)(next - batch.From)], batch.Last && next == end - 1);
            if (batch is { Last: true, Blocks.Count: 0 }) yield return new BlockMessage(next, null, true);
            if (!isBehind) yield break;
        }
    }

    private IFeedReceiverGrain Receiver(string feed) =>
        _grains.GetGrain<IFeedReceiverGrain>($"{feed}|{_silo.SiloAddress.ToParsableString()}");

    private async Task SubscribeAsync(string feed, CancellationToken cancellationToken)
    {
        try
        {
            await Receiver(feed).SubscribeAsync().WaitAsync(cancellationToken);
        }
        catch (Exception e) when (Loss.Is(e) || e is InconsistentStateException or OperationCanceledException)
        {
            // Without a subscription blocks are requested, and each request tries again.
        }
    }

    private async Task LeaveAsync(string feed)
    {
        try
        {
            await Receiver(feed).UnsubscribeAsync();
        }
        catch (Exception e) when (Loss.Is(e) || e is InconsistentStateException)
        {
            // The silo with the subscriptions is being replaced; a subscription without a window drops its blocks.
        }
    }

    private static async Task<BlockBatch?> PublishAsync(BlockReader reader, long from, int most, Window window,
        CancellationToken cancellationToken)
    {
        var answer = await reader.PublishAsync(from, most, cancellationToken);
        // Blocks that the stream had before this reader came.
        for (var i = 0; i < answer?.Blocks.Count; i++)
            window.Take(new BlockMessage(answer.From + i, answer.Blocks[i], answer.Last && i == answer.Blocks.Count - 1));
        return answer;
    }
}
