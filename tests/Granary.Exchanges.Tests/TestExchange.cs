using Granary.Exchanges.Binance;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Gateio;
using Granary.Exchanges.Kucoin;
using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Tests;

/// <summary>An exchange with its local server and its adapter.</summary>
internal sealed record TestExchange(string Name, Func<MarketTerms, VenueDialect> Dialect, Func<Uri, ApiCredentials, IVenue> OpenWith)
{
    public static IReadOnlyList<TestExchange> All { get; } =
    [
        new("kucoin", t => new KucoinSpotDialect(t), (e, c) => KucoinBrokerFactory.Open(e, c, TimeProvider.System)),
        new("gateio", t => new GateioSpotDialect(t), (e, c) => GateioBrokerFactory.Open(e, c, TimeProvider.System)),
        new("binance", t => new BinanceSpotDialect(t), (e, c) => BinanceBrokerFactory.Open(e, c, TimeProvider.System)),
    ];

    public IVenue Open(Uri endpoint) => OpenWith(endpoint, TestVenue.Credentials);

    public static TheoryData<string> Names => [.. All.Select(e => e.Name)];

    public static TestExchange Named(string name) => All.Single(e => e.Name == name);
}
