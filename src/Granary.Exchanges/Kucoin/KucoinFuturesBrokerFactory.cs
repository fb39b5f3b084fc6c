using Granary.Data.Brokers;
using Granary.Engine.Market;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Kucoin;

/// <summary>KuCoin's perpetual contracts in USDT. The API key comes from GRANARY_KUCOIN_KEY, _SECRET and _PASSPHRASE, or their _FILE
/// forms.</summary>
/// <param name="endpoint">Address of the REST interface; empty for KuCoin's own.</param>
/// <param name="dryRun">Whether orders are checked and signed, and not sent.</param>
/// <param name="maxOrder">The highest value of one entry, quote currency; 0 for no limit.</param>
/// <param name="maxExposure">The highest value of all open trades, quote currency; 0 for no limit.</param>
/// <param name="maxOrdersPerMinute">0 for no limit.</param>
/// <param name="margin">isolated: each position has a margin of its own; cross: all share the account.</param>
[Broker("kucoin-futures", "KuCoin, perpetual contracts in USDT.")]
public sealed class KucoinFuturesBrokerFactory(string endpoint = "", bool dryRun = false, [Range(0, 1e12)] double maxOrder = 0,
    [Range(0, 1e12)] double maxExposure = 0, [Range(0, 100_000)] int maxOrdersPerMinute = 300, string margin = "isolated")
    : ExchangeBrokerFactory(KucoinFutures.Market,
        VenueOptions.Settings(endpoint, dryRun, maxOrder, maxExposure, maxOrdersPerMinute, margin: margin));
