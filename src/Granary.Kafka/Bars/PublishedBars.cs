using Granary.Engine.Market;

namespace Granary.Kafka.Bars;

/// <summary>Bars of a topic by market, with the number of bars that are missing between the messages of a replay.</summary>
internal sealed class PublishedBars
{
    private readonly Dictionary<(string Key, Timeframe Timeframe), PublishedMarket> _markets = [];
    private readonly Dictionary<(Guid Replay, string Key, Timeframe Timeframe), long> _next = [];

    public IReadOnlyDictionary<(string Key, Timeframe Timeframe), PublishedMarket> Markets => _markets;

    /// <summary>Number of bars that a replay has numbered but no message contains.</summary>
    public long Lost { get; private set; }

    /// <param name="replay">The publication that the message belongs to; it numbers the bars of a market.</param>
    public void Add(Guid replay, string key, MarketSeries series, BarBlock block)
    {
        if (!_markets.TryGetValue((key, series.Timeframe), out var market))
            _markets[(key, series.Timeframe)] = market = new PublishedMarket(series.Instrument);
        var counted = (replay, key, series.Timeframe);
        if (_next.TryGetValue(counted, out var expected) && block.FirstIndex > expected) Lost += block.FirstIndex - expected;
        _next[counted] = Math.Max(expected, block.FirstIndex + block.Count);
        market.Add(block);
    }
}
