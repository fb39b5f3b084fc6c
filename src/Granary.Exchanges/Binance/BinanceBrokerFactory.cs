using Granary.Data.Brokers;
using Granary.Engine.Market;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Binance;

/// <summary>Binance's spot market. The API key comes from GRANARY_BINANCE_KEY and _SECRET, or their _FILE forms.</summary>
/// <param name="endpoint">Address of the REST interface; empty for Binance's own.</param>
/// <param name="dryRun">Whether orders are checked but not sent.</param>
/// <param name="maxOrder">The highest value of one entry, quote currency; 0 for no limit.</param>
/// <param name="maxExposure">The highest value of all open trades, quote currency; 0 for no limit.</param>
/// <param name="maxOrdersPerMinute">0 for no limit.</param>
[Broker("binance", "Binance, spot market.")]
public sealed class BinanceBrokerFactory(string endpoint = "", bool dryRun = false, [Range(0, 1e12)] double maxOrder = 0,
    [Range(0, 1e12)] double maxExposure = 0, [Range(0, 100_000)] int maxOrdersPerMinute = 300)
    : ExchangeBrokerFactory(new VenueSettings
    {
        DryRun = dryRun,
        MaxOrder = maxOrder,
        MaxExposure = maxExposure,
        MaxOrdersPerMinute = maxOrdersPerMinute,
    }, BinanceSpot.Offered)
{
    private readonly Uri _endpoint = VenueOptions.Endpoint(endpoint, "https://api.binance.com");

    private protected override IVenue Open(TimeProvider clock) =>
        Open(_endpoint, ApiCredentials.Read("binance", hasPassphrase: false, Environment.GetEnvironmentVariable), clock);

    /// <summary>Opens the market for an account.</summary>
    internal static IVenue Open(Uri endpoint, ApiCredentials? credentials, TimeProvider clock)
    {
        var rest = new RestConnection("binance", endpoint, TimeSpan.FromSeconds(10),
            new RequestBudget(5000, TimeSpan.FromMinutes(1), clock));
        return new BinanceSpot(new BinanceClient("binance", rest, credentials, new SigningClock(clock)), endpoint, clock);
    }
}
