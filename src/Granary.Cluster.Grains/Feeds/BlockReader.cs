using Granary.Cluster.Feeds;
using Granary.Engine.Market;
using Granary.Storage.Retries;
using Polly;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>
/// A reader of a feed, which requests blocks by number. While the feed's silo does not answer, the bars are read on this silo, where they
/// are files: a silo that hangs is declared dead after seconds, and only then its feed is opened on another one.
/// </summary>
internal sealed class BlockReader : IAsyncDisposable
{
    /// <summary>How long a reader waits for an answer before it goes on without the feed.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(1);

    private static readonly ResiliencePipeline s_lostCall = RetryPolicies.LostCall(Loss.Is);
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(30);

    private readonly FeedSources _sources;
    private readonly ISymbolFeedGrain _feed;
    private readonly FeedConsumer _consumer;
    private readonly string _hash;
    private Task<BlockBatch>? _requested;
    private Task _reading = Task.CompletedTask;
    private LocalBlocks? _local;

    /// <param name="key">The feed's key.</param>
    /// <param name="hash">Hash of the bars that the run began with.</param>
    public BlockReader(FeedSources sources, IGrainFactory grains, string key, FeedConsumer consumer, string hash)
    {
        (_sources, _consumer, _hash, Key) = (sources, consumer with { Receiver = Guid.NewGuid() }, hash, key);
        _feed = grains.GetGrain<ISymbolFeedGrain>(key);
    }

    /// <summary>The bars as this silo reads them.</summary>
    private sealed record LocalBlocks(IBarSeries Series, BlockWindow Window) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Window.DisposeAsync();
            await Series.DisposeAsync();
        }
    }

    public string Key { get; }

    /// <summary>Requests blocks that go into the feed's stream.</summary>
    /// <returns>The blocks that do not go there; null if the call was lost.</returns>
    public async Task<BlockBatch?> PublishAsync(long from, int most, CancellationToken cancellationToken)
    {
        try
        {
            return await Timed.CallAsync(stop => _feed.PublishAsync(Request(from, most), stop), s_callTimeout, cancellationToken);
        }
        catch (Exception e) when (Loss.Is(e))
        {
            return null;
        }
    }

    /// <summary>Returns blocks from a number on: at least one, unless the feed ends there. One call at a time.</summary>
    /// <param name="isSilent">Whether another request has waited for <see cref="AnswerTimeout"/>, so that this one does not wait.</param>
    /// <exception cref="BarDataException">The bars are wrong.</exception>
    /// <exception cref="BarStoreException">The feed does not answer, or cannot read its source.</exception>
    public async Task<BlockBatch> ReadAsync(long from, int most, bool isSilent, CancellationToken cancellationToken)
    {
        var reading = AnswerAsync(from, most, isSilent ? TimeSpan.Zero : AnswerTimeout, cancellationToken);
        _reading = reading;
        var answer = await reading;
        return answer.Fault is { } fault ? throw FeedFault.Of(fault, answer.MayPass) : answer;
    }

    private async Task<BlockBatch> AnswerAsync(long from, int most, TimeSpan timeout, CancellationToken cancellationToken)
    {
        while (true)
        {
            var requested = _requested ??= RequestAsync(from, most, cancellationToken);
            if (_local is null && await Task.WhenAny(requested, Task.Delay(timeout, cancellationToken)) != requested
                && await _sources.OpenHereAsync(Key, _consumer, _hash, cancellationToken) is { } series)
                _local = new LocalBlocks(series, new BlockWindow(() => series.ReadAsync(_sources.BlockSize), room: 64));
            if (_local is { } local)
            {
                if (!requested.IsCompleted)
                {
                    var (blocks, last) = await local.Window.ReadAsync(_consumer.Receiver, from, most, cancellationToken);
                    return new BlockBatch(from, blocks, last, null, false);
                }
                await CloseAsync();
            }
            _requested = null;
            var answer = await requested;
            // The blocks of an earlier request were read here meanwhile: the feed answers again, and is asked for the next ones.
            if (answer.From == from || answer.Fault is not null) return answer;
        }
    }

    // The feed may be lost with its silo; the next call opens it on another one.
    private async Task<BlockBatch> RequestAsync(long from, int most, CancellationToken cancellationToken)
    {
        try
        {
            return await s_lostCall.RunAsync(
                stop => Timed.CallAsync(late => _feed.ReadAsync(Request(from, most), late), s_callTimeout, stop), cancellationToken);
        }
        catch (Exception e) when (Loss.Is(e))
        {
            throw new BarStoreException($"the feed {Key} does not answer: {e.Message}", e);
        }
    }

    private BlockRequest Request(long from, int most) => new(_consumer.Receiver, from, most, _hash, _consumer);

    private async ValueTask CloseAsync()
    {
        if (_local is { } local) await local.DisposeAsync();
        _local = null;
    }

    /// <summary>Leaves the feed, after what was requested last.</summary>
    public async ValueTask DisposeAsync()
    {
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await CloseAsync();
        await FeedSeries.LeaveAsync(_feed, _consumer.Receiver);
    }
}
