using Granary.Data.Brokers;
using Granary.Engine.Market;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Gateio;

/// <summary>Gate.io's spot market. The API key comes from GRANARY_GATEIO_KEY and _SECRET, or their _FILE forms.</summary>
/// <param name="endpoint">Address of the REST interface; empty for Gate.io's own.</param>
/// <param name="dryRun">Whether orders are checked and signed, and not sent.</param>
/// <param name="maxOrder">The highest value of one entry, quote currency; 0 for no limit.</param>
/// <param name="maxExposure">The highest value of all open trades, quote currency; 0 for no limit.</param>
/// <param name="maxOrdersPerMinute">0 for no limit.</param>
/// <param name="cancelAllAfter">Gate.io cancels all waiting orders after so long without a sign of life, as 60s; empty for never.</param>
[Broker("gateio", "Gate.io, spot market.")]
public sealed class GateioBrokerFactory(string endpoint = "", bool dryRun = false, [Range(0, 1e12)] double maxOrder = 0,
    [Range(0, 1e12)] double maxExposure = 0, [Range(0, 100_000)] int maxOrdersPerMinute = 300, string cancelAllAfter = "")
    : ExchangeBrokerFactory(GateioSpot.Market,
        VenueOptions.Settings(endpoint, dryRun, maxOrder, maxExposure, maxOrdersPerMinute, cancelAllAfter));
