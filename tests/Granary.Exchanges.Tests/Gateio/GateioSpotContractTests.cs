using Granary.Exchanges.Gateio;
using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Tests.Gateio;

/// <summary>Gate.io with fees in its own coin, which are booked at that coin's price.</summary>
public sealed class GateioSpotContractTests : VenueContractTests
{
    private protected override VenueDialect Dialect() => new GateioSpotDialect(new MarketTerms { FeeCurrency = "GT" });

    private protected override IVenue Venue(Uri endpoint) => GateioBrokerFactory.Open(endpoint, TestVenue.Credentials, TimeProvider.System);
}
