using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;
using Granary.Testing;

namespace Granary.Exchanges.Tests.Trading;

/// <summary>What a poll gives while the exchange does not answer.</summary>
public sealed class BrokerPollTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-poll-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static BrokerOrder Buy(string id, double limit) => new()
    {
        ClientId = id,
        Symbol = TestVenue.Symbol,
        Side = Side.Buy,
        Type = limit > 0 ? OrderType.Limit : OrderType.Market,
        Quantity = 2,
        LimitPrice = limit,
    };

    [Theory]
    [MemberData(nameof(TestExchange.Names), MemberType = typeof(TestExchange))]
    public async Task Booked_fills_are_reported_while_the_exchange_is_away_and_a_fault_without_news_is_thrown(string name)
    {
        var exchange = TestExchange.Named(name);
        await using var server = await ExchangeServer.StartAsync(exchange.Dialect(new MarketTerms()));
        await using var broker = await VenueBroker.ConnectAsync(exchange.Open(server.Endpoint), TestVenue.Fast,
            TestVenue.Environment(_folder), default);
        // An order that waits is requested at each poll.
        await broker.SubmitAsync(Buy("g1-0-1-e", limit: 90));
        await broker.SubmitAsync(Buy("g1-0-2-e", limit: 0));
        await Eventually.HoldsAsync(async () => (await broker.PollAsync(0)).Any(e => e.Fill is not null));
        var before = await broker.PollAsync(0);

        server.Faults.IsInMaintenance = true;
        (await broker.PollAsync(0)).ShouldBe(before);
        var after = before[^1].Sequence;
        await Should.ThrowAsync<BrokerUnavailableException>(async () => await broker.PollAsync(after));
        await Should.ThrowAsync<BrokerUnavailableException>(async () => await broker.PollAsync(after));

        server.Faults.IsInMaintenance = false;
        (await broker.PollAsync(after)).ShouldBeEmpty();
        server.Market.Received.Values.ShouldAllBe(n => n == 1);
    }
}
