using Granary.Exchanges.Binance;
using Granary.Exchanges.Feeds;
using Granary.Exchanges.Gateio;
using Granary.Exchanges.Kucoin;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Markets;

/// <summary>The markets of all exchanges.</summary>
internal static class ExchangeMarkets
{
    /// <summary>All markets, sorted by name.</summary>
    public static IReadOnlyList<ExchangeMarket> All { get; } =
        [BinanceSpot.Market, GateioSpot.Market, GateioFutures.Market, KucoinSpot.Market, KucoinFutures.Market];

    /// <summary>The protocols of the markets with a live feed.</summary>
    public static IReadOnlyList<ExchangeProtocol> Feeds { get; } = [.. All.Select(m => m.Feed).OfType<ExchangeProtocol>()];
}
