using Granary.Application.Causality;
using Granary.Application.Json;
using Granary.Application.Simulation;
using Granary.Cluster.Feeds;
using Granary.Cluster.Grains.Plans;
using Granary.Cluster.Grains.Telemetry;
using Granary.Engine.Market;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Streams;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>Reads one feed of one run. It has no durable state: after a loss, the next call restarts it.</summary>
[PreferLocalPlacement]
[GrainType("symbolfeed")]
internal sealed class SymbolFeedGrain(RunPlans plans, SharedSources sources, GrainSettings settings, ILocalSiloDetails silo)
    : Grain, ISymbolFeedGrain
{
    private const int Room = 64;

    private IBarSeries? _series;
    private BlockWindow? _window;
    private FeedHeader? _header;
    private long _published;

    public async Task<FeedHeader> OpenAsync(string hash)
    {
        if (_header is { Fault: null } header) return header;
        var key = FeedKey.Parse(this.GetPrimaryKeyString());
        using var activity = ClusterInstruments.Traces.StartActivity("feed");
        activity?.SetTag("granary.run", key.Run).SetTag("granary.feed", $"{key.Symbol}:{key.Timeframe}");
        try
        {
            var spec = (await plans.GetAsync(key.Run)).Spec;
            var source = sources.Open(key.Run, spec.Data, spec.Folder);
            _series = await source.OpenAsync(new BarQuery(key.Symbol, spec.Data.Timeframe, spec.ReadFrom, spec.Data.To));
            if (_series.ContentHash != hash)
            {
                await _series.DisposeAsync();
                return _header = new FeedHeader(null,
                    $"the bars of {key.Symbol} that the silo {silo.SiloAddress.Endpoint} reads "
                        + $"from {spec.Data.Source} are not those that the run began with; give all silos the same data", MayPass: false);
            }
            _window = new BlockWindow(() => FeedBlocks.ReadAsync(SeriesChanges.Apply(_series, key.Changes), key.Timeframe,
                settings.BlockSize), Room);
            return _header = new FeedHeader(_series.Instrument, null, MayPass: false);
        }
        catch (Exception e) when (e is BarDataException or InputException)
        {
            return _header = new FeedHeader(null, $"on the silo {silo.SiloAddress.Endpoint}: {e.Message}", MayPass: false);
        }
        catch (Exception e) when (e is BarStoreException or IOException)
        {
            return _header = new FeedHeader(null, $"on the silo {silo.SiloAddress.Endpoint}: {e.Message}", MayPass: true);
        }
    }

    public async Task<BlockBatch> ReadAsync(BlockRequest request)
    {
        if ((await OpenAsync(request.Hash)).Fault is { } fault) return new BlockBatch(request.From, [], false, fault, _header!.MayPass);
        try
        {
            var (blocks, last) = await _window!.ReadAsync(request.Receiver, request.From, request.Most);
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

    public async Task<BlockBatch> PublishAsync(BlockRequest request)
    {
        // Receivers at the same position request the same blocks, which are published once. One that lags uses ReadAsync.
        if (request.From + request.Most <= _published) return new BlockBatch(request.From, [], false, null, false);
        var from = Math.Max(request.From, _published);
        var batch = await ReadAsync(request with { From = from, Most = (int)(request.From + request.Most - from) });
        var stream = this.GetStreamProvider(ClusterProviders.Blocks).GetStream<BlockMessage>(FeedStream.Of(this.GetPrimaryKeyString()));
        if (batch.Fault is not null)
        {
            // Takes the place of the unavailable block, so that receivers get the fault in order.
            await stream.OnNextAsync(new BlockMessage(from, null, false, batch.Fault, batch.MayPass));
            return batch;
        }
        for (var i = 0; i < batch.Blocks.Count; i++)
        {
            var last = batch.Last && i == batch.Blocks.Count - 1;
            await stream.OnNextAsync(new BlockMessage(from + i, batch.Blocks[i], last));
            _published = from + i + 1;
        }
        if (batch is { Last: true, Blocks.Count: 0 }) await stream.OnNextAsync(new BlockMessage(from, null, true));
        return batch with { Blocks = [] };
    }

    public Task CloseAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private async Task ShutAsync()
    {
        _header = null;
        if (_window is not null) await _window.DisposeAsync();
        if (_series is not null) await _series.DisposeAsync();
        (_window, _series) = (null, null);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await ShutAsync();
        await base.OnDeactivateAsync(reason, cancellationToken);
    }
}
