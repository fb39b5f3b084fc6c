using Granary.Cluster.Feeds;
using Granary.Cluster.Grains.Telemetry;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Telemetry;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Streams;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>Reads the bars of one symbol of a data set once for all batches and sessions that use them.</summary>
[PreferLocalPlacement]
[GrainType("symbolfeed")]
internal sealed partial class SymbolFeedGrain(GranaryCatalogues catalogues, GrainSettings settings, FeedMemory memory, TimeProvider clock,
    ClusterInstruments instruments, SiloProcess process, ILogger<SymbolFeedGrain> logger) : Grain, ISymbolFeedGrain
{
    private const int Room = 64;

    // A reader whose silo was lost does not leave; the feed removes it after this time without a request.
    private static readonly TimeSpan s_forgotten = TimeSpan.FromMinutes(15);

    // A queue on a silo that hangs accepts no block until that silo is declared dead. Meanwhile readers request the blocks.
    private static readonly TimeSpan s_queueTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_withoutStream = TimeSpan.FromSeconds(5);

    private readonly Dictionary<Guid, (string Group, DateTimeOffset UsedAt)> _consumers = [];
    private IBarSeries? _series;
    private SourceBlocks? _blocks;
    private FeedHeader? _header;
    private long _reserved;
    private long _published;
    private bool _isWhole, _isCounted;
    private DateTimeOffset _streamAgain;

    private SiloAddress Own => process.Silo.SiloAddress;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(ForgetAsync, new GrainTimerCreationOptions(s_forgotten / 5, s_forgotten / 5));
        return base.OnActivateAsync(cancellationToken);
    }

    public async Task<FeedHeader> OpenAsync(FeedConsumer consumer, CancellationToken cancellationToken)
    {
        var header = await OpenedAsync(consumer);
        if (header.Fault is null) Use(consumer);
        return header;
    }

    private void Use(FeedConsumer consumer) => _consumers[consumer.Receiver] = (consumer.Group, clock.GetUtcNow());

    private async Task<FeedHeader> OpenedAsync(FeedConsumer consumer)
    {
        if (_header is { Fault: null } header) return header;
        var key = FeedKey.Parse(this.GetPrimaryKeyString());
        using var activity = ClusterInstruments.Traces.StartActivity("feed");
        activity?.SetTag(GranaryInstruments.Run, consumer.Group).SetTag(GranaryInstruments.Feed, $"{key.Symbol}:{key.Timeframe}");
        try
        {
            _series = await BarSet.Parse(consumer.BarSet).OpenAsync(catalogues, key, default);
            instruments.FeedOpenings.Add(1);
            activity?.SetTag(GranaryInstruments.BarCount, _series.Count);
            var bytes = _series.Count * FeedMemory.BytesOfBar;
            _reserved = memory.TryReserve(bytes) ? bytes : 0;
            _blocks = new SourceBlocks(Read, _reserved > 0 ? int.MaxValue : Room);
            // An instrument is complete when the first block is there.
            if (_series.Count > 0) await _blocks.ReadAsync(Guid.Empty, 0, 1, default);
            return _header = new FeedHeader(_series.Instrument, null, false, _series.Count, _series.ContentHash, [.. _series.Notes],
                Columns: _series.Columns is { Count: > 0 } columns ? [.. columns] : null);
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
        BlockBatch Refused(string fault, bool mayPass) => new(request.From, [], false, fault, mayPass, _published, Own);
        var header = await OpenedAsync(request.Consumer);
        if (header.Fault is { } fault) return Refused(fault, header.MayPass);
        if (header.ContentHash != request.Hash)
            return Refused($"the bars of {header.Instrument!.Symbol} that the silo {Own.Endpoint} reads are not those that "
                + "the run began with; give all silos the same data", mayPass: false);
        CountLoss(request.Silo);
        try
        {
            Use(request.Consumer);
            var (blocks, last) = await _blocks!.ReadAsync(request.Consumer.Receiver, request.From, request.Most, cancellationToken);
            return new BlockBatch(request.From, blocks, last, null, false, _published, Own);
        }
        catch (BarDataException e)
        {
            return Refused($"on the silo {Own.Endpoint}: {e.Message}", mayPass: false);
        }
        catch (Exception e) when (e is BarStoreException or IOException)
        {
            // The opened source may be broken; the next call opens it again.
            await ShutAsync();
            return Refused($"on the silo {Own.Endpoint}: {e.Message}", mayPass: true);
        }
    }

    // The readers of a lost activation, on any silo, come to this one, which counts the loss once.
    private void CountLoss(SiloAddress? before)
    {
        if (_isCounted || before is null || before.Equals(Own) || process.HasDeparted(before)
            || !LostCall.IsOf(process.Membership.CurrentSnapshot.Members, before)) return;
        _isCounted = true;
        instruments.Recovered(LostWork.Feed);
    }

    public async Task<PublishedBlocks> PublishAsync(BlockRequest request, CancellationToken cancellationToken)
    {
        // Silos at the same position request the same blocks, which are published once.
        var from = Math.Max(request.From, _published);
        var most = (int)Math.Max(0, request.From + request.Most - from);
        PublishedBlocks Until(long end) => new(from, end, _isWhole);
        if (_isWhole || most == 0 || clock.GetUtcNow() < _streamAgain) return Until(from);
        // Readers that request the blocks get the fault.
        var batch = await ReadAsync(request with { From = from, Most = most }, cancellationToken);
        if (batch.Blocks.Count == 0) return Until(from);
        var stream = this.GetStreamProvider(ClusterProviders.Blocks).GetStream<BlockMessage>(FeedStream.Of(this.GetPrimaryKeyString()));
        var sending = Task.WhenAll(batch.Blocks.Select((block, i) =>
            stream.OnNextAsync(new BlockMessage(from + i, block, batch.Last && i == batch.Blocks.Count - 1))));
        (_published, _isWhole) = (from + batch.Blocks.Count, batch.Last);
        try
        {
            // Not with the caller's token: if a reader leaves, the queue may still be healthy.
            await sending.WaitAsync(s_queueTimeout, clock);
            return Until(_published);
        }
        catch (Exception e)
        {
            // The queue hangs, is lost with its silo, or is full.
            sending.Ignore();
            _streamAgain = clock.GetUtcNow() + s_withoutStream;
            instruments.FeedDetours.Add(1);
            NotTaken(logger, this.GetPrimaryKeyString(), s_withoutStream.TotalSeconds, e.Message);
            return Until(from);
        }
    }

    public Task LeaveAsync(Guid receiver)
    {
        _consumers.Remove(receiver);
        if (_consumers.Count == 0) DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<string>> GroupsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([.. _consumers.Values.Select(c => c.Group).Distinct().Order(StringComparer.Ordinal)]);

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
        if (_blocks is not null) await _blocks.DisposeAsync();
        if (_series is not null) await _series.DisposeAsync();
        memory.Release(_reserved);
        (_blocks, _series, _reserved) = (null, null, 0);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await ShutAsync();
        await base.OnDeactivateAsync(reason, cancellationToken);
    }

    [LoggerMessage(1, LogLevel.Warning,
        "The stream's queue took no block of the feed {Feed}, whose readers request the blocks for {Seconds:0} s: {Reason}")]
    private static partial void NotTaken(ILogger logger, string feed, double seconds, string reason);
}
