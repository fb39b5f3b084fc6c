using Granary.Exchanges.Kucoin;
using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Tests.Kucoin;

public sealed class KucoinSpotContractTests : VenueContractTests
{
    private protected override VenueDialect Dialect() => new KucoinSpotDialect(new MarketTerms());

    private protected override IVenue Venue(Uri endpoint) => KucoinBrokerFactory.Open(endpoint, TestVenue.Credentials, TimeProvider.System);
}
