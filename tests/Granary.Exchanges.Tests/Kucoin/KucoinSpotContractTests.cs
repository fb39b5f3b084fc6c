using Granary.Exchanges.Tests.Server;

namespace Granary.Exchanges.Tests.Kucoin;

public sealed class KucoinSpotContractTests() : VenueContractTests("kucoin", new MarketTerms());
