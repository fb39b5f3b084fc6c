using Granary.Application.Batches;
using Granary.Application.Catalogues;
using Granary.Cluster.Feeds;
using Granary.Cluster.Grains.Telemetry;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Storage.Addresses;
using Granary.Storage.Retries;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>Sources whose bars come from symbol feed grains, which read them once for all batches and sessions of the cluster.</summary>
/// <param name="catalogues">What the silo knows.</param>
public sealed class FeedSources(IGrainFactory grains, GranaryCatalogues catalogues, GrainSettings settings, StreamWindows windows,
    ClusterInstruments instruments)
{
    /// <summary>The source of a run or a session.</summary>
    /// <param name="group">The run or the session: the consumer group.</param>
    /// <param name="folder">Base of relative paths.</param>
    public IBarSource Open(string group, DataSpec data, string folder) => Open(group, data, folder, strategies: false);

    /// <summary>The source for the strategies of a silo, whose blocks come by the transport that the silo is set to.</summary>
    internal IBarSource OpenForStrategies(string group, DataSpec data, string folder) => Open(group, data, folder, strategies: true);

    private IBarSource Open(string group, DataSpec data, string folder, bool strategies) => BatchSources.Open(catalogues.Sources, data,
        folder, (source, options, place) => new Source(this, group, source, options, place, strategies));

    private sealed class Source(FeedSources owner, string group, string address, BarFileOptions options, string folder, bool strategies)
        : IBarSource
    {
        private readonly Address _address = Address.Parse(address).PlacedIn(folder);
        private FolderState? _files;

        // The address is checked here; the bars are read by the feed.
        private readonly IBarSource _own = owner.Catalogues.Sources.Open(address, options, folder);

        public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
            _own.ListSymbolsAsync(timeframe, cancellationToken);

        public async ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
        {
            if (_address.IsFolder) _files ??= new FolderState(_address.Rest);
            var bars = BarSet.Of(group, _address, _files, options, folder, query);
            var consumer = new FeedConsumer(Guid.NewGuid(), group, bars.ToText());
            var (key, feed) = owner.FeedOf(bars, query);
            FeedHeader header;
            try
            {
                header = await RetryPolicies.LostCall(Loss.Is).RunAsync(stop => feed.OpenAsync(consumer, stop),
                    cancellationToken);
            }
            catch (Exception e) when (Loss.Is(e))
            {
                throw new BarStoreException($"the feed of {query.Symbol} does not answer: {e.Message}", e);
            }
            if (header.Fault is { } fault) throw FeedFault.Of(fault, header.MayPass, header.Line);
            return new FeedSeries(owner, key, feed, consumer, header, query.Timeframe, strategies);
        }
    }

    private GranaryCatalogues Catalogues => catalogues;

    private (string Key, ISymbolFeedGrain Feed) FeedOf(BarSet bars, BarQuery query)
    {
        var key = bars.KeyOf(query).ToString();
        return (key, grains.GetGrain<ISymbolFeedGrain>(key));
    }

    /// <summary>Reads the blocks of a feed, each once and in order.</summary>
    internal IAsyncEnumerable<BarBlock> ReadAsync(string feed, FeedConsumer consumer, string hash, bool strategies,
        CancellationToken cancellationToken) =>
        strategies && settings.Blocks == BlockTransport.Stream
            ? windows.ReadAsync(feed, consumer, hash, cancellationToken)
            : new FeedReceiver(grains, feed, consumer, hash, settings.BlocksAhead, strategies ? instruments : null)
                .ReadAsync(cancellationToken);

    /// <summary>Number of bars in a block of a feed.</summary>
    internal int BlockSize => settings.BlockSize;
}
