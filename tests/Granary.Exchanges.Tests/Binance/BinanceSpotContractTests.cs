using Granary.Exchanges.Tests.Server;

namespace Granary.Exchanges.Tests.Binance;

/// <summary>Binance with fees in BNB, which are booked at that coin's price.</summary>
public sealed class BinanceSpotContractTests() : VenueContractTests("binance", new MarketTerms { FeeCurrency = "BNB" });
