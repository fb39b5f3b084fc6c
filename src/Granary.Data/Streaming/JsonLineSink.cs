using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Data.Streaming;

/// <summary>Publishes a feed as lines of JSON, one for each item, in the same form as Kafka messages.</summary>
/// <param name="output">The output stream, which is not closed.</param>
internal sealed class JsonLineSink(Stream output, Guid replay) : IFeedSink
{
    private readonly BarMessageCodec.Memory _memory = new();

    public async ValueTask PublishAsync(IReadOnlyList<MarketSeries> series, FeedItem item, CancellationToken cancellationToken = default)
    {
        var line = BarMessageCodec.ToJson(BarMessage.Of(replay, series, item), _memory);
        try
        {
            await output.WriteAsync(line, cancellationToken).ConfigureAwait(false);
            await output.WriteAsync("\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
            // The reader of a paced replay needs each line at once.
            if (item.Kind != FeedItemKind.Bars) await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new BarStoreException($"the output was closed before the replay was over ({e.Message})", e);
        }
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken = default) =>
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
