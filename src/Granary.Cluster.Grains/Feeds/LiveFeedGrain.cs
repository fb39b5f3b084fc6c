using System.Threading.Channels;
using Granary.Cluster.Feeds;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Trading.Live;
using Microsoft.Extensions.Hosting;
using Orleans.Placement;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>Reads a live session's feed ahead of it by a bounded number of items.</summary>
[PreferLocalPlacement]
[GrainType("livefeed")]
internal sealed class LiveFeedGrain(GranaryCatalogues catalogues, FeedSources sources, TimeProvider clock, ILocalSiloDetails silo,
    IHostApplicationLifetime life) : Grain, ILiveFeedGrain
{
    private const int Ahead = 512, MostItems = 256;
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(1);

    private ILiveFeed? _feed;
    private Channel<FeedItem>? _items;
    private Task? _reading;
    private Task<bool>? _waiting;
    private CancellationTokenSource? _stop;
    private long _epoch;

    public async Task<LiveFeedHeader> OpenAsync(long epoch, SessionStart start, long? from, long? to)
    {
        if (epoch < _epoch) return Header($"epoch {epoch} of the session is over", mayPass: false);
        await ShutAsync();
        _epoch = epoch;
        try
        {
            var data = new ProductionReader(catalogues).Read(start.File, start.Text, start.Folder).Spec.Data;
            var feed = await LocalEnvironment.OpenFeedAsync(start, catalogues, data,
                [.. data.Symbols.Select(s => new BarQuery(s, data.Timeframe, from, to))], clock, life.ApplicationStopping,
                spec => sources.Open(this.GetPrimaryKeyString(), spec));
            var stop = CancellationTokenSource.CreateLinkedTokenSource(life.ApplicationStopping);
            var items = Channel.CreateBounded<FeedItem>(Ahead);
            (_feed, _stop, _items) = (feed, stop, items);
            _reading = Task.Run(() => ReadAsync(feed, items.Writer, stop.Token), CancellationToken.None);
            return new LiveFeedHeader([.. feed.Series.Select(s => s.Instrument)], [.. feed.Series.Select(s => s.Timeframe.ToString())],
                [.. feed.Notes], null, false);
        }
        catch (Exception e) when (e is BarDataException or InputException)
        {
            return Header(e.Message, mayPass: false);
        }
        catch (Exception e) when (e is BarStoreException or IOException)
        {
            return Header(e.Message, mayPass: true);
        }
    }

    private LiveFeedHeader Header(string fault, bool mayPass) =>
        new([], [], [], $"on the silo {silo.SiloAddress.Endpoint}: {fault}", mayPass);

    private static async Task ReadAsync(ILiveFeed feed, ChannelWriter<FeedItem> items, CancellationToken stop)
    {
        try
        {
            await foreach (var item in feed.ReadAsync(stop)) await items.WriteAsync(item, stop);
            items.Complete();
        }
        catch (Exception e)
        {
            items.Complete(e);
        }
    }

    public async Task<LiveFeedItems> ReadAsync(long epoch)
    {
        if (epoch != _epoch || _items is not { } items) return new LiveFeedItems([], [], "the feed is not open any more", MayPass: true);
        var found = new List<LiveFeedItem>();
        try
        {
            // One waiter, however long the market is silent.
            var waiting = _waiting ??= items.Reader.WaitToReadAsync().AsTask();
            if (!waiting.IsCompleted && await Task.WhenAny(waiting, Task.Delay(Quick)) != waiting)
                return new LiveFeedItems([], [.. _feed!.Notes], null, false);
            _waiting = null;
            await waiting;
            var bars = 0;
            while (found.Count < MostItems && bars < IBarSeries.DefaultBlockSize && items.Reader.TryRead(out var item))
            {
                found.Add(new LiveFeedItem((int)item.Kind, item.Series, item.Bars, item.Time));
                bars += item.Bars?.Count ?? 0;
            }
            return new LiveFeedItems([.. found], [.. _feed!.Notes], null, false);
        }
        catch (BarDataException e)
        {
            return new LiveFeedItems([], [], e.Message, MayPass: false);
        }
        catch (Exception e) when (e is BarStoreException or IOException or OperationCanceledException)
        {
            return new LiveFeedItems([], [], e.Message, MayPass: true);
        }
    }

    public async Task CloseAsync(long epoch)
    {
        if (epoch < _epoch) return;
        await ShutAsync();
        DeactivateOnIdle();
    }

    private async Task ShutAsync()
    {
        var (feed, reading, stop) = (_feed, _reading, _stop);
        (_feed, _reading, _stop, _items, _waiting) = (null, null, null, null, null);
        if (stop is not null) await stop.CancelAsync();
        if (reading is not null) await reading;
        if (feed is not null) await feed.DisposeAsync();
        stop?.Dispose();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await ShutAsync();
        await base.OnDeactivateAsync(reason, cancellationToken);
    }
}
