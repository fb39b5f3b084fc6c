using Granary.Exchanges.Tests.Server;

namespace Granary.Exchanges.Tests.Gateio;

public sealed class GateioFuturesContractTests() : VenueContractTests("gateio-futures", new MarketTerms());
