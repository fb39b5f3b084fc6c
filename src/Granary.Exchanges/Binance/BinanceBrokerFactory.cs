using Granary.Data.Brokers;
using Granary.Engine.Market;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Binance;

/// <summary>Binance's spot market. The API key comes from GRANARY_BINANCE_KEY and _SECRET, or their _FILE forms.</summary>
/// <param name="endpoint">The address of the REST API; empty for Binance's own.</param>
/// <param name="dryRun">Whether orders are checked and signed, but not sent.</param>
/// <param name="maxOrder">The maximum value of one entry, in quote currency; 0 for no limit.</param>
/// <param name="maxExposure">The maximum value of all open trades, in quote currency; 0 for no limit.</param>
/// <param name="maxOrdersPerMinute">The maximum number of orders per minute; 0 for no limit.</param>
[Broker("binance", "Binance, spot market.")]
internal sealed class BinanceBrokerFactory(string endpoint = "", bool dryRun = false, [Range(0, 1e12)] double maxOrder = 0,
    [Range(0, 1e12)] double maxExposure = 0, [Range(0, 100_000)] int maxOrdersPerMinute = 300)
    : ExchangeBrokerFactory(BinanceSpot.Market,
        VenueOptions.Settings(endpoint, dryRun, maxOrder, maxExposure, maxOrdersPerMinute));
