using Granary.Exchanges.Tests.Server;

namespace Granary.Exchanges.Tests.Kucoin;

public sealed class KucoinFuturesContractTests() : VenueContractTests("kucoin-futures", new MarketTerms());
