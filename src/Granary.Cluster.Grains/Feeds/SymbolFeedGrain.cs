using Granary.Application.Catalogues;
using Granary.Application.Json;
using Granary.Cluster.Feeds;
using Granary.Cluster.Grains.Telemetry;
using Granary.Engine.Market;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Streams;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>Reads the bars of one symbol of a data set, for all who read the same.</summary>
[PreferLocalPlacement]
[GrainType("symbolfeed")]
internal sealed partial class SymbolFeedGrain(GranaryCatalogues catalogues, GrainSettings settings, FeedMemory memory, TimeProvider clock,
    ClusterInstruments instruments, ILocalSiloDetails silo, ILogger<SymbolFeedGrain> logger) : Grain, ISymbolFeedGrain
{
    private const int Room = 64;

    // A reader whose silo was lost does not leave.
    private static readonly TimeSpan s_forgotten = TimeSpan.FromMinutes(15);

    // A queue whose silo hangs takes nothing until that silo is declared dead: the answers have the blocks meanwhile.
    private static readonly TimeSpan s_queueTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_withoutStream = TimeSpan.FromSeconds(5);

    private readonly Dictionary<Guid, Consumer> _consumers = [];
    private IBarSeries? _series;
    private BlockWindow? _window;
    private FeedHeader? _header;
    private long _reserved;
    private long _published;
    private DateTimeOffset _streamAgain;

    /// <param name="Next">Number of the next block; null for a consumer that has not read.</param>
    /// <param name="JoinedAt">Number of blocks that were published before it asked for the stream; null before it has asked.</param>
    private sealed record Consumer(string Group, long? Next, long? JoinedAt, DateTimeOffset UsedAt);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(ForgetAsync, new GrainTimerCreationOptions(s_forgotten / 5, s_forgotten / 5));
        return base.OnActivateAsync(cancellationToken);
    }

    public async Task<FeedHeader> OpenAsync(FeedConsumer consumer, CancellationToken cancellationToken)
    {
        var header = await OpenedAsync(consumer);
        if (header.Fault is null) Use(consumer, c => c);
        return header;
    }

    private void Use(FeedConsumer consumer, Func<Consumer, Consumer> change) => _consumers[consumer.Receiver] =
        change(_consumers.GetValueOrDefault(consumer.Receiver) ?? new Consumer(consumer.Group, null, null, default)) with
        {
            UsedAt = clock.GetUtcNow(),
        };

    private async Task<FeedHeader> OpenedAsync(FeedConsumer consumer)
    {
        if (_header is { Fault: null } header) return header;
        var key = FeedKey.Parse(this.GetPrimaryKeyString());
        using var activity = ClusterInstruments.Traces.StartActivity("feed");
        activity?.SetTag("granary.run", consumer.Group).SetTag("granary.feed", $"{key.Symbol}:{key.Timeframe}");
        try
        {
            _series = await BarSet.Parse(consumer.BarSet).OpenAsync(catalogues.Sources, key, default);
            instruments.FeedOpenings.Add(1);
            var bytes = _series.Count * FeedMemory.BytesOfBar;
            _reserved = memory.TryReserve(bytes) ? bytes : 0;
            _window = new BlockWindow(Read, _reserved > 0 ? int.MaxValue : Room);
            // An instrument is complete when the first block is there.
            if (_series.Count > 0) await _window.ReadAsync(Guid.Empty, 0, 1, default);
            return _header = new FeedHeader(_series.Instrument, null, false, _series.Count, _series.ContentHash, [.. _series.Notes]);
        }
        catch (Exception e) when (e is BarDataException or InputException)
        {
            return await FaultAsync(e.Message, mayPass: false, (e as BarDataException)?.Line);
        }
        catch (Exception e) when (e is BarStoreException or IOException)
        {
            return await FaultAsync(e.Message, mayPass: true, null);
        }
    }

    private IAsyncEnumerable<BarBlock> Read()
    {
        instruments.FeedReadings.Add(1);
        return _series!.ReadAsync(settings.BlockSize);
    }

    // The next reader finds the source as it is then.
    private async Task<FeedHeader> FaultAsync(string fault, bool mayPass, long? line)
    {
        await ShutAsync();
        if (_consumers.Count == 0) DeactivateOnIdle();
        return new FeedHeader(null, fault, mayPass, Line: line);
    }

    public async Task<BlockBatch> ReadAsync(BlockRequest request, CancellationToken cancellationToken)
    {
        var consumer = request.Consumer;
        var header = await OpenedAsync(consumer);
        if (header.Fault is { } fault) return new BlockBatch(request.From, [], false, fault, header.MayPass);
        if (header.ContentHash != request.Hash)
            return new BlockBatch(request.From, [], false,
                $"the bars of {header.Instrument!.Symbol} that the silo {silo.SiloAddress.Endpoint} reads are not those that the run began "
                    + "with; give all silos the same data", MayPass: false);
        try
        {
            var (blocks, last) = await _window!.ReadAsync(request.Receiver, request.From, request.Most, cancellationToken);
            Use(consumer, c => c with { Next = request.From + blocks.Count });
            return new BlockBatch(request.From, blocks, last, null, false);
        }
        catch (BarDataException e)
        {
            return new BlockBatch(request.From, [], false, $"on the silo {silo.SiloAddress.Endpoint}: {e.Message}", MayPass: false);
        }
        catch (Exception e) when (e is BarStoreException or IOException)
        {
            // The opened source may be broken; the next call opens it again.
            await ShutAsync();
            return new BlockBatch(request.From, [], false, $"on the silo {silo.SiloAddress.Endpoint}: {e.Message}", MayPass: true);
        }
    }

    public async Task<BlockBatch> PublishAsync(BlockRequest request, CancellationToken cancellationToken)
    {
        if (request.Consumer is { } consumer)
        {
            // The answers have the first blocks of a receiver, which then need not wait for the stream; those that were published before it
            // came; and those that were published so long ago that its window had no room.
            var first = request.From + Math.Min(request.Most, settings.BlocksAhead);
            Use(consumer, c => c with { JoinedAt = c.JoinedAt ?? Math.Max(_published, first) });
            var missed = Math.Max(_consumers[consumer.Receiver].JoinedAt!.Value, _published - 2L * request.Most);
            if (request.From < missed)
            {
                return await ReadAsync(request with { Most = (int)Math.Min(request.Most, missed - request.From) }, cancellationToken);
            }
        }
        if (clock.GetUtcNow() < _streamAgain) return await ReadAsync(request, cancellationToken);
        // Receivers at the same position request the same blocks, which are published once.
        if (request.From + request.Most <= _published) return new BlockBatch(request.From, [], false, null, false);
        var from = Math.Max(request.From, _published);
        var batch = await ReadAsync(request with { From = from, Most = (int)(request.From + request.Most - from) }, cancellationToken);
        var stream = this.GetStreamProvider(ClusterProviders.Blocks).GetStream<BlockMessage>(FeedStream.Of(this.GetPrimaryKeyString()));
        if (batch.Fault is not null)
        {
            // Takes the place of the unavailable block, so that receivers get the fault in order.
            await SendAsync(stream, new BlockMessage(from, null, false, batch.Fault, batch.MayPass));
            return batch;
        }
        for (var i = 0; i < batch.Blocks.Count; i++)
        {
            var last = batch.Last && i == batch.Blocks.Count - 1;
            if (!await SendAsync(stream, new BlockMessage(from + i, batch.Blocks[i], last)))
                return batch with { From = from + i, Blocks = batch.Blocks.Skip(i).ToList() };
            _published = from + i + 1;
        }
        if (batch is { Last: true, Blocks.Count: 0 }) await SendAsync(stream, new BlockMessage(from, null, true));
        return batch with { Blocks = [] };
    }

    private async Task<bool> SendAsync(IAsyncStream<BlockMessage> stream, BlockMessage message)
    {
        var sending = stream.OnNextAsync(message);
        try
        {
            await sending.WaitAsync(s_queueTimeout, clock);
            return true;
        }
        catch (Exception e)
        {
            // It hangs, is lost with its silo, or is full.
            sending.Ignore();
            _streamAgain = clock.GetUtcNow() + s_withoutStream;
            instruments.FeedDetours.Add(1, ClusterInstruments.KindOf("queue"));
            NotTaken(logger, this.GetPrimaryKeyString(), s_withoutStream.TotalSeconds, e.Message);
            return false;
        }
    }

    public Task LeaveAsync(Guid receiver)
    {
        _consumers.Remove(receiver);
        if (_consumers.Count == 0) DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<FeedPosition>> PositionsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<FeedPosition>>([.. _consumers.Values.GroupBy(c => c.Group).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new FeedPosition(g.Key, g.Where(c => c.Next is not null).Select(c => c.Next!.Value).DefaultIfEmpty(0).Min()))]);

    private Task ForgetAsync()
    {
        var before = clock.GetUtcNow() - s_forgotten;
        foreach (var (receiver, _) in _consumers.Where(c => c.Value.UsedAt < before).ToList()) _consumers.Remove(receiver);
        if (_consumers.Count == 0) DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private async Task ShutAsync()
    {
        _header = null;
        if (_window is not null) await _window.DisposeAsync();
        if (_series is not null) await _series.DisposeAsync();
        memory.Release(_reserved);
        (_window, _series, _reserved) = (null, null, 0);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await ShutAsync();
        await base.OnDeactivateAsync(reason, cancellationToken);
    }

    [LoggerMessage(1, LogLevel.Warning,
        "The stream's queue took no block of the feed {Feed}, whose answers have the blocks for {Seconds:0} s: {Reason}")]
    private static partial void NotTaken(ILogger logger, string feed, double seconds, string reason);
}
