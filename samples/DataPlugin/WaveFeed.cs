using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace SampleDataPlugin;

/// <summary>
/// A live feed that makes its bars: a wave around 100. <c>wave:500</c> is 500 bars of each market that a session wants, the first one at
/// the start of the session's clock. A real feed reads a socket instead.
/// </summary>
[LiveFeed("wave")]
public sealed class WaveFeed : ILiveFeedFactory
{
    private const string Scheme = "wave:";

    public Task<ILiveFeed> OpenAsync(LiveFeedRequest request, CancellationToken cancellationToken = default) =>
        int.TryParse(request.Address[Scheme.Length..], out var count) && count > 0
            ? Task.FromResult<ILiveFeed>(new Feed(request.Markets, count, request.Clock.GetUtcNow().UtcTicks))
            : throw new BarDataException($"--feed {request.Address}: the number of bars is missing; write wave:500");

    private sealed class Feed(IReadOnlyList<BarQuery> markets, int count, long start) : ILiveFeed
    {
        public IReadOnlyList<MarketSeries> Series { get; } =
            [.. markets.Select(m => new MarketSeries(new Instrument { Symbol = m.Symbol, PriceDecimals = 2 }, m.Timeframe))];

        public IReadOnlyList<string> Notes => [];

        // In order of closes, then of markets; a heartbeat says that a time is complete.
        public async IAsyncEnumerable<FeedItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            var length = markets[0].Timeframe.Ticks;
            var first = start - start % length;
            for (var n = 0; n < count; n++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var time = first + n * length;
                for (var series = 0; series < Series.Count; series++)
                    yield return FeedItem.Of(series, BarBlock.FromBars(n, [BarAt(time, n + 7 * series)]), time + length);
                yield return FeedItem.Heartbeat(time + length);
            }
            yield return FeedItem.End(first + count * length);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private static Bar BarAt(long time, int n)
        {
            var (open, close) = (PriceAt(n), PriceAt(n + 1));
            return new Bar(time, open, Math.Max(open, close) + 0.1, Math.Min(open, close) - 0.1, close, 1000);
        }

        private static double PriceAt(int n) => Math.Round(100 + 10 * Math.Sin(n / 9.0), 2);
    }
}
