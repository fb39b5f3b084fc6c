using System.Runtime.CompilerServices;
using Granary.Application.Batches;
using Granary.Application.Catalogues;
using Granary.Application.Json;
using Granary.Cluster.Feeds;
using Granary.Cluster.Grains.Telemetry;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Storage.Addresses;
using Granary.Storage.Retries;
using Microsoft.Extensions.Logging;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>Sources whose bars come from symbol feed grains, which read them once for all batches and sessions of the cluster.</summary>
/// <param name="catalogues">What the silo knows.</param>
public sealed partial class FeedSources(IGrainFactory grains, GranaryCatalogues catalogues, GrainSettings settings, StreamWindows windows,
    ClusterInstruments instruments, ILogger<FeedSources> logger)
{
    /// <summary>The source of a run or a session.</summary>
    /// <param name="group">The run or the session: the consumer group.</param>
    public IBarSource Open(string group, DataSpec data) => Open(group, data, strategies: false);

    /// <summary>The source for the strategies of a silo, whose blocks come by the transport that the silo is set to.</summary>
    internal IBarSource OpenForStrategies(string group, DataSpec data) => Open(group, data, strategies: true);

    private IBarSource Open(string group, DataSpec data, bool strategies) => BatchSources.Open(catalogues.Sources, data,
        (source, options) => new Source(this, group, source, options, strategies));

    private sealed class Source(FeedSources owner, string group, Address address, BarFileOptions options, bool strategies)
        : IBarSource
    {
        private FolderState? _files;

        // The address is checked here; the bars are read by the feed.
        private readonly IBarSource _own = owner.Catalogues.Sources.Open(address, options);

        public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
            _own.ListSymbolsAsync(timeframe, cancellationToken);

        public IReadOnlyList<string> PassedOver => _own.PassedOver;

        public async ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
        {
            if (address.Path is { } path) _files ??= new FolderState(path);
            var bars = BarSet.Of(group, address, _files, options, query);
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
    internal async IAsyncEnumerable<BarBlock> ReadAsync(string feed, FeedConsumer consumer, string hash, bool strategies,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = new BlockReader(this, grains, feed, consumer, hash);
        try
        {
            var blocks = strategies && settings.Blocks == BlockTransport.Stream ? windows.ReadAsync(reader, cancellationToken)
                : new FeedReceiver(reader, settings.BlocksAhead, strategies ? instruments : null).ReadAsync(cancellationToken);
            await foreach (var block in blocks) yield return block;
        }
        finally
        {
            _ = reader.DisposeAsync();
        }
    }

    /// <summary>Opens a feed's bars on this silo, since the feed does not answer.</summary>
    /// <returns>null where the bars are no files, which every silo has, or not those of the hash.</returns>
    internal async Task<IBarSeries?> OpenHereAsync(string feed, FeedConsumer consumer, string hash, CancellationToken cancellationToken)
    {
        var bars = BarSet.Parse(consumer.BarSet);
        if (Address.Parse(bars.Source).Path is null) return null;
        try
        {
            var series = await bars.OpenAsync(catalogues.Sources, FeedKey.Parse(feed), cancellationToken);
            if (series.ContentHash == hash)
            {
                instruments.FeedDetours.Add(1, ClusterInstruments.KindOf("read"));
                ReadHere(logger, feed);
                return series;
            }
            await series.DisposeAsync();
        }
        catch (Exception e) when (e is BarDataException or BarStoreException or InputException or IOException)
        {
            // The feed has the same fault, and says it when it answers.
        }
        return null;
    }

    /// <summary>Number of bars in a block of a feed.</summary>
    internal int BlockSize => settings.BlockSize;

    [LoggerMessage(1, LogLevel.Warning, "The feed {Feed} does not answer: this silo reads its bars itself until it does")]
    private static partial void ReadHere(ILogger logger, string feed);
}
