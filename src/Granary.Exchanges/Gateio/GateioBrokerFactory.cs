using Granary.Data.Brokers;
using Granary.Engine.Market;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Gateio;

/// <summary>Gate.io's spot market. The API key comes from GRANARY_GATEIO_KEY and _SECRET, or their _FILE forms.</summary>
/// <param name="endpoint">The address of the REST API; empty for Gate.io's own.</param>
/// <param name="dryRun">Whether orders are checked and signed, but not sent.</param>
/// <param name="maxOrder">The maximum value of one entry, in quote currency; 0 for no limit.</param>
/// <param name="maxExposure">The maximum value of all open trades, in quote currency; 0 for no limit.</param>
/// <param name="maxOrdersPerMinute">The maximum number of orders per minute; 0 for no limit.</param>
/// <param name="cancelAllAfter">Gate.io cancels all open orders after this time without a heartbeat, such as 60s; empty for never.</param>
[Broker("gateio", "Gate.io, spot market.")]
internal sealed class GateioBrokerFactory(string endpoint = "", bool dryRun = false, [Range(0, 1e12)] double maxOrder = 0,
    [Range(0, 1e12)] double maxExposure = 0, [Range(0, 100_000)] int maxOrdersPerMinute = 300, string cancelAllAfter = "")
    : ExchangeBrokerFactory(GateioSpot.Market,
        VenueOptions.Settings(endpoint, dryRun, maxOrder, maxExposure, maxOrdersPerMinute, cancelAllAfter));
