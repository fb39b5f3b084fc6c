using Granary.Exchanges.Tests.Server;

namespace Granary.Exchanges.Tests.Gateio;

/// <summary>Gate.io with fees in its own coin, which are booked at that coin's price.</summary>
public sealed class GateioSpotContractTests() : VenueContractTests("gateio", new MarketTerms { FeeCurrency = "GT" });
