using Granary.Exchanges.Connections;
using Granary.Exchanges.Markets;
using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Tests;

/// <summary>A market of an exchange with its local server and its adapter.</summary>
internal sealed record TestExchange(ExchangeMarket Market, Func<MarketTerms, VenueDialect> Server)
{
    public static IReadOnlyList<TestExchange> All { get; } = [.. ExchangeMarkets.All.Select(Of)];

    public string Name => Market.Name;

    public bool IsFutures => Market.Capabilities.Short;

    public static TheoryData<string> Names => [.. All.Select(e => e.Name)];

    /// <summary>For long runs: those that GRANARY_EXCHANGES names, as "kucoin,gateio"; all without it.</summary>
    public static TheoryData<string> Chosen =>
        Environment.GetEnvironmentVariable("GRANARY_EXCHANGES") is { Length: > 0 } names ? [.. names.Split(',')] : Names;

    public static TheoryData<string> Spot => [.. All.Where(e => !e.IsFutures).Select(e => e.Name)];

    public static TheoryData<string> Futures => [.. All.Where(e => e.IsFutures).Select(e => e.Name)];

    public static TestExchange Named(string name) => All.Single(e => e.Name == name);

    private static TestExchange Of(ExchangeMarket market) => new(market, market.Name switch
    {
        "binance" => t => new BinanceSpotDialect(t),
        "gateio" => t => new GateioSpotDialect(t),
        "gateio-futures" => t => new GateioFuturesDialect(t.Futures()),
        "kucoin" => t => new KucoinSpotDialect(t),
        "kucoin-futures" => t => new KucoinFuturesDialect(t.Futures()),
        _ => throw new InvalidOperationException($"{market.Name} has no local server"),
    });

    /// <summary>The same without the exchange's limit of requests, for a test that requests in a second what a session requests in
    /// an hour.</summary>
    public TestExchange WithoutBudget() => this with { Market = Market with { Budget = (1_000_000, TimeSpan.FromSeconds(1)) } };

    public VenueDialect Dialect(MarketTerms terms) => Server(terms);

    public IVenue Open(Uri endpoint) => OpenWith(endpoint, TestVenue.Credentials);

    public IVenue Open(Uri endpoint, TimeProvider clock) => Market.Open(endpoint.ToString(), TestVenue.Credentials, clock);

    public IVenue OpenWith(Uri endpoint, ApiCredentials credentials) => Market.Open(endpoint.ToString(), credentials, TimeProvider.System);

    /// <summary>For a dry run.</summary>
    public IVenue OpenDry(Uri endpoint, Action<HttpRequestMessage> withhold) =>
        Market.Open(endpoint.ToString(), TestVenue.Credentials, TimeProvider.System, withhold);
}
