using Granary.Cluster.Feeds;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;
using Granary.Storage.Retries;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>Sources whose bars come from symbol feed grains, which read them once for all batches and sessions of the cluster.</summary>
/// <param name="catalogues">Catalogues of the silo, with its kinds of sources.</param>
internal sealed class FeedSources(IGrainFactory grains, GranaryCatalogues catalogues, GrainSettings settings, FeedWindows windows)
{
    private static readonly TimeSpan s_openTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The source of a run or a session.</summary>
    /// <param name="group">Id of the run or session, which is the consumer group.</param>
    public IBarSource Open(string group, DataSpec data) => BatchSources.Open(catalogues, data,
        own => new Source(this, group, own));

    private sealed class Source(FeedSources owner, string group, DataSpec data) : IBarSource
    {
        private readonly IReadOnlyList<AsofSet> _asof = [.. data.Asof.Select(AsofSet.Of)];
        private FolderState? _files;

        // The address is checked here; the bars are read by the feed.
        private readonly IBarSource _own = BatchSources.Further(
            owner.Catalogues.Sources.Open(data.Source, BatchSources.Options(data)), data);

        public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
            _own.ListSymbolsAsync(timeframe, cancellationToken);

        public IReadOnlyList<string> PassedOver => _own.PassedOver;

        public ValueTask<IReadOnlyList<string>> ListColumnsAsync(BarQuery query, CancellationToken cancellationToken = default) =>
            _own.ListColumnsAsync(query, cancellationToken);

        public async ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
        {
            if (data.Source.Path is { } path) _files ??= new FolderState(path, data.Source.Files);
            var bars = BarSet.Of(group, data, _files, query) with { Asof = _asof };
            var consumer = new FeedConsumer(owner.Windows.Ids.Next(), group, bars.ToText());
            var (key, feed) = owner.FeedOf(bars, query);
            FeedHeader header;
            try
            {
                // A lost call would wait for the response timeout, which is long. A repeated call waits for the opening of the first one.
                header = await owner.Windows.LostCalls.RunAsync(stop => TimedCall.CallAsync(late => feed.OpenAsync(consumer, late),
                    s_openTimeout, owner.Windows.Clock, stop), cancellationToken);
            }
            catch (Exception e) when (LostCall.Is(e))
            {
                throw new BarStoreException($"the feed of {query.Symbol} does not answer: {e.Message}", e);
            }
            if (header.Fault is { } fault) throw FeedFault.Of(fault, header.MayPass, header.Line);
            return new FeedSeries(owner, key, feed, consumer, header, query.Timeframe);
        }
    }

    private GranaryCatalogues Catalogues => catalogues;

    private (string Key, ISymbolFeedGrain Feed) FeedOf(BarSet bars, BarQuery query)
    {
        var key = bars.KeyOf(query).ToString();
        return (key, grains.GetGrain<ISymbolFeedGrain>(key));
    }

    /// <summary>The windows of this silo.</summary>
    internal FeedWindows Windows => windows;

    /// <summary>Number of bars in a block of a feed.</summary>
    internal int BlockSize => settings.BlockSize;
}
