using Granary.Exchanges.Binance;
using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Tests.Binance;

/// <summary>Binance with fees in BNB, which are booked at that coin's price.</summary>
public sealed class BinanceSpotContractTests : VenueContractTests
{
    private protected override VenueDialect Dialect() => new BinanceSpotDialect(new MarketTerms { FeeCurrency = "BNB" });

    private protected override IVenue Venue(Uri endpoint) => BinanceBrokerFactory.Open(endpoint, TestVenue.Credentials,
        TimeProvider.System);
}
